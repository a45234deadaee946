"""Available containers: what is prepared, and what would help where nothing is."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.containers.available import ReadyContainer, ready_containers
from manylinux_conformance.images.engines.connections import Engines
from manylinux_conformance.images.engines.container_owner import owner
from manylinux_conformance.images.engines.engine import INSTALL, LABEL, START, Engine
from manylinux_conformance.platforms.architectures import (
    ARCHITECTURES,
    Architecture,
)
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.results.lines import NotRun

MACHINE, BOOT, *_ = owner().split(":")


def like(container: Container, **changes: str) -> Container:
    release = msgspec.structs.replace(container.release, **changes)
    return Container(release, container.arch)


def test_prepared_container_is_ready(
    start_engine: Callable[..., Engine], here_container: Container, tmp_path: Path
) -> None:
    engine = start_engine()
    (found,) = ready_containers([here_container], [tmp_path], Engines())
    assert isinstance(found, ReadyContainer)
    assert (found.container, found.shared) == (here_container, True)
    assert engine.client.api.containers(all=True) == []
    found.engine.client.close()


def test_engine_that_does_not_answer_is_one_line(
    here_container: Container, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"unix://{tmp_path}/nowhere.sock"
    monkeypatch.setenv("DOCKER_HOST", address)
    (found,) = ready_containers([here_container] * 2, [tmp_path], Engines())
    assert isinstance(found, NotRun)
    assert found.platforms == (here_container.name, here_container.name)
    assert found.reason.startswith(f"{address}: is not ")
    assert found.remedy in {START, INSTALL}


def test_named_engine_that_does_not_answer_is_named(
    here_container: Container, tmp_path: Path
) -> None:
    address = f"unix://{tmp_path}/nowhere.sock"
    elsewhere = like(here_container, engine=address)
    (found,) = ready_containers([elsewhere], [tmp_path], Engines())
    assert isinstance(found, NotRun)
    assert found.platforms == (here_container.name,)
    assert found.reason.startswith(f"{address}: is not ")


def test_what_is_not_prepared_is_told_once_for_a_release(
    start_engine: Callable[..., Engine], here_container: Container, tmp_path: Path
) -> None:
    start_engine("", "another:image")
    one = like(here_container, name="single")
    others = [Container(here_container.release, each) for each in _two()]
    found = list(ready_containers([one, *others], [tmp_path], Engines()))
    assert found == [
        NotRun(
            platforms=(one.name,),
            reason="not prepared",
            remedy=f"manylinux-conformance platforms prepare {one.name}",
        ),
        NotRun(
            platforms=("here-s390x", "here-armv7l"),
            reason="not prepared",
            remedy="manylinux-conformance platforms prepare 'here-*'",
        ),
    ]


def test_orphans_are_removed_before_anything_is_asked(
    start_engine: Callable[..., Engine], here_container: Container, tmp_path: Path
) -> None:
    engine = start_engine()
    for process, begun in ((2**22 + 1, 7), (owner().split(":")[2:])):
        label = f"{MACHINE}:{BOOT}:{process}:{begun}"
        image = here_container.image
        engine.client.api.create_container(image, labels={LABEL: label})
    (found,) = ready_containers([here_container], [tmp_path], Engines())
    assert isinstance(found, ReadyContainer)
    labels = [e["Labels"][LABEL] for e in engine.client.api.containers(all=True)]
    assert labels == [owner()]
    found.engine.client.close()


def _two() -> list[Architecture]:
    return [ARCHITECTURES["s390x"], ARCHITECTURES["armv7l"]]
