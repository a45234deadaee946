"""The command line names its commands and loads only the one asked for."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from manylinux_reference.commands import cli


def test_serve_ends_with_its_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    assert cli.main(["serve"]) == 0


@pytest.mark.parametrize("command", ["tags", "install", "serve"])
def test_help_shows_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert f"manylinux {command}" in printed.partition("example")[2]


@pytest.mark.parametrize("words", [[], ["dance"]])
def test_wrong_command_ends_with_status_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2


TEXT = ("reports", "reports.report_text")


@pytest.mark.parametrize(
    ("command", "loaded"),
    [
        ("tags", {"tags", "target"}),
        ("audit", {"audit", "many_wheels", *TEXT}),
        ("check", {"audit", "many_wheels", *TEXT}),
    ],
)
def test_command_loads_its_own_modules_alone(command: str, loaded: set[str]) -> None:
    script = (
        "import sys; from manylinux_reference.commands import cli\n"
        f"try: cli.main([{command!r}, '--help'])\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    process = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    prefix = "manylinux_reference.commands."
    names = {
        name.removeprefix(prefix)
        for name in process.stderr.split()
        if name.startswith(prefix)
    }
    assert names == {"cli", *loaded}
