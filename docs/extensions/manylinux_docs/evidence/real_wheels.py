"""Released wheels: what audits of well-known ones say, from the page that has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = "docs/evidence/real-wheels.md"
ROW = re.compile(
    r"^\| `(?P<name>[^`]+\.whl)` \| [^|]* \| (?P<reference>[^|]*)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class ReleasedWheels:
    """File names: all that were audited, and those that something is held against.

    ``false`` ones break a standard; to ``objected`` ones only proposals object.
    """

    audited: tuple[str, ...]
    false: tuple[str, ...]
    objected: tuple[str, ...]


def released_wheels(root: Path) -> ReleasedWheels:
    """Read the page of a project; without one nothing was audited."""
    page = root / PAGE
    text = page.read_text("utf-8") if page.exists() else ""
    rows = [(row["name"], row["reference"]) for row in ROW.finditer(text)]
    return ReleasedWheels(
        audited=tuple(name for name, _ in rows),
        false=tuple(name for name, said in rows if said.startswith("false")),
        objected=tuple(name for name, said in rows if "with objections" in said),
    )
