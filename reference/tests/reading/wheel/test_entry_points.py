"""Scripts are those that pip and uv both make; where they differ, none are read."""

from __future__ import annotations

import pytest
from manylinux_reference.reading.budget import Budget, NotJudgedError
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.reading.wheel.entry_points import check_entry_points

SCRIPTS = "[console_scripts]\n"


@pytest.mark.parametrize(
    "text",
    [
        *("", "\n", "# nothing\n", "; nothing\n", "[a]\n", "[a]\nx =\n", "[a b]\nx=y"),
        *(SCRIPTS + "x = p:main\n", SCRIPTS + "x=p.q:main.run [a]\r\ny = p:main[a,b]"),
        f"\n    {SCRIPTS}    x = p:main\n    # more\n    y = p:main\n    ",
        SCRIPTS + " x = p:main\ny = p:main\n",
        SCRIPTS + "x-y_z.1+2 = p:main\n\n[gui_scripts]\nx = p:main\n",
        SCRIPTS + "x = p:main\nX = p:main\npython2 = p:main\npython-x = p:main\n",
        "[a]\nx = y\n  more = z\n; a = b\n[ console_scripts ]\nx y = p\n",
        SCRIPTS + "\u00e9 = p\u00e9:main\n",
        *(
            f"{SCRIPTS}x = p:main\n[DEFAULT]\n",
            f"{SCRIPTS}x = p:main\n[default]\na = b",
        ),
        "[DEFAULT]\na = b\n[plugins]\nc = d\n",
    ],
)
def test_what_both_installers_read_is_read(text: str) -> None:
    check_entry_points(text, Budget())


@pytest.mark.parametrize(
    "line",
    [
        *("x = ", "x = p", "x = p:", "x = :main", "x = p:main!", "x = p : main"),
        *("x = p-q:main", "x = p..q:main", "x = p:q:main", "x = p:main # note"),
        *("x = p:main []", "x = p:main [a", "x = p:main [a] b", "x = p:main [a-b,c-d]"),
        *("../x = p:main", "a/x = p:main", ".. = p:main", "a b = p:main", "= p:main"),
        *(f"{'x' * 256} = p:main", "x\0y = p:main", "a@b = p:main", "a[b = p:main"),
        *("python = p:main", "Python3.11 = p:main", "pypy3 = p:main", "x: p:main"),
        *("x", "; note", "; x = p:main", "x = p:main\n  y = p:main", "x =\n  p:main"),
        *(
            "x = p:main\nx = p:other",
            "x = p:main\n[console_scripts]",
            "[a",
            "[]",
            "[[a]]",
        ),
        *("[gui_scripts] # note", "x = p:main\u2028y = p:main", "x = p:main\fy"),
        "x = p:main\n  [extra]",
        "x = p:main\n[DEFAULT]\na = b",
    ],
)
def test_what_one_installer_refuses_or_reads_otherwise_is_refused(line: str) -> None:
    with pytest.raises(UnusableError, match=r"entry_points\.txt: has "):
        check_entry_points(f"{SCRIPTS}{line}\n", Budget())


@pytest.mark.parametrize(
    "text", ["x = p:main\n", "\ufeff[a]\n", "[a]\nx\n", "x\n[a]\n"]
)
def test_entries_stand_in_a_section_and_have_a_value(text: str) -> None:
    with pytest.raises(UnusableError, match="has the line "):
        check_entry_points(text, Budget())


def test_lines_are_counted() -> None:
    with pytest.raises(NotJudgedError):
        check_entry_points("\n" * 600_000, Budget())
    with pytest.raises(NotJudgedError):
        check_entry_points(f"{SCRIPTS}x = {'a.' * 99_999}", Budget())


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        (f"{SCRIPTS}x = p:main\n", {"x"}),
        (f"# a\n{SCRIPTS}# b\n\nx = p:main\n\n", {"x"}),
        (f"{SCRIPTS}x = p:main\r[gui_scripts]\ry = p.q:a.b\r", {"x", "y"}),
        (f"[other]\nz = p\n{SCRIPTS}a-b = p:main\n", {"a-b"}),
        (f"{SCRIPTS}x.y = p:main\n", {"x.y"}),
        (f"{SCRIPTS}{'x' * 255} = p:main\n", {"x" * 255}),
        (f"{SCRIPTS}x = p:main [a]\n", {"x"}),
        (f"  {SCRIPTS}  x = p:main\ny = p:main\n", {"x", "y"}),
        (f" {SCRIPTS} x = p:main\n [gui_scripts]\n y = p:main\n", {"x", "y"}),
        ("[a]\nx = y=z\n", set()),
        ("", set()),
    ],
)
def test_scripts_are_those_of_two_sections(text: str, scripts: set[str]) -> None:
    assert check_entry_points(text, Budget()) == scripts


@pytest.mark.parametrize(
    "line",
    [
        *(". = p:main", "[a[b]", "[a]b]", "[a", "x = p:main:other"),
        *("x = p.:main", "x = p:.main", "=", "x =", "   x", f"{'x' * 256} = p:m"),
    ],
)
def test_what_names_no_script_is_refused(line: str) -> None:
    with pytest.raises(UnusableError):
        check_entry_points(f"{SCRIPTS}{line}\n", Budget())


@pytest.mark.parametrize("lines", [1, 2, 50])
def test_each_line_is_an_entry_of_the_budget(lines: int) -> None:
    budget = Budget()
    left = budget.entries.left
    check_entry_points("#\n" * lines, budget)
    assert left - budget.entries.left == lines
