"""An image without a Python that a tool supports gets one mounted, and says so."""

from __future__ import annotations

import dataclasses
import io
import platform
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import platformdirs
import pytest
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.mounted_python import relocatable_python
from manylinux_conformance.errors import FetchError
from manylinux_conformance.images.sources.image_archive import image_archive
from manylinux_conformance.platforms.catalogue import (
    Container,
    chosen,
    read_containers,
)
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.tools.selection import Tool

MakeReady = Callable[..., ReadyContainer]
MakeTool = Callable[..., Tool]
Ask = Callable[..., Block]
PYTHON = ("usr/bin/python3", "usr/lib/python3", "usr/share/python3")


def renamed(ready: ReadyContainer, **facts: object) -> ReadyContainer:
    release = msgspec.structs.replace(ready.container.release, **facts)
    container = Container(release, ready.container.arch)
    return dataclasses.replace(ready, container=container)


@pytest.mark.parametrize(
    "lacks", [{"interpreters": ("/opt/none/python3",)}, {"python": "2.7"}]
)
def test_another_python_is_taken_where_the_own_will_not_do(
    made_up: MakeReady,
    ask: Ask,
    make_installer: MakeTool,
    settings: Settings,
    lacks: dict[str, object],
) -> None:
    ready = renamed(made_up(), **lacks)
    found = relocatable_python(ready.container)
    if found is None:
        pytest.skip(f"there is none for {platform.machine()}")
    [program] = found.container.release.interpreters
    stand_in = found.place(settings.cache) / program.lstrip("/")
    stand_in.parent.mkdir(parents=True)
    stand_in.symlink_to(sys.executable)
    needs = '[provide]\ninside = true\npython = { "*" = ">=3.6" }\n'
    block = ask(ready, make_installer("any", needs))
    assert [str(each.verdict) for each in block.results] == ["fail", "pass"]
    assert not block.not_run


def test_an_image_without_python_is_asked_with_the_relocatable_one(
    bare: ReadyContainer, ask: Ask, make_installer: MakeTool, settings: Settings
) -> None:
    """It comes from the package index, once for a machine, as in a run."""
    found = relocatable_python(bare.container)
    if found is None:
        pytest.skip(f"there is none for {platform.machine()}")
    kept = platformdirs.user_cache_path("manylinux-conformance")
    try:
        found.fetched(kept, print)
    except FetchError as error:
        pytest.skip(f"the relocatable Python cannot be had: {error.reason}")
    place = found.place(settings.cache)
    place.parent.mkdir(parents=True)
    place.symlink_to(found.place(kept))
    block = ask(bare, make_installer("any"))
    assert [str(each.verdict) for each in block.results] == ["fail", "pass"]
    assert block.header.versions["python"].startswith(f"{found.version}.")
    assert block.header.versions["python"].endswith(" (mounted)")
    assert block.header.versions["libc"] == "glibc 2.36"


@pytest.fixture
def bare(native: ReadyContainer, tmp_path: Path) -> Iterator[ReadyContainer]:
    """Give a real container of an image that is made here, without its Python."""
    container, engine = native.container, native.engine
    release = msgspec.structs.replace(container.release, name="tiny-bare")
    [entry] = chosen(read_containers(), container.name)
    made = Container(release, entry.arch)
    root = tmp_path / "root.tar"
    with tarfile.open(root, "w") as without:
        for member, content in _files(native):
            if not member.name.lstrip("./").startswith(PYTHON):
                without.addfile(member, content)
    engine.load(image_archive(root, made.image, made.arch, {}))
    yield ReadyContainer(made, engine)
    engine.remove(made.image)


def _files(
    ready: ReadyContainer,
) -> Iterator[tuple[tarfile.TarInfo, io.BytesIO | None]]:
    """Yield what is in an image of one layer."""
    archive = b"".join(ready.engine.save(ready.container.image))
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        layer = next(each for each in members if each.name.endswith("layer.tar"))
        packed = members.extractfile(layer)
        assert packed
        with tarfile.open(fileobj=packed) as root:
            for member in root:
                content = root.extractfile(member) if member.isreg() else None
                yield member, io.BytesIO(content.read()) if content else None
