"""Asking in a container: answers, tools that misbehave, containers that die."""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.errors import InputError
from manylinux_conformance.images.engines.engine import TROUBLE, Engine
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.results.blocks import Block, write_blocks
from manylinux_conformance.results.lines import NotRun, Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.tools.adapters import read_adapter
from manylinux_conformance.tools.selection import Tool

MakeReady = Callable[..., ReadyContainer]
MakeTool = Callable[..., Tool]
Ask = Callable[..., Block]
Mine = Callable[[Engine], list[str]]
LOST = "under emulation, a process "
TAG = "manylinux_2_17_x86_64"
FUTURE = 4_102_444_800  # the year 2100


def verdicts(block: Block) -> dict[str, Verdict]:
    return {one.case.rpartition("/")[2]: one.verdict for one in block.results}


def test_nothing_beside_a_file_of_the_adapter_is_seen_in_a_container(
    native: ReadyContainer, ask: Ask, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "diary.txt").write_text("private")
    script = own / "mine.py"
    script.write_text(
        "import pathlib, sys\n"
        "beside = [each.name for each in pathlib.Path(__file__).parent.iterdir()]\n"
        f"sys.exit(f'error: {{beside}}' if beside != [{script.name!r}] else 3)\n"
    )
    (own / "mine.toml").write_text(
        'name = "mine"\nroles = ["installer"]\n[provide]\ninside = true\n'
        '[installer]\ncommand = ["{python}", "./mine.py"]\n'
    )
    block = ask(native, Tool(read_adapter(own / "mine.toml"), "", ()))
    said = {one.reason.rpartition("as it is: ")[2] for one in block.results}
    assert {words.partition(":")[0] for words in said} == {"exit status 3"}


def test_real_pip_answers_in_a_container(
    ready: ReadyContainer, ask: Ask, real_pip: Tool, mine: Mine
) -> None:
    block = ask(ready, real_pip)
    assert block.not_run == ()
    assert verdicts(block) == {"innocent": Verdict.PASS, "culprit": Verdict.PASS}
    assert block.header.platform == ready.container.name
    assert {one.platform for one in block.results} == {ready.container.name}
    assert mine(ready.engine) == []


def test_nothing_in_results_depends_on_clocks(
    made_up: MakeReady, ask: Ask, tmp_path: Path, settings: Settings, real_pip: Tool
) -> None:
    ready, probes = made_up(), ProbeCache(settings.work / "probes")
    files: list[bytes] = []
    for time_of in (0, FUTURE):
        for path in probes.folder.rglob("*") if time_of else ():
            os.utime(path, (time_of, time_of))
        block = ask(ready, real_pip, runs=f"runs-{len(files)}", probes=probes)
        write_blocks([block], tmp_path / "results.jsonl")
        files.append((tmp_path / "results.jsonl").read_bytes())
    assert b'"verdict":"pass"' in files[0]
    assert files[0] == files[1]


def test_malformed_case_ends_the_run_as_on_this_machine(
    ready: ReadyContainer, ask: Ask, make_installer: MakeTool
) -> None:
    twice = Choose(rule="tag.form", name="twice", offer=(TAG, TAG), pick=TAG)
    with pytest.raises(InputError, match=f"tag.form/twice: '{TAG}' is offered twice"):
        ask(ready, make_installer("any"), cases=(twice,))


def test_tool_that_crashes_is_an_error(
    ready: ReadyContainer,
    ask: Ask,
    make_installer: MakeTool,
    culprits: Sequence[AnyCase],
) -> None:
    block = ask(ready, make_installer("crash-at-culprits"), cases=culprits)
    assert verdicts(block)["culprit"] is Verdict.ERROR
    assert verdicts(block)["innocent"] is not Verdict.ERROR


def test_tool_that_hangs_ends_at_its_limit_and_the_run_goes_on(
    ready: ReadyContainer,
    ask: Ask,
    make_installer: MakeTool,
    mine: Mine,
    culprits: Sequence[AnyCase],
) -> None:
    tool = make_installer("hang-at-culprits", seconds=4)
    block = ask(ready, tool, cases=culprits)
    assert verdicts(block)["culprit"] is Verdict.TIMEOUT
    assert verdicts(block)["innocent"] in {Verdict.PASS, Verdict.FAIL}
    assert mine(ready.engine) == []


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("crash-at-culprits", f"{LOST}was ended by SIGSEGV"),
        ("hang-at-culprits", f"{LOST}was still running at its time limit"),
    ],
)
@pytest.mark.usefixtures("impatient")
def test_emulated_trouble_is_nobodys_fault_and_is_tried_once_more(
    as_emulated: ReadyContainer,
    ask: Ask,
    tmp_path: Path,
    way: str,
    reason: str,
    make_installer: MakeTool,
    mine: Mine,
    culprits: Sequence[AnyCase],
) -> None:
    ready = as_emulated
    block = ask(ready, make_installer(way, seconds=4), cases=culprits)
    assert {(one.verdict, one.reason) for one in block.results} == {
        (Verdict.INFRASTRUCTURE, reason)
    }
    runs = tmp_path / "work" / "runs" / ready.container.name
    assert len(list(runs.rglob("run-1"))) == 2
    assert list((runs / "again").rglob("run-1"))
    assert mine(ready.engine) == []


def test_container_killed_from_outside_is_started_once_more(
    ready: ReadyContainer,
    ask: Ask,
    settings: Settings,
    make_installer: MakeTool,
    mine: Mine,
) -> None:
    killed: list[str] = []

    def kill() -> None:
        while not list((settings.work / "runs").rglob("run-1/work")):
            time.sleep(0.05)
        time.sleep(0.8)
        for each in mine(ready.engine):
            ready.engine.client.api.kill(each)
            killed.append(each)

    killer = threading.Thread(target=kill)
    killer.start()
    block = ask(ready, make_installer("dawdle"))
    killer.join()
    assert len(killed) == 1
    assert {one.answer for one in block.results} == {"any"}


def test_container_that_is_killed_each_time_is_infrastructure(
    ready: ReadyContainer,
    ask: Ask,
    settings: Settings,
    make_installer: MakeTool,
    mine: Mine,
) -> None:
    over = threading.Event()

    def kill() -> None:
        while not list((settings.work / "runs").rglob("run-1/work")):
            time.sleep(0.05)
        while not over.wait(0.3):
            for each in mine(ready.engine):
                with contextlib.suppress(*TROUBLE):
                    ready.engine.client.api.kill(each)

    killer = threading.Thread(target=kill)
    killer.start()
    block = ask(ready, make_installer("hang"))
    over.set()
    killer.join()
    assert {one.verdict for one in block.results} == {Verdict.INFRASTRUCTURE}
    assert {one.reason for one in block.results} == {
        "the container was ended from outside"
    }


def test_results_have_no_field_for_a_clock_or_a_machine() -> None:
    fields = {*Result.__struct_fields__, *NotRun.__struct_fields__}
    assert not {field for field in fields if re.search("time|date|clock|path", field)}
