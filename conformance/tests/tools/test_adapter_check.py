"""The adapter check: silent about tools that behave, clear about those that do not."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.finding import Finding
from manylinux_conformance.loader.loader_check import loader_unavailable_reason
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.sandbox.process import ProcessResult
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.tools.adapter_check import Patience, check_adapter
from tests.builders import (
    CLAIM,
    adapter_text,
    auditor_table,
    loader_table,
    write_adapter,
)

needs_x86_64 = pytest.mark.skipif(
    bool(loader_unavailable_reason("x86_64")),
    reason=loader_unavailable_reason("x86_64"),
)
Make = Callable[..., ProvidedTool]
Check = Callable[[], list[str]]


@pytest.fixture
def check(tmp_path: Path, session_cache: Path) -> Check:
    def check() -> list[str]:
        folder = tmp_path / "checked"
        findings = check_adapter(tmp_path / "fake.toml", session_cache, folder)
        return [finding.message for finding in findings]

    return check


@pytest.mark.parametrize("way", ["any", "leave-child"])
def test_a_tool_that_behaves_is_not_complained_about(
    fake_installer: Make, check: Check, way: str, tmp_path: Path
) -> None:
    fake_installer(way, more=f'variables = {{ CHILD = "{tmp_path}/child" }}\n')
    assert check() == []


@pytest.mark.parametrize(
    ("way", "complaint"),
    [
        ("last", "is answered win_amd64, not any"),
        ("both", "smoke/win_amd64: error (installed more than one candidate"),
        ("nothing", "exit status 0, but nothing was installed"),
        ("refuse", "cannot install a wheel on this machine as it is"),
        ("write-beside", "wrote outside its target"),
        ("by-turns", "and the second time"),
    ],
)
def test_a_tool_that_misbehaves_is_complained_about(
    fake_installer: Make, check: Check, tmp_path: Path, way: str, complaint: str
) -> None:
    fake_installer(way, more=f'variables = {{ TURN = "{tmp_path}/turn" }}\n')
    assert any(complaint in message for message in check())


@pytest.mark.parametrize(
    ("way", "complaint"),
    [
        ("good", ""),
        ("none-always", "smoke/win_amd64 is answered nothing (fits nothing), not any"),
        ("garbage-always", "no answer of the right form"),
    ],
)
def test_a_library_is_checked_too(
    fake_library: Make, check: Check, way: str, complaint: str
) -> None:
    fake_library(way)
    messages = check()
    assert (
        any(complaint in message for message in messages)
        if complaint
        else (messages == [])
    )


@pytest.mark.parametrize(
    ("python", "offline", "reason"),
    [
        ("<3.0", False, "needs Python <3.0"),
        (">=3.0", True, "is not installed yet, and this run is offline"),
    ],
)
def test_each_version_that_is_not_here_is_named(
    tmp_path: Path, session_cache: Path, python: str, reason: str, *, offline: bool
) -> None:
    path = tmp_path / "fake.toml"
    path.write_text(
        'name = "x"\nroles = ["installer"]\nversions = ["1", "2"]\n'
        f'[provide]\npypi = ["x"]\npython = {{ "*" = "{python}" }}\n'
        '[installer]\ncommand = ["x"]\n'
    )
    found = check_adapter(path, session_cache, tmp_path / "new", offline=offline)
    assert found == [Finding(str(path), 0, f"x {each}: {reason}") for each in "12"]


def test_a_program_that_is_not_here_is_named(tmp_path: Path, check: Check) -> None:
    (tmp_path / "fake.toml").write_text(
        'name = "x"\nroles = ["installer"]\n[installer]\ncommand = ["no-such-tool"]\n'
    )
    reason = "cannot be started: no-such-tool: No such file or directory"
    assert any(reason in message for message in check())


def test_a_malformed_adapter_is_an_input_error(tmp_path: Path, check: Check) -> None:
    (tmp_path / "fake.toml").write_text("name = 3\n")
    with pytest.raises(InputError, match=r"fake\.toml: Expected `str`"):
        check()


@needs_x86_64
@pytest.mark.parametrize(
    ("way", "complaints"),
    [
        ("copy", []),
        ("nothing", ["smoke/c on {tag}: the compiler succeeded and wrote nothing"]),
        ("refuse-all", ["smoke/c on {tag}: compiles nothing: x.c:1:1: error: cannot"]),
        ("unlicensed", ["{tag}: its compiler does not start: error: wants a licence"]),
    ],
)
def test_a_builder_is_checked_by_compiling_something_plain(
    way: str, complaints: list[str], fake_builder: Make, check: Check
) -> None:
    fake_builder(way)
    found = check()
    assert len(found) == len(complaints)
    for message, complaint in zip(found, complaints, strict=True):
        assert message.startswith(f"fake: {complaint.format(tag=CLAIM)}")


@pytest.mark.parametrize(
    ("commands", "complaint"),
    [
        ({"lines": ("lines", "good")}, ""),
        ({"lines": ("lines", "garbage-always")}, "exit status 0: ? no JSON"),
        ({"command": ("status", "traceback", "{wheel}")}, "exit status 1: ValueError"),
    ],
)
def test_an_auditor_is_checked_with_wheels_of_this_machine(
    commands: dict[str, tuple[str, ...]],
    complaint: str,
    tmp_path: Path,
    check: Check,
) -> None:
    write_adapter(tmp_path, adapter_text(Role.AUDITOR, auditor_table(**commands)))
    messages = check()
    assert (
        any(complaint in message for message in messages)
        if complaint
        else (messages == [])
    )


@pytest.mark.parametrize(
    ("way", "complaint"),
    [
        ("good", ""),
        ("refuse", "smoke/import is refused: ... version `GLIBC_2.43' not found"),
        ("wrong", "was imported, and its functions return something else"),
    ],
)
def test_a_loader_is_checked_with_the_oldest_wheel_of_this_machine(
    way: str, complaint: str, tmp_path: Path, check: Check
) -> None:
    write_adapter(tmp_path, adapter_text(Role.LOADER, loader_table(way)))
    messages = check()
    assert (
        any(complaint in message for message in messages)
        if complaint
        else (messages == [])
    )


def test_a_tool_that_hangs_is_not_waited_for_again_and_again(
    fake_installer: Make, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "manylinux_conformance.tools.adapter_check"
    monkeypatch.setattr(f"{module}.PATIENCE", (1, 0.5, 0.1))
    fake_installer("hang")
    began = time.monotonic()
    (complaint,) = check()
    assert "was still running at its time limit" in complaint
    assert time.monotonic() - began < 60


def test_patience_gets_shorter_with_each_run_that_hangs(tmp_path: Path) -> None:
    asked: list[tuple[object, ...]] = []
    said: list[str] = []

    def hang(
        command: Sequence[str],
        *,
        folder: Path,
        variables: Mapping[str, str],
        seconds: float,
        questions: bytes = b"",
    ) -> ProcessResult:
        asked.append((command, folder, variables, seconds, questions))
        return ProcessResult(0, timed_out=seconds != 3, output=b"", stderr_tail="")

    run = Patience(hang, said.append, "fake 1")
    for seconds in (3, 60, 60, 60, 60, 60, 0.1):
        run(("a", "b"), folder=tmp_path, variables={"C": "d"}, seconds=seconds)
    limits = [3, 20, 5, 2, 0.2, 0.2, 0.1]
    plain = (("a", "b"), tmp_path, {"C": "d"})
    assert asked == [(*plain, limit, b"") for limit in limits]
    assert said == [
        f"asking fake 1: run {number}, {limit} s at most"
        for number, limit in enumerate(limits, 1)
    ]
