"""What audits of released wheels say is read from the page that has them."""

from __future__ import annotations

from pathlib import Path

from manylinux_docs.evidence.real_wheels import PAGE, ReleasedWheels, released_wheels

TABLE = """\
| Wheel | Claim | This project's auditor | auditwheel |
| --- | --- | --- | --- |
| `whole-1-py3-none-manylinux2014_x86_64.whl` | 2.17 | true | consistent |
| `false-1-py3-none-manylinux1_x86_64.whl` | 2.5 | false: 2.14 | inconsistent |
| `odd-1-py3-none-manylinux2014_x86_64.whl` | 2.17 | true, with objections | fits |
"""


def test_wheels_are_told_apart_by_what_is_held_against_them(tmp_path: Path) -> None:
    page = tmp_path / PAGE
    page.parent.mkdir(parents=True)
    page.write_text(TABLE)
    found = released_wheels(tmp_path)
    assert [len(found.audited), len(found.false), len(found.objected)] == [3, 1, 1]
    assert found.false[0].startswith("false-1-")
    assert found.objected[0].startswith("odd-1-")


def test_without_the_page_no_wheel_was_audited(tmp_path: Path) -> None:
    assert released_wheels(tmp_path) == ReleasedWheels((), (), ())


def test_every_wheel_of_the_real_page_is_read() -> None:
    root = Path(__file__).parents[3]
    lines = (root / PAGE).read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `") and ".whl`" in line]
    assert len(released_wheels(root).audited) == len(rows) > 0
