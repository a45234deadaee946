"""Hostile wheels end in one line, within seconds and bounded memory."""

from __future__ import annotations

import resource
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from manylinux_fixtures.hostile.inputs import HostileInput, Outcome, hostile_inputs
from manylinux_fixtures.hostile.well_formed import EXTENSION
from manylinux_reference.commands.many_wheels import report_on
from manylinux_reference.commands.reports.report_text import lines
from manylinux_reference.rules.findings import Report
from manylinux_reference.rules.wheel.audit import (
    FALSE_CLAIM,
    UNUSABLE,
    exit_status,
)

if TYPE_CHECKING:
    from types import ModuleType

FUZZER = Path(__file__).parents[1] / "fuzz.py"
INPUTS = hostile_inputs()
ROOM = 400 * 1024 * 1024  # address space of a whole Python process with its libraries
SECONDS = 20  # of processor time, on any machine; seconds is what it takes


@pytest.mark.parametrize("hostile", INPUTS, ids=lambda hostile: hostile.name)
def test_hostile_wheel_is_refused_with_its_reason(
    hostile: HostileInput, tmp_path: Path
) -> None:
    report = report_on(str(hostile.write(tmp_path)))
    status = exit_status(report, checking=True)
    (first, *_) = lines(report)
    if hostile.outcome is Outcome.REFUSED:
        assert status == UNUSABLE
        reasons = (f"{hostile.filename}: error: ", f"{hostile.filename}: not judged: ")
        assert first.startswith(reasons)
        assert EXTENSION in first or not hostile.name.startswith("elf-")
        assert hostile.reason.lower() in first.lower()
    elif hostile.outcome is Outcome.ANSWERED:
        assert status <= FALSE_CLAIM
    assert first.isprintable()


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


@pytest.mark.parametrize(
    "hostile",
    [each for each in INPUTS if each.name.startswith(("bomb", "crowd"))],
    ids=lambda hostile: hostile.name,
)
def test_bombs_go_off_in_a_small_room(hostile: HostileInput, tmp_path: Path) -> None:
    path = hostile.write(tmp_path)
    before = set(tmp_path.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-m", "manylinux_reference.commands.cli", "check", str(path)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )
    assert done.returncode in (FALSE_CLAIM, UNUSABLE)
    assert done.stderr == ""
    assert set(tmp_path.rglob("*")) == before


def fuzzer() -> ModuleType:
    spec = spec_from_file_location("fuzz", FUZZER)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_mutated_wheels_do_no_harm() -> None:
    """In a process of its own, as its memory is looked at."""
    command = [sys.executable, str(FUZZER), "--seconds=3", "--seed=1"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("seed 1: ")


@pytest.mark.parametrize("harm", [RecursionError("deep"), None])
def test_fuzzing_notices_harm_and_keeps_the_wheel(
    harm: Exception | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(_: str) -> Report:
        if harm:
            raise harm
        return Report("slow.whl")

    fuzz = fuzzer()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fuzz, "report_on", breaking)
    monkeypatch.setattr(fuzz, "SLOWEST", -1)
    with pytest.raises(fuzz.FuzzFailureError, match=r"deep|took"):
        fuzz.fuzz(tmp_path, seconds=60, seed=1)
    assert (tmp_path / fuzz.KEEP).is_file()
