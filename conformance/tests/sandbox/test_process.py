"""Running a process: bounded in time and output, and gone afterwards."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from manylinux_conformance.sandbox.process import (
    LARGEST_OUTPUT,
    STDERR_TAIL,
    ProcessResult,
    run,
)

NO_VARIABLES: Mapping[str, str] = {}


def python(
    code: str,
    tmp_path: Path,
    *,
    seconds: float = 60,
    variables: Mapping[str, str] = NO_VARIABLES,
    questions: bytes = b"",
) -> ProcessResult:
    return run(
        [sys.executable, "-c", code],
        folder=tmp_path,
        variables=variables,
        seconds=seconds,
        questions=questions,
    )


def test_status_and_both_streams_are_kept(tmp_path: Path) -> None:
    code = "import sys; print('out'); sys.exit('words')"
    ended = python(code, tmp_path)
    assert (ended.status, ended.timed_out, ended.failure) == (1, False, "")
    assert (ended.output, ended.last_error) == (b"out\n", "words")


def test_the_process_sees_its_folder_and_only_its_variables(tmp_path: Path) -> None:
    code = "import os; print(os.getcwd(), sorted(os.environ))"
    ended = python(code, tmp_path, variables={"LC_CTYPE": "C.UTF-8"})
    assert ended.output.decode() == f"{tmp_path} ['LC_CTYPE']\n"


def test_questions_are_standard_input(tmp_path: Path) -> None:
    ended = python("print(input())", tmp_path, questions=b"a question\n")
    assert ended.output == b"a question\n"


def test_without_questions_standard_input_is_empty(tmp_path: Path) -> None:
    assert python("import sys; print(sys.stdin.read())", tmp_path).output == b"\n"


def test_a_signal_is_named(tmp_path: Path) -> None:
    ended = python("import os; os.kill(os.getpid(), 11)", tmp_path)
    assert ended.failure == "was ended by SIGSEGV"


def test_a_hanging_process_is_killed_at_its_limit(tmp_path: Path) -> None:
    ended = python("import time; time.sleep(600)", tmp_path, seconds=0.5)
    assert ended.timed_out
    assert ended.failure == "was still running at its time limit"


def test_a_child_that_holds_the_output_open_is_not_waited_for(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys\n"
        "code = 'import time; time.sleep(600)'\n"
        "print(subprocess.Popen([sys.executable, '-c', code]).pid)\n"
    )
    ended = python(code, tmp_path)
    assert (ended.status, ended.timed_out) == (0, False)
    child = int(ended.output)
    for _ in range(200):
        if not Path(f"/proc/{child}").exists() or zombie(child):
            return
        time.sleep(0.05)
    pytest.fail("the child is still there")


def zombie(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("stream", [1, 2])
def test_output_without_end_is_bounded(tmp_path: Path, stream: int) -> None:
    code = f"import os\nfor _ in range(300): os.write({stream}, b'x' * 65536)\n"
    ended = python(code, tmp_path)
    assert ended.status == 0
    assert len(ended.output) <= LARGEST_OUTPUT
    assert len(ended.stderr_tail) <= STDERR_TAIL


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("no-such-program", "No such file or directory"),
        ("/no/such/program", "No such file or directory"),
        (os.devnull, "Permission denied"),
    ],
)
def test_a_program_that_cannot_be_started_is_named(
    tmp_path: Path, command: str, reason: str
) -> None:
    ended = run([command], folder=tmp_path, variables={}, seconds=9)
    name = Path(command).name
    assert ended.failure == f"cannot be started: {name}: {reason}"


@pytest.mark.parametrize(
    ("output", "tail", "complaint"),
    [
        (b"", "", "it said nothing"),
        (b"\n \n", "\n", "it said nothing"),
        (b"first\nlast\n", "", "last"),
        (b"last\n", "words\n", "words"),
    ],
)
def test_a_complaint_is_never_empty(output: bytes, tail: str, complaint: str) -> None:
    ended = ProcessResult(3, timed_out=False, output=output, stderr_tail=tail)
    assert ended.complaint == complaint


@pytest.mark.parametrize(
    ("tail", "words"),
    [
        ("", ""),
        ("one\ntwo\n\n", "two"),
        ("Error: this\nsee the log\n", "Error: this"),
        ("error: /tmp/x is bad\n", "error: ... is bad"),
        ("fetch of http://127.0.0.1:43/ failed", "fetch of ... failed"),
        ("\x1b[31merror\x1b[0m", "?[31merror?[0m"),
        ("error " + "x" * 500, "error " + "x" * 194),
        ("error: no answer\n" + "x" * 5000, "error: no answer"),
        ("KeyError: x\n" + "y\n" * 2500 + "SystemExit: 0", "SystemExit: 0"),
    ],
)
def test_the_words_are_fit_for_a_report(tail: str, words: str) -> None:
    assert (
        ProcessResult(1, timed_out=False, output=b"", stderr_tail=tail).last_error
        == words
    )
