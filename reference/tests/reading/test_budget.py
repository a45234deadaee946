"""What one wheel can make an auditor do is counted down, and stands in the README."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from manylinux_reference.reading.budget import BYTES_PER_STEP, Budget, NotJudgedError

README = Path(__file__).parents[2] / "README.md"
KINDS = Budget.__slots__


@pytest.mark.parametrize("kind", KINDS)
def test_figure_stands_in_the_readme(kind: str) -> None:
    allowed = getattr(Budget(), kind)
    unit = allowed.unit[0].upper() + allowed.unit[1:]
    rows = [line for line in README.read_text("utf-8").splitlines() if line[:1] == "|"]
    found = [row for row in rows if row[2:].startswith((unit, allowed.unit))]
    assert len(found) == 1
    assert f"| {allowed.limit:,}" in found[0]


@pytest.mark.parametrize("kind", KINDS)
def test_running_out_is_an_error_that_names_the_limit(kind: str) -> None:
    allowed = getattr(Budget(), kind)
    allowed.spend(allowed.limit)
    with pytest.raises(NotJudgedError) as refused:
        allowed.spend()
    assert str(refused.value) == f"takes more than {allowed.limit:,} {allowed.unit}"


def test_inflating_allows_more_steps() -> None:
    budget = Budget()
    before = budget.steps.left
    budget.inflate(10 * BYTES_PER_STEP)
    assert budget.steps.left == before + 10


def test_error_travels_between_processes() -> None:
    again = copy.copy(NotJudgedError("reason", "member"))  # as pickle does
    assert (again.reason, again.member, str(again)) == (
        "reason", "member", "member: reason"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sizes", "file", "more"),
    [(300, 100, 600), (10_000, 100, 20_000), (10_001, 100, 20_000)],
)
def test_each_believable_byte_may_be_inflated_twice(
    sizes: int, file: int, more: int
) -> None:
    budget = Budget()
    before = budget.inflated.left
    budget.believe(sizes, file)
    assert budget.inflated.left == before + more
