import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_conformance.errors import (
    EngineError,
    FetchError,
    InputError,
    UnusableImageError,
)
from manylinux_conformance.exclusive_lock import exclusive_lock
from manylinux_conformance.images.engines.connections import Engines
from manylinux_conformance.images.engines.engine import Engine
from manylinux_conformance.images.prepare import Preparation, Prepared, PrepareOptions
from manylinux_conformance.images.prepare_all import (
    PreparationResult,
    prepare_all,
)
from manylinux_conformance.images.sources.archive import archive_path
from manylinux_conformance.images.sources.image_lock import ImageLockFile
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.releases import Source

from .conftest import FakeEngine, MakeContainer

MakeArchive = Callable[..., bytes]
OnPath = Callable[..., Path]
MMDEBSTRAP = """#!/usr/bin/env python3
import io, sys, tarfile
out = next(argument for argument in sys.argv[1:] if argument.endswith(".tar"))
print("I: extracting archives...", file=sys.stderr)
with tarfile.open(out, "w") as tar:
    text = b"VERSION_CODENAME=bookworm"
    member = tarfile.TarInfo("./usr/lib/os-release")
    member.size = len(text)
    tar.addfile(member, io.BytesIO(text))
"""
FAILING = "#!/bin/sh\necho 'E: no network' >&2\nexit 1\n"


def preparation(
    tmp_path: Path, *, source: Source | None = None, archives: Path | None = None
) -> Preparation:
    lock = ImageLockFile(tmp_path / "images.lock")
    return Preparation(Engines(), PrepareOptions(source, archives=archives, lock=lock))


def steps(_: str) -> None:
    """Say nothing."""


def test_an_image_from_a_mirror_is_loaded_with_its_architecture(
    real_engine: Engine, make_container: MakeContainer, on_path: OnPath, tmp_path: Path
) -> None:
    on_path("mmdebstrap", MMDEBSTRAP)
    container = make_container("riscv64")
    said: list[str] = []
    prepared = preparation(tmp_path).prepare(container, said.append)
    assert said == ["extracting archives", "loading into the engine"]
    assert prepared.source is Source.MIRROR
    assert real_engine.image(container.image) == prepared.image
    assert prepared.image.architecture == "riscv64"


def test_the_same_content_is_the_same_image(
    real_engine: Engine, make_container: MakeContainer, on_path: OnPath, tmp_path: Path
) -> None:
    on_path("mmdebstrap", MMDEBSTRAP)
    container = make_container()
    first = preparation(tmp_path).prepare(container, steps).image
    real_engine.remove(container.image)
    assert preparation(tmp_path).prepare(container, steps).image == first


def test_what_is_prepared_is_kept(
    fake_engine: FakeEngine,
    make_container: MakeContainer,
    make_archive: MakeArchive,
    tmp_path: Path,
) -> None:
    container = make_container()
    fake_engine.archives[container.image] = make_archive(container)
    assert preparation(tmp_path).prepare(container, steps).source is None
    assert not [line for line in fake_engine.asked if "load" in line]


def test_an_image_of_that_name_for_another_architecture_is_not_taken(
    fake_engine: FakeEngine,
    make_container: MakeContainer,
    make_archive: MakeArchive,
    tmp_path: Path,
) -> None:
    container = make_container("s390x")
    fake_engine.archives[container.image] = make_archive(make_container("riscv64"))
    with pytest.raises(UnusableImageError) as caught:
        preparation(tmp_path).prepare(container, steps)
    assert caught.value.reason == "is for riscv64, not for s390x"
    remove = f"manylinux-conformance platforms remove {container.name}"
    assert caught.value.remedy == remove


def test_the_next_source_is_tried_and_every_reason_is_told(
    fake_engine: FakeEngine,
    make_container: MakeContainer,
    make_archive: MakeArchive,
    on_path: OnPath,
    tmp_path: Path,
) -> None:
    on_path("mmdebstrap", FAILING)
    container = make_container("s390x", "mirror", "registry", "archive")
    with pytest.raises(FetchError) as caught:
        preparation(tmp_path, archives=tmp_path).prepare(container, steps)
    path = archive_path(container, tmp_path)
    assert caught.value.reason == (
        f"mirror: {container.name}: mmdebstrap: no network; "
        "registry: quay.io/pypa/manylinux2014_s390x:latest: "
        "manifest unknown: manifest unknown; "
        f"archive: {path}: no such archive"
    )
    path.write_bytes(make_archive(container))
    prepared = preparation(tmp_path, archives=tmp_path).prepare(container, steps)
    assert prepared.source is Source.ARCHIVE
    assert set(fake_engine.archives) == {container.image}


def test_archives_need_their_folder(
    fake_engine: FakeEngine, make_container: MakeContainer, tmp_path: Path
) -> None:
    assert fake_engine
    container = make_container("s390x", "archive")
    with pytest.raises(FetchError, match="archive: --archives: names no folder"):
        preparation(tmp_path).prepare(container, steps)


def test_a_source_that_a_platform_does_not_have_is_refused(
    fake_engine: FakeEngine, make_container: MakeContainer, tmp_path: Path
) -> None:
    assert fake_engine
    wish = preparation(tmp_path, source=Source.REGISTRY)
    with pytest.raises(InputError, match="no such source; its sources: mirror"):
        wish.prepare(make_container("s390x", "mirror"), steps)


def test_an_image_without_python_is_prepared_and_told(
    fake_engine: FakeEngine,
    make_container: MakeContainer,
    make_archive: MakeArchive,
    tmp_path: Path,
) -> None:
    container = make_container("s390x", "archive")
    archive_path(container, tmp_path).write_bytes(make_archive(container))
    fake_engine.files.clear()
    prepared = preparation(tmp_path, archives=tmp_path).prepare(container, steps)
    assert not prepared.has_python


def test_an_engine_that_loses_an_image_is_told(
    fake_engine: FakeEngine,
    make_container: MakeContainer,
    on_path: OnPath,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert fake_engine
    on_path("mmdebstrap", MMDEBSTRAP)
    monkeypatch.setattr(Engine, "load", lambda _self, archive: list(archive))
    with pytest.raises(FetchError, match="was loaded, and the engine does not have"):
        preparation(tmp_path).prepare(make_container(), steps)


def outcomes(
    tmp_path: Path, containers: list[Container], jobs: int = 2
) -> list[PreparationResult]:
    def say(_container: str, _step: str) -> None:
        """Say nothing."""

    return list(prepare_all(preparation(tmp_path), containers, jobs, say))


def test_a_platform_that_fails_does_not_stop_the_others(
    fake_engine: FakeEngine,
    make_container: MakeContainer,
    make_archive: MakeArchive,
    on_path: OnPath,
    tmp_path: Path,
) -> None:
    on_path("mmdebstrap", FAILING)
    good, bad = make_container("s390x"), make_container("aarch64")
    fake_engine.archives[good.image] = make_archive(good)
    found = {one.container.name: one for one in outcomes(tmp_path, [bad, good])}
    assert isinstance(found[good.name].prepared, Prepared)
    assert found[bad.name].prepared is None
    assert "no network" in found[bad.name].reason


def test_two_are_prepared_at_a_time(
    fake_engine: FakeEngine,
    make_container: MakeContainer,
    make_archive: MakeArchive,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    containers = [make_container(arch) for arch in ("s390x", "aarch64")]
    for each in containers:
        fake_engine.archives[each.image] = make_archive(each)
    both = threading.Barrier(2, timeout=20)
    image = Engine.image

    def met(engine: Engine, name: str) -> object:
        both.wait()
        return image(engine, name)

    monkeypatch.setattr(Engine, "image", met)
    assert all(one.prepared for one in outcomes(tmp_path, containers))


def test_a_fault_of_the_suite_is_not_hidden(
    fake_engine: FakeEngine,
    make_container: MakeContainer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert fake_engine

    def broken(_engine: Engine, _name: str) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(Engine, "image", broken)
    with pytest.raises(RuntimeError, match="a fault"):
        outcomes(tmp_path, [make_container()])


def test_a_place_for_files_that_is_not_there_is_told(
    fake_engine: FakeEngine,
    make_container: MakeContainer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert fake_engine
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    (outcome,) = outcomes(tmp_path, [make_container()])
    assert outcome.prepared is None
    assert outcome.reason.startswith(f"{tmp_path}/none/manylinux-conformance-")
    assert outcome.reason.endswith(": No such file or directory")


def test_a_lock_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "prepare.lock"
    with (
        pytest.raises(OSError, match=str(tmp_path)),
        exclusive_lock(path, lambda: pytest.fail("nobody else is there")),
    ):
        pytest.fail("there is no lock")


def test_one_waits_for_the_other(tmp_path: Path) -> None:
    path = tmp_path / "new" / "prepare.lock"
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        with exclusive_lock(path, waiting.set):
            order.append("second")

    with exclusive_lock(path, lambda: pytest.fail("nobody else is there")):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(20)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_an_engine_is_asked_once_even_if_it_is_not_there(
    make_container: MakeContainer, socket_folder: Path
) -> None:
    engines = Engines(f"unix://{socket_folder}/none")
    said = set()
    for arch in ("s390x", "aarch64"):
        with pytest.raises(EngineError) as caught:
            engines.of(make_container(arch))
        said.add(str(caught.value))
        (socket_folder / "none").touch()  # would be another error
    assert len(said) == 1
