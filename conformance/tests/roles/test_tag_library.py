"""Asking a tag library: a line for each line, and misbehaviour is told apart."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.expand import Expand
from manylinux_conformance.questions.listing import Listing
from manylinux_conformance.questions.parse import Parse
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.roles.tag_library import (
    MOST_BREAKDOWNS,
    TagCase,
    TagLibrary,
    ask_library,
)
from manylinux_conformance.sandbox.provide import ProvidedTool
from tests.builders import table_of

Make = Callable[..., ProvidedTool]
Ask = Callable[..., Sequence[Answer]]


@pytest.fixture
def ask(tmp_path: Path, here: Environment) -> Ask:
    def ask(
        tool: ProvidedTool, *cases: TagCase, environment: Environment = here
    ) -> Sequence[Answer]:
        table, folder = table_of(tool, TagLibrary), tmp_path / "asked"
        answers = ask_library(tool, table, environment, cases, folder)
        assert not (tmp_path / "asked").exists()
        return [answers[case.id] for case in cases]

    return ask


def choose(name: str, *offer: str, target: str = "") -> Choose:
    return Choose(
        rule="rule", name=name, offer=offer or ("linux_x86_64",), target=target
    )


def test_every_kind_of_question_is_answered(fake_library: Make, ask: Ask) -> None:
    assert ask(
        fake_library("good"),
        choose("any"),
        Parse(rule="rule", name="parse", tag="linux_x86_64", valid=True),
        Expand(rule="rule", name="expand", set="a.b"),
        Expand(rule="rule", name="refused", set="a..b"),
        Listing(rule="rule", name="listing"),
    ) == [
        Answer(None, "any"),
        Answer(None, valid=True, canonical="linux_x86_64", arch="pdp11"),
        Answer(None, tags=("a", "b")),
        Answer(None, reason="empty member"),
        Answer(Verdict.DECLINED, reason="no listing"),
    ]


def test_an_explicit_target_is_passed_on(fake_library: Make, ask: Ask) -> None:
    (answer,) = ask(fake_library("good"), choose("target", target="linux_x86_64"))
    assert answer.answer == "linux_x86_64"


def test_none_of_the_files_is_an_answer(fake_library: Make, ask: Ask) -> None:
    (answer,) = ask(fake_library("none"), choose("one", "culprit"))
    assert answer == Answer(None, "nothing", "fits nothing")


def test_a_broken_question_is_an_error(fake_library: Make, ask: Ask) -> None:
    (answer,) = ask(fake_library("error"), choose("one", "culprit"))
    assert answer == Answer(Verdict.ERROR, reason="gave up")


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("garbage", "exit status 0: no answer of the right form"),
        ("stranger", "exit status 0: no answer of the right form"),
        ("wrong-kind", "exit status 0: no answer of the right form"),
        ("crash", "was ended by SIGKILL"),
        ("exit", "exit status 1: ValueError: enough"),
    ],
)
def test_a_breakdown_is_an_error_of_its_question_alone(
    fake_library: Make, ask: Ask, way: str, reason: str
) -> None:
    before, culprit, after = ask(
        fake_library(way), choose("before"), choose("one", "culprit"), choose("after")
    )
    assert (culprit.outcome, culprit.reason) == (Verdict.ERROR, reason)
    assert (before.answer, after.answer) == ("any", "any")


def test_a_hang_is_a_timeout_of_its_question_alone(
    fake_library: Make, ask: Ask
) -> None:
    tool = fake_library("hang", seconds=4)
    culprit, after = ask(tool, choose("one", "culprit"), choose("after"))
    assert culprit.outcome is Verdict.TIMEOUT
    assert after.answer == "any"


def test_endless_breakdowns_come_to_an_end(fake_library: Make, ask: Ask) -> None:
    cases = [choose(str(number)) for number in range(MOST_BREAKDOWNS + 2)]
    answers = ask(fake_library("exit-always"), *cases)
    assert {answer.outcome for answer in answers} == {Verdict.ERROR}
    assert answers[-1].reason == "not asked any more after 8 breakdowns"


def test_an_answer_of_another_kind_is_a_breakdown(fake_library: Make, ask: Ask) -> None:
    tool = fake_library("none-always")
    parse = Parse(rule="rule", name="parse", tag="linux_x86_64", valid=True)
    listing = Listing(rule="rule", name="listing")
    expand = Expand(rule="rule", name="expand", set="a")
    answers = ask(tool, parse, listing, expand)
    assert {answer.outcome for answer in answers} == {Verdict.ERROR}


def test_rules_that_a_library_declines_are_not_put_to_it(
    fake_library: Make, ask: Ask
) -> None:
    tool = fake_library("exit-always", more='declines = { "ru*" = "has no order" }\n')
    assert ask(tool, choose("one")) == [Answer(Verdict.DECLINED, reason="has no order")]
