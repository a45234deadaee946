"""Answers of a made-up tool, for tests."""

from __future__ import annotations

from collections.abc import Sequence

from manylinux_conformance.history.answers import (
    FORMAT,
    Answers,
    Asked,
    Header,
    Release,
    compressed,
)
from manylinux_conformance.history.column import Column
from manylinux_conformance.results.verdicts import Role
from tests.history.columns import CASES


def answers_of(spans: Sequence[Sequence[Column]]) -> Answers:
    """Return the answers of the columns of each span."""
    header = Header(
        format=FORMAT,
        tool="made",
        role=Role.INSTALLER,
        rules_lock="0" * 64,
        host="x86_64",
        spans=tuple(
            Asked(
                python=span[0].python,
                releases=tuple(
                    Release(each.version, each.released, each.seconds) for each in span
                ),
            )
            for span in spans
        ),
    )
    return compressed(header, spans, CASES)
