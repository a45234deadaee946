"""Progress: on a terminal a bar while it lasts and a line after it; elsewhere lines."""

import io
import time

import pytest
from manylinux_conformance.cli.terminal.progress import ProgressBars
from rich.console import Console


def shown(*, terminal: bool) -> str:
    """Return all that is written while two tools are installed and asked."""
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=80)
    with ProgressBars(console) as progress:
        for tool in ("pip", "uv"):
            progress.take_note(f"installing {tool}", 0, 0)
            for done in range(3):
                progress.take_note(f"{tool} as installer", done, 2)
    return file.getvalue()


def test_elsewhere_each_thing_is_one_line() -> None:
    assert shown(terminal=False).splitlines() == [
        "installing pip",
        "pip as installer",
        "installing uv",
        "uv as installer",
    ]


@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_on_a_terminal_what_is_done_leaves_its_bar_and_becomes_a_line(
    tool: str,
) -> None:
    written = shown(terminal=True)
    assert "━" in written
    assert f"{tool} as installer: 0 s" in written
    _, _, after = written.rpartition("uv as installer: 0 s")
    assert f"{tool} as installer" not in after.rpartition("\x1b[2K")[2]


def test_elsewhere_a_step_is_a_line_if_it_begins_otherwise() -> None:
    console = Console(file=io.StringIO(), record=True, width=200)
    with ProgressBars(console) as progress:
        for step in ("downloading 1", "downloading 2", "extracting 1"):
            progress.tell("debian-12-s390x", step)
        progress.finish("debian-12-s390x", "1/1 debian-12-s390x: not prepared")
    assert console.export_text().splitlines() == [
        "debian-12-s390x: downloading 1",
        "debian-12-s390x: extracting 1",
        "1/1 debian-12-s390x: not prepared",
    ]


def test_on_a_terminal_what_is_finished_is_a_line() -> None:
    console = Console(file=io.StringIO(), record=True, width=200, force_terminal=True)
    with ProgressBars(console) as progress:
        progress.tell("debian-12-s390x", "downloading")
        progress.finish("debian-12-s390x", "1/1 debian-12-s390x: prepared")
    assert "1/1 debian-12-s390x: prepared" in console.export_text()


@pytest.mark.parametrize("terminal", [True, False])
def test_the_bar_of_the_whole_stays_on_a_terminal_and_is_no_line(
    *, terminal: bool
) -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=100)
    with ProgressBars(console, always="all of it") as progress:
        progress.take_note("all of it", 0, 100)
        progress.take_note("pip as installer", 0, 2)
        progress.take_note("all of it", 37, 100)
        time.sleep(0.2)  # a bar is drawn ten times a second
    assert ("37/100" in file.getvalue()) == terminal
    assert "all of it: " not in file.getvalue()
    assert terminal or file.getvalue() == "pip as installer\n"
