"""Compares the opinions on real wheels with the table that explains differences.

The wheels are chosen for variety, and graded by nobody: where two of the three opinions
differ, a committed table says who is right and why.
"""

from __future__ import annotations

from collections.abc import Sequence

from manylinux_conformance.real_wheels.audits import Audited
from manylinux_conformance.real_wheels.page import Difference


def unexplained(
    audited: Sequence[Audited], explained: Sequence[Difference]
) -> list[str]:
    """Return each difference without an entry, and each entry without a difference."""
    differing = {each.file for each in audited if each.differs}
    entries = {each.wheel for each in explained}
    return [
        *(f"{file}: differs, and no entry says why" for file in differing - entries),
        *(f"{file}: has an entry and does not differ" for file in entries - differing),
    ]
