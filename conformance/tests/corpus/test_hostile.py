"""The hostile wheels that auditors are given: those with one right answer."""

from __future__ import annotations

import hashlib
from pathlib import Path

from manylinux_conformance.corpus.hostile import COSTLY, HOSTILE, hostile_wheels
from manylinux_conformance.corpus.manifest import Corpus
from manylinux_conformance.loader.soundness import corpus_questions
from manylinux_fixtures.hostile.inputs import Outcome, hostile_inputs
from manylinux_fixtures.recipes.recipe import Expectation

WHEELS = list(hostile_wheels())
OUTCOMES = {hostile.name: hostile.outcome for hostile in hostile_inputs()}


def test_unreadable_wheels_are_not_to_be_confirmed_and_odd_ones_are() -> None:
    for line, _ in WHEELS:
        name = line.id.split("/")[1]
        refused = OUTCOMES[name] is Outcome.REFUSED
        wanted = Expectation.VIOLATES if refused else Expectation.HOLDS
        assert line.expectation is wanted
        assert line.false == (line.tags if refused else ())
    assert {line.expectation for line, _ in WHEELS} == {
        Expectation.VIOLATES,
        Expectation.HOLDS,
    }


def test_what_may_be_answered_either_way_is_no_question() -> None:
    asked = {line.id.split("/")[1] for line, _ in WHEELS}
    either = {name for name, out in OUTCOMES.items() if out is Outcome.EITHER}
    costly = {name for name in OUTCOMES if name.startswith(COSTLY)}
    assert asked == OUTCOMES.keys() - either - costly


def test_lines_name_their_bytes_and_stay_in_their_folder() -> None:
    for line, content in WHEELS:
        assert line.sha256 == hashlib.sha256(content).hexdigest()
        assert line.path.startswith(f"{HOSTILE}/")
        assert ".." not in line.path.split("/")


def test_nothing_of_an_unreadable_wheel_reaches_the_loader() -> None:
    corpus = Corpus(Path("nowhere"), tuple(line for line, _ in WHEELS))
    assert list(corpus_questions(corpus)) == []
