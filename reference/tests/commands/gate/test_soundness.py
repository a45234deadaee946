"""The gate over the corpus: what holds passes, what violates is refused."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import pytest
from manylinux_fixtures.corpus.fixtures import Fixture
from manylinux_fixtures.elf.architectures import ARCHITECTURES
from manylinux_fixtures.hostile.inputs import HostileInput, Outcome, hostile_inputs
from manylinux_fixtures.recipes.recipe import Ask, Expectation
from manylinux_reference.commands.gate.audit import LIMITS, UNUSABLE, found_in
from manylinux_reference.commands.gate.command import Judgement, judged
from manylinux_reference.commands.gate.settings import BASES, Settings

TODAY = dt.date(2026, 11, 26)
EVERYTHING = Settings(refuse=(*BASES, "index.*"))


def said_of(path: str, settings: Settings) -> Judgement:
    return judged(path.rpartition("/")[2], found_in(path), settings, TODAY)


def test_the_gate_is_sound_in_both_directions(corpus: dict[str, Fixture]) -> None:
    wrong, asked = [], set()
    for path, fixture in corpus.items():
        if fixture.recipe.ask is not Ask.CLAIMS:
            continue  # about repairs, reports and readers, and not about claims
        said = said_of(path, EVERYTHING)
        expected = fixture.expectation
        asked.add((fixture.recipe.arch[0], expected))
        is_right = {
            Expectation.HOLDS: not said.refused,
            Expectation.VIOLATES: bool(said.refused),
            Expectation.DISCOURAGED: not said.refused and bool(said.warned),
        }
        if not is_right[expected]:
            wrong.append((fixture.id, expected, said))
    assert wrong == []
    assert asked == set(itertools.product(ARCHITECTURES, Expectation))


@pytest.mark.parametrize("hostile", hostile_inputs(), ids=lambda each: each.name)
def test_the_hostile_are_unusable_or_over_the_limits_and_the_unusual_pass(
    hostile: HostileInput, tmp_path: Path
) -> None:
    path = str(hostile.write(tmp_path))
    rules = {each.rule for each in said_of(path, EVERYTHING).refused}
    if hostile.outcome is Outcome.REFUSED:
        assert rules in ({UNUSABLE}, {LIMITS})
    if hostile.outcome is Outcome.ANSWERED:
        assert rules == set()
