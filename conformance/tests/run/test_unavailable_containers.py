"""What keeps a tool from being asked in a container, told in one line."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.mounted_python import relocatable_python
from manylinux_conformance.images.engines.engine import Engine
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.tools.selection import Tool

MakeReady = Callable[..., ReadyContainer]
MakeTool = Callable[..., Tool]
Ask = Callable[..., Block]
Mine = Callable[[Engine], list[str]]


def changed(ready: ReadyContainer, **changes: object) -> ReadyContainer:
    release = msgspec.structs.replace(ready.container.release, **changes)
    container = Container(release, ready.container.arch)
    return dataclasses.replace(ready, container=container, interpreter=None)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (
            'versions = ["9"]\n[provide]\npython = { "9" = ">=3.99" }',
            r"needs Python >=3.99; this platform has 3\.\d+",
        ),
        (
            '[provide]\npypi = ["nothing-of-this-name==1"]',
            "is not installed yet, and this run is offline",
        ),
    ],
)
def test_tool_that_cannot_be_there_is_not_run(
    made_up: MakeReady, ask: Ask, more: str, reason: str, make_installer: MakeTool
) -> None:
    ready, tool = made_up(), make_installer("any", more)
    version = tool.adapter.versions[0]
    block = ask(ready, dataclasses.replace(tool, version=version))
    assert block.results == ()
    (missing,) = block.not_run
    assert missing.platforms == (ready.container.name,)
    assert re.fullmatch(reason, missing.reason)
    assert missing.due == ("offline" in reason)


def test_tool_without_wheels_for_the_architecture_is_not_run(
    made_up: MakeReady,
    ask: Ask,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    make_installer: MakeTool,
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    tool = make_installer("any", '[provide]\npypi = ["nothing-of-this-name==1"]')
    online = dataclasses.replace(settings, offline=False)
    (missing,) = ask(made_up(), tool, settings=online).not_run
    assert missing.reason.startswith("not for this platform: ")
    assert not missing.due


def test_tool_for_native_machines_only_is_not_emulated(
    as_emulated: ReadyContainer, ask: Ask, make_installer: MakeTool
) -> None:
    tool = make_installer("any", 'native_only = "it takes an hour"')
    (missing,) = ask(as_emulated, tool).not_run
    assert missing == NotRun(
        platforms=(as_emulated.container.name,),
        reason="under emulation: it takes an hour",
    )


def test_image_without_python_is_not_run(
    ready: ReadyContainer, ask: Ask, make_installer: MakeTool
) -> None:
    bare = changed(ready, interpreters=("/opt/none/python3",))
    (missing,) = ask(bare, make_installer("any")).not_run
    mounted = "the Python to mount is not here yet, and this run is offline"
    there_is_one = relocatable_python(bare.container) is not None
    assert missing == NotRun(
        platforms=(ready.container.name,),
        reason=mounted
        if there_is_one
        else "the image has no Python at /opt/none/python3",
        due=True,
    )


def test_image_that_is_not_what_the_catalogue_says_is_not_run(
    ready: ReadyContainer, ask: Ask, make_installer: MakeTool
) -> None:
    (missing,) = ask(changed(ready, glibc="2.3"), make_installer("any")).not_run
    assert "is not what the catalogue says: confstr says " in missing.reason


@pytest.mark.parametrize(
    ("nonsense", "reason"),
    [
        ("1s/.*/nonsense/", "its Python is not usable"),
        ("2s/.*/nonsense/", "is not what the catalogue says: its Python says"),
    ],
)
def test_python_that_talks_nonsense_is_not_run(
    made_up: MakeReady,
    ask: Ask,
    tmp_path: Path,
    nonsense: str,
    reason: str,
    make_installer: MakeTool,
) -> None:
    ready = made_up()
    (python,) = ready.container.release.interpreters
    script = tmp_path / "python3"
    script.write_text(
        f'#!/bin/sh\ncase "$*" in *sysconfig*) {python} "$@" | sed {nonsense};;\n'
        f'*) exec {python} "$@";; esac\n'
    )
    script.chmod(0o755)
    block = ask(changed(ready, interpreters=(str(script),)), make_installer("any"))
    assert block.not_run[0].reason.startswith(reason)
