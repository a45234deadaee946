"""Every end of an audit is one clear line and a status."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from manylinux_fixtures.hostile.well_formed import EXTENSION, well_formed_wheel
from manylinux_reference.commands import many_wheels
from manylinux_reference.commands.cli import INTERRUPTED, WRONG
from manylinux_reference.rules.findings import Outcome, Report
from manylinux_reference.rules.wheel.audit import ALL_HOLD, FALSE_CLAIM, UNUSABLE

CHECK = [sys.executable, "-m", "manylinux_reference.commands.cli", "check"]
NAMES = [f"hostile-1-{build}-py3-none-any.whl" for build in (1, 2, 3)]


def run(*paths: Path, **how: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [*CHECK, *paths],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of three wheels."""
    for name in NAMES:
        content = well_formed_wheel({EXTENSION: b"no ELF file"})
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_pipe_without_a_writer_is_no_wheel(folder: Path) -> None:
    (folder / NAMES[1]).unlink()
    os.mkfifo(folder / NAMES[1])
    done = run(folder)
    assert f"{NAMES[1]}: error: is not a regular file\n" in done.stdout
    assert done.stdout.count("\n") == len(NAMES)
    assert (done.returncode, done.stderr) == (UNUSABLE, "")


def test_terminal_that_knows_ascii_alone_is_enough(tmp_path: Path) -> None:
    path = tmp_path / NAMES[0]
    path.write_bytes(well_formed_wheel({"mödül.so": b"\x7fELF"}))
    done = run(path, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert "m\\xf6d\\xfcl.so" in done.stdout
    assert (done.returncode, done.stderr) == (UNUSABLE, "")


def test_reader_that_goes_away_ends_the_command(folder: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = run(folder, stdout=writer)
    os.close(writer)
    assert done.stderr == "manylinux: the output cannot be written: Broken pipe\n"
    assert done.returncode == WRONG


def test_full_disk_ends_the_command(folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = run(folder, stdout=full)
    assert done.stderr.startswith("manylinux: the output cannot be written: No space")
    assert (done.stderr.count("\n"), done.returncode) == (1, WRONG)


def test_closed_output_is_said(folder: Path) -> None:
    done = run(folder, stdout=None, preexec_fn=lambda: os.close(1))
    assert done.stderr == "manylinux: there is no output to write to\n"
    assert done.returncode == WRONG


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_interrupt_is_one_line(jobs: str, folder: Path) -> None:
    """The reader of the pipe is slow, so that the command is still at work."""
    paths = [folder / name for name in NAMES] * 2_000
    with subprocess.Popen(
        [*CHECK, "--jobs", jobs, *paths],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as started:  # fmt: skip
        assert started.stdout
        assert started.stdout.readline()
        time.sleep(0.1)
        os.killpg(started.pid, signal.SIGINT)
        _, errors = started.communicate(timeout=60)
    assert errors == "manylinux: interrupted\n"
    assert started.returncode == INTERRUPTED


def breaking(path: str, *_: object, **__: object) -> Report:
    """Stand in for an audit of three wheels, two of which end in another way."""
    if path.endswith(NAMES[0]):
        os.kill(os.getpid(), signal.SIGKILL)
    if path.endswith(NAMES[1]):
        raise MemoryError
    report = Report(path)
    report.outcome = Outcome.HOLDS
    return report


def test_other_wheels_are_judged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_wheels, "audit", breaking)
    paths = list(many_wheels.wheels_below([str(folder)]))
    found = list(many_wheels.audits(paths, jobs=2))
    assert [(report.outcome, report.error) for report in found] == [
        (Outcome.NOT_JUDGED, "the process that audited it was killed"),
        (Outcome.NOT_JUDGED, "needs more memory than there is"),
        (Outcome.HOLDS, ""),
    ]


def test_status_of_a_false_claim_needs_no_elf_file(tmp_path: Path) -> None:
    path = tmp_path / "hostile-1-cp36-abi3-manylinux2014_x86_64.whl"
    path.write_bytes(well_formed_wheel({}))
    assert run(path).returncode == FALSE_CLAIM


def test_wheel_of_linux_is_told_that_it_promises_nothing(tmp_path: Path) -> None:
    path = tmp_path / "hostile-1-cp36-abi3-linux_x86_64.whl"
    path.write_bytes(well_formed_wheel({}))
    done = run(path)
    assert "linux_x86_64 promises nothing" in done.stdout
    assert done.returncode == ALL_HOLD


def test_a_little_memory_is_enough_for_an_answer(folder: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))

    done = run(folder, preexec_fn=limit)
    assert done.stdout.count("\n") == len(NAMES)
