"""Architectures: their names, and which programs a machine runs."""

from __future__ import annotations

import pytest
from manylinux_conformance.platforms.architectures import (
    ARCHITECTURES,
    narrow_architecture,
    runs_both_widths,
)
from manylinux_spec.architectures import architectures


def test_every_architecture_of_the_specification_has_names() -> None:
    assert ARCHITECTURES.keys() == architectures().keys()
    for name, names in ARCHITECTURES.items():
        assert names.name == name


@pytest.mark.parametrize(
    ("machine", "narrow", "both"),
    [
        ("x86_64", "i686", True),
        ("aarch64", "armv7l", True),
        ("armv8l", "armv7l", False),
        ("armv7l", "armv7l", False),
        ("s390x", "s390x", False),
        ("pdp11", "pdp11", False),
    ],
)
def test_machine_runs_the_32_bit_programs_of_its_family(
    machine: str, narrow: str, *, both: bool
) -> None:
    assert narrow_architecture(machine) == narrow
    assert runs_both_widths(machine) is both
