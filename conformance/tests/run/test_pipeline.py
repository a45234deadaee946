"""A run: a block for each container, and an end that leaves nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from manylinux_conformance.cli.main import main
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.images.engines.engine import Engine
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.run.pipeline import run
from manylinux_conformance.run.places import INSIDE
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.selection import Tool

MakeReady = Callable[..., ReadyContainer]
MakeTool = Callable[..., Tool]
Mine = Callable[[Engine], list[str]]


def renamed(container: Container, name: str) -> Container:
    release = msgspec.structs.replace(container.release, name=name)
    return Container(release, container.arch)


def silent(words: str, done: int, total: int) -> None:
    """Take no note of progress."""


def in_containers(suite: Suite, *containers: Container) -> Suite:
    """Return a suite that is asked in some containers and nowhere else."""
    return dataclasses.replace(suite, platforms=(), containers=containers)


def test_every_container_has_a_block_and_the_rest_a_reason(
    made_up: MakeReady, suite: Suite, settings: Settings, make_installer: MakeTool
) -> None:
    here = made_up().container
    narrowed = in_containers(suite, here, renamed(here, "there"))
    told: list[tuple[str, int, int]] = []
    blocks = list(
        run(
            narrowed,
            [make_installer("any")],
            [Role.INSTALLER],
            settings,
            lambda *words: told.append(words),
        )
    )
    cases = len(suite.cases)
    assert told[-1] == (f"fake as installer in {here.name}", cases, cases)
    assert [len(block.results) for block in blocks] == [cases, 0]
    assert [block.header.platform for block in blocks] == [here.name, ""]
    name = f"there-{here.arch.name}"
    assert blocks[1].not_run == (
        NotRun(
            platforms=(name,),
            reason="not prepared",
            remedy=f"manylinux-conformance platforms prepare {name}",
        ),
    )


@pytest.mark.parametrize(
    ("more", "asked"),
    [("[provide]\npython = {}", False), ("[provide]\ninside = true", True)],
)
def test_a_program_of_this_machine_is_started_on_it_only(
    made_up: MakeReady,
    suite: Suite,
    settings: Settings,
    make_installer: MakeTool,
    more: str,
    *,
    asked: bool,
) -> None:
    here = made_up().container
    tool = make_installer("any", more)
    (block,) = run(
        in_containers(suite, here), [tool], [Role.INSTALLER], settings, silent
    )
    assert bool(block.results) == asked
    if not asked:
        (line,) = block.not_run
        assert line.platforms == (here.name,)
        assert 'pypi = ["fake"] under [provide]' in line.reason
        assert not line.due


def test_a_tool_that_would_be_asked_nothing_is_not_provided(
    made_up: MakeReady, suite: Suite, settings: Settings, make_installer: MakeTool
) -> None:
    containers = (made_up().container,)
    asked = dataclasses.replace(suite, cases=(), containers=containers)
    tool = make_installer("any", '[provide]\npypi = ["nothing-of-this-name==1"]')
    assert list(run(asked, [tool], [Role.INSTALLER], settings, silent)) == []


def test_whoever_stops_listening_ends_the_containers(
    start_engine: Callable[..., Engine],
    here_container: Container,
    suite: Suite,
    settings: Settings,
    make_installer: MakeTool,
    mine: Mine,
) -> None:
    there = renamed(here_container, "there")
    engine = start_engine("", here_container.image, there.image)
    narrowed = in_containers(suite, here_container, there)
    tools, roles = [make_installer("dawdle")], [Role.INSTALLER]
    blocks = run(narrowed, tools, roles, settings, lambda *_: None)
    assert isinstance(blocks, Generator)
    next(blocks)
    with pytest.raises(KeyboardInterrupt):
        blocks.throw(KeyboardInterrupt)
    assert settings.live.ended
    assert mine(engine) == []


def test_the_wheels_for_a_container_are_written_for_its_first_tool(
    made_up: MakeReady, suite: Suite, settings: Settings, make_installer: MakeTool
) -> None:
    here, tool = made_up().container, make_installer("any")
    adapter = msgspec.structs.replace(tool.adapter, name="another")
    tools = [tool, dataclasses.replace(tool, adapter=adapter)]
    narrowed = in_containers(suite, here)
    blocks = list(run(narrowed, tools, [Role.INSTALLER], settings, silent))
    assert [len(block.results) for block in blocks] == [len(suite.cases)] * 2
    assert len(list((settings.work / INSIDE / here.name).iterdir())) == 1


def test_a_role_that_is_asked_in_no_container_says_why(tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    options = ("--tool", "pypiserver", "--containers", "--offline", "--output", out)
    result = CliRunner().invoke(main, ["run", *options])
    assert "asked as index on this machine alone: its answers are" in result.output
