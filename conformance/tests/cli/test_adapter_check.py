"""The adapter check: silent about tools that behave, clear about those that do not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_conformance.cli.adapter_check import check_adapter
from manylinux_conformance.errors import InputError
from manylinux_conformance.sandbox.provide import ProvidedTool

Make = Callable[..., ProvidedTool]
Check = Callable[[], list[str]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    def check() -> list[str]:
        folder = tmp_path / "checked"
        findings = check_adapter(tmp_path / "fake.toml", tmp_path / "cache", folder)
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


def test_a_tool_that_is_not_here_is_named(tmp_path: Path, check: Check) -> None:
    (tmp_path / "fake.toml").write_text(
        'name = "x"\nroles = ["installer"]\nversions = ["1"]\n'
        '[provide]\npypi = ["x"]\npython = { "1" = "<3.0" }\n'
        '[installer]\ncommand = ["x"]\n'
    )
    assert check() == ["x 1: needs Python <3.0"]


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
