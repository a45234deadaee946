"""Reads why rules refuse what the loader accepts, and finds rules without a reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
from manylinux_spec.input_files import read_toml

from manylinux_conformance.loader.soundness import SoundnessReport

REASONS = Path(__file__).with_name("reasons.toml")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: dict[str, str]


def read_reasons(path: Path = REASONS) -> dict[str, str]:
    """Return the reasons by rule; raises InputError for a malformed file."""
    return read_toml(path, _File).reason


def without_reason(report: SoundnessReport, reasons: Mapping[str, str]) -> list[str]:
    """Return the rules that are stricter than the loader and give no reason."""
    return sorted({each.rule for each in report.stricter} - reasons.keys())
