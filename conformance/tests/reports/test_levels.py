"""Levels: which systems have a new enough C library."""

from __future__ import annotations

import pytest
from manylinux_conformance.reports.levels import at_least, family, level_facts


@pytest.mark.parametrize(
    ("glibc", "level", "fits"),
    [
        ("2.28", "2.28", True),
        ("2.3", "2.28", False),
        ("2.31", "2.4", True),
        ("2.17.326", "2.17", True),
    ],
)
def test_versions_are_compared_as_numbers(
    glibc: str, level: str, *, fits: bool
) -> None:
    assert at_least(glibc, level) is fits


def test_each_family_shows_its_oldest_release_that_is_new_enough() -> None:
    systems = level_facts("2.28", {}).systems
    assert len({family(system.name) for system in systems}) == len(systems)
    assert "debian-10" in [system.name for system in systems]
