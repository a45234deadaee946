"""Older C libraries, shown by a shim in a container."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.probe import older_platforms
from manylinux_conformance.images.engines.engine import Engine
from manylinux_conformance.platforms.architectures import ARCHITECTURES
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.run import container as in_container
from manylinux_conformance.sandbox.shim_build import ShimError
from manylinux_conformance.tools.selection import Tool

MakeReady = Callable[..., ReadyContainer]
MakeTool = Callable[..., Tool]
Ask = Callable[..., Block]
Mine = Callable[[Engine], list[str]]


@pytest.mark.parametrize(
    ("arch", "glibc", "modelled"),
    [
        ("s390x", "2.36", ["debian-x-s390x-as-glibc-2.17"]),
        ("s390x", "2.17", []),
        ("riscv64", "2.41", []),  # which CentOS 7 never had
    ],
)
def test_older_c_library_is_modelled_where_there_was_one(
    here_container: Container, arch: str, glibc: str, modelled: list[str]
) -> None:
    release = msgspec.structs.replace(
        here_container.release, name="debian-x", glibc=glibc
    )
    platform = Container(release, ARCHITECTURES[arch]).platform()
    assert [each.name for each in older_platforms(platform)] == modelled


def test_older_c_library_is_modelled_in_the_container(
    made_up: MakeReady, ask: Ask, monkeypatch: pytest.MonkeyPatch, real_pip: Tool
) -> None:
    monkeypatch.setattr(in_container, "is_native", lambda _: False)
    ready = made_up()
    block = ask(ready, real_pip)
    places = {ready.container.name, f"{ready.container.name}-as-glibc-2.17"}
    assert {one.platform for one in block.results} == places
    assert {one.verdict for one in block.results} == {Verdict.PASS}


def test_model_that_does_not_show_is_told_and_the_rest_stays(
    made_up: MakeReady,
    ask: Ask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_installer: MakeTool,
) -> None:
    """A shim that is no library is not preloaded, so Python sees what there is."""
    monkeypatch.setattr(in_container, "is_native", lambda _: False)
    empty = tmp_path / "shim.so"
    empty.touch()
    monkeypatch.setattr(in_container, "build_shim", lambda *_: empty)
    block = ask(made_up(), make_installer("any"))
    assert len(block.results) == 2
    (missing,) = block.not_run
    assert missing.platforms[0].endswith("-as-glibc-2.17")
    assert missing.reason.startswith("the model does not work: ")


def test_shim_that_cannot_be_built_is_told(
    made_up: MakeReady,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
    make_installer: MakeTool,
) -> None:
    def fail(*_: object) -> Path:
        raise ShimError("shim.c", "no compiler")

    monkeypatch.setattr(in_container, "is_native", lambda _: False)
    monkeypatch.setattr(in_container, "build_shim", fail)
    (missing,) = ask(made_up(), make_installer("any")).not_run
    assert missing.reason.endswith("no compiler")
