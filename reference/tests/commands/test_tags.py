"""``manylinux tags``: the tags that fit, best first."""

from __future__ import annotations

import subprocess
import sys

import pytest
from manylinux_reference.commands import cli
from manylinux_reference.commands import tags as tags_command
from manylinux_reference.commands.target import Target, running_target
from manylinux_reference.rules.installer.order import platform_tags
from manylinux_reference.rules.installer.override import OverrideError
from manylinux_reference.rules.installer.platform import Environment

HERE = Target(Environment(("x86_64",), "x86_64", (2, 28)))


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags_command, "running_target", lambda: HERE)


@pytest.mark.usefixtures("here")
def test_tags_are_printed_best_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tags"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed == platform_tags(Environment(("x86_64",), "x86_64", (2, 28)))
    assert cli.main(["tags", "--platform", "manylinux_2_18_s390x"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "manylinux_2_18_s390x",
        "manylinux_2_17_s390x",
        "manylinux2014_s390x",
    ]


@pytest.mark.parametrize("command", [["tags"], ["fits", "p-1-py3-none-any.whl"]])
@pytest.mark.parametrize("target", ["manylinux2_28_x86_64", ""])
def test_unknown_target_is_a_wrong_command(
    capsys: pytest.CaptureFixture[str], command: list[str], target: str
) -> None:
    assert cli.main([*command, f"--platform={target}"]) == 2
    said = capsys.readouterr()
    assert not said.out
    assert said.err.startswith(f"manylinux: '{target}' is not a target such as")
    assert said.err.count("\n") == 1


def test_wrong_target_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tags", "--platform=win32"]) == 2
    reason = "is not a target such as manylinux_2_28_x86_64 or linux_x86_64"
    assert capsys.readouterr().err == f"manylinux: 'win32' {reason}\n"


def test_broken_override_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Target:
        raise OverrideError("_manylinux: ValueError: table")

    monkeypatch.setattr(tags_command, "running_target", broken)
    assert cli.main(["tags"]) == 1
    assert capsys.readouterr().err == "manylinux: _manylinux: ValueError: table\n"


def test_process_prints_this_machines_tags() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "manylinux_reference.commands.cli", "tags"],
        capture_output=True,
        text=True,
        check=True,
    )
    target = running_target()
    assert process.stdout.splitlines() == platform_tags(
        target.environment, target.module
    )
