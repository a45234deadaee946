"""Progress: on a terminal a bar while it lasts and a line after it; elsewhere lines."""

import io

import pytest
from manylinux_conformance.cli.progress import ProgressBars
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
