"""A wheel is audited in a process of its own, and nothing of it is left."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import pytest
from manylinux_fixtures.corpus.fixtures import fixtures
from manylinux_reference.commands.gate import audit_process
from manylinux_reference.commands.gate.audit import AuditFailedError, found_in
from manylinux_reference.commands.gate.audit_process import AT_A_LIMIT, Auditors
from manylinux_reference.commands.gate.settings import Settings

FALSE = "wheel.versions.listed/deflated-needs-strlcpy/x86_64"
LARGE = 8 << 20  # bytes
MANY = 20_000  # members
BEFORE, AFTER = b"what stands before", b"and after"
KEPT = """
import os, sys, signal
from manylinux_reference.commands.gate.audit_process import keep_to
keep_to(1, 512)
"""


@pytest.fixture
def auditors() -> Iterator[Auditors]:
    made = Auditors(Settings())
    yield made
    made.close()


@pytest.fixture(scope="module")
def content() -> bytes:
    return next(each for each in fixtures() if each.id == FALSE).content()


@pytest.fixture
def file(content: bytes) -> Iterator[BinaryIO]:
    """Return a file that has a wheel in its middle."""
    with tempfile.TemporaryFile() as made:
        made.write(BEFORE + content + AFTER)
        made.flush()
        yield made


NAME = Path(next(each for each in fixtures() if each.id == FALSE).path).name


def asked(auditors: Auditors, file: BinaryIO, size: int) -> object:
    return auditors.found_in(NAME, file.fileno(), len(BEFORE), size)


def test_a_part_of_a_file_is_audited_like_a_file(
    auditors: Auditors, file: BinaryIO, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / NAME
    path.write_bytes(content)
    assert asked(auditors, file, len(content)) == found_in(str(path))


def test_bytes_around_the_part_are_none_of_it(
    auditors: Auditors, file: BinaryIO, content: bytes
) -> None:
    [one] = auditors.found_in(NAME, file.fileno(), len(BEFORE), len(content + AFTER))
    assert one.rule == "index.archive.readable"
    [one] = auditors.found_in(NAME, file.fileno(), len(BEFORE), len(content) - 1)
    assert one.rule == "index.archive.readable"


def test_a_process_serves_many_audits_and_each_has_its_own(
    auditors: Auditors, file: BinaryIO, content: bytes
) -> None:
    first = asked(auditors, file, len(content))
    with ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda _: asked(auditors, file, len(content)), range(20))
    assert all(each == first for each in answers)


def test_an_audit_over_its_memory_is_over_the_limits(content: bytes) -> None:
    auditors = Auditors(Settings(megabytes=1))
    with tempfile.TemporaryFile() as file:
        file.write(padded(content))
        try:
            [one] = auditors.found_in(NAME, file.fileno(), 0, file.tell())
        except AuditFailedError:
            return  # not even the answer had room
        finally:
            auditors.close()
    assert one.rule == "auditor.input.hostile"


def padded(content: bytes) -> bytes:
    """Return a wheel whose ELF files are too large for what is left of the memory."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            held = old.read(name)
            new.writestr(name, held.ljust(LARGE if held[1:4] == b"ELF" else 0, b"\0"))
    return made.getvalue()


@pytest.mark.parametrize("name", ["SIGXCPU", "SIGALRM"])
def test_an_audit_that_is_ended_at_a_limit_is_over_it(
    name: str, auditors: Auditors, file: BinaryIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = -signal.Signals[name]
    monkeypatch.setattr(
        audit_process, "_Waiting", lambda _: Ended(status), raising=True
    )
    [one] = auditors.found_in(NAME, file.fileno(), 0, 1)
    assert one.rule == "auditor.input.hostile"
    assert "takes more than 60 seconds" in one.text


class Ended:
    """A process whose audits end with a status."""

    def __init__(self, status: int, said: str = "") -> None:
        self.answer = status, said

    def ask(self, _question: bytes, _descriptor: int) -> tuple[int, str]:
        return self.answer

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [(1, "", "status 1"), (0, "[", "cannot be read"), (0, "[{}]", "cannot be read"),
     (-signal.SIGSEGV, "", "status -11"), (-signal.SIGKILL, "", "status -9")],
)  # fmt: skip
def test_an_audit_without_an_answer_has_failed(
    status: int,
    said: str,
    reason: str,
    auditors: Auditors,
    file: BinaryIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit_process, "_Waiting", lambda _: Ended(status, said))
    with pytest.raises(AuditFailedError, match=reason):
        auditors.found_in(NAME, file.fileno(), 0, 1)


def test_a_process_that_is_gone_is_replaced(
    auditors: Auditors, file: BinaryIO, content: bytes
) -> None:
    first = asked(auditors, file, len(content))
    [child] = children()
    os.kill(child, signal.SIGKILL)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert asked(auditors, file, len(content)) == first
    assert children() != [child]


def test_a_process_that_ends_when_it_is_asked_has_failed(
    auditors: Auditors,
    file: BinaryIO,
    content: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = asked(auditors, file, len(content))
    [child] = children()
    monkeypatch.setattr(subprocess.Popen, "poll", lambda _: None)  # it seems to run
    os.kill(child, signal.SIGKILL)
    with pytest.raises(AuditFailedError, match="has ended"):
        asked(auditors, file, len(content))
    assert asked(auditors, file, len(content)) == first


def children() -> list[int]:
    """Return the processes that this one has started, among those that audit."""
    own = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [
        int(each)
        for each in own
        if b"audit_process" in Path(f"/proc/{each}/cmdline").read_bytes()
    ]


def test_no_process_is_left(file: BinaryIO, content: bytes) -> None:
    auditors = Auditors(Settings())
    asked(auditors, file, len(content))
    assert children()
    auditors.close()
    assert not children()


@pytest.mark.parametrize("does", ["while True: pass", "signal.pause()"])
def test_the_system_ends_what_takes_too_long(does: str) -> None:
    command = (sys.executable, "-c", KEPT + does)
    assert subprocess.run(command, check=False).returncode in AT_A_LIMIT


def test_an_audit_has_no_memory_beyond_its_limit() -> None:
    command = (sys.executable, "-c", f"{KEPT}bytes(1 << 30)")
    assert subprocess.run(command, check=False, capture_output=True).returncode == 1


def test_limits_that_are_lower_already_stay() -> None:
    lower = "resource.setrlimit(resource.RLIMIT_CPU, (1, 1))"
    command = (sys.executable, "-c", f"import resource; {lower}; {KEPT}")
    assert subprocess.run(command, check=False).returncode == 0


def test_an_audit_writes_no_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    writes = f"{KEPT}os.write(os.open({str(file)!r}, os.O_CREAT | os.O_RDWR), b'x')"
    command = (sys.executable, "-c", writes)
    assert subprocess.run(command, check=False, capture_output=True).returncode == 1
    assert file.read_bytes() == b""


def test_a_waiting_process_has_imported_what_an_audit_needs(content: bytes) -> None:
    """What is imported in a fork would be imported again for each wheel."""
    program = """
import json, os, sys, tempfile
from importlib import import_module
from manylinux_reference.commands.gate.audit_process import NEEDED, PartOfFile
from manylinux_reference.commands.gate.audit import found_in
for name in NEEDED: import_module(name)
before = set(sys.modules)
with open(sys.argv[1], "rb") as file:
    part = PartOfFile(file.fileno(), 0, os.fstat(file.fileno()).st_size)
    found_in(os.path.basename(sys.argv[1]), (), part)
print(json.dumps(sorted(set(sys.modules) - before)))
"""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        path.write_bytes(content)
        command = (sys.executable, "-c", program, str(path))
        said = subprocess.run(command, check=True, capture_output=True).stdout
    assert json.loads(said) == []


def test_an_audit_that_somebody_kills_has_failed(
    auditors: Auditors, file: BinaryIO, content: bytes
) -> None:
    """The wheel is not to blame: the system had no memory left, for one."""
    asked(auditors, file, len(content))
    [waiting] = children()
    with tempfile.TemporaryFile() as slow, ThreadPoolExecutor(1) as threads:
        slow.write(BEFORE + many_members(content))
        answer = threads.submit(asked, auditors, slow, slow.tell() - len(BEFORE))
        while not (audits := children_of(waiting)):
            assert not answer.done()
        os.kill(audits[0], signal.SIGKILL)
        with pytest.raises(AuditFailedError, match="status -9"):
            answer.result()


def many_members(content: bytes) -> bytes:
    """Return a wheel that takes a while."""
    made = io.BytesIO(content)
    with zipfile.ZipFile(made, "a") as wheel:
        for number in range(MANY):
            wheel.writestr(f"data/{number}.txt", b"x" * number)
    return made.getvalue()


def children_of(process: int) -> list[int]:
    """Return the processes that another one has started."""
    found = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(each) for each in found.split()]
