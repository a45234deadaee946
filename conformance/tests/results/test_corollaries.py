"""Corollaries: what has the cause of a breach above it breaks no second rule."""

import pytest
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.reports.rule_status import RuleStatus, standings
from manylinux_conformance.results.consequences import (
    BREACH,
    consequences,
    counts_as,
)
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict

ABOVE, PARENT, CHILD = "platform.file", "platform.interpreter", "platform.personality"
PARENTS = {CHILD: PARENT, PARENT: ABOVE}
HERE, THERE = "x86_64", "aarch64"


def wrong(
    rule: str, cause: str = "unread", where: str = HERE, *, control: bool = False
) -> Result:
    return given(Verdict.FAIL, rule, where, cause, control=control)


def given(
    verdict: Verdict, rule: str, where: str, cause: str = "", *, control: bool = False
) -> Result:
    return Result(
        case=f"{rule}/case",
        rule=rule,
        platform=where,
        fidelity=Fidelity.NATIVE,
        verdict=verdict,
        cause=cause,
        deviation="unreported" if cause else "",
        control=control,
    )


def test_a_corollary_with_its_parents_cause_points_to_the_parent() -> None:
    answers = [wrong(PARENT), wrong(CHILD)]
    follows = consequences(answers, PARENTS)
    assert counts_as(answers[1], follows) == f"no breach (the cause breaks {PARENT})"
    assert counts_as(answers[0], follows) == BREACH


def test_it_points_to_the_highest_rule_that_the_cause_breaks() -> None:
    answers = [wrong(ABOVE), wrong(PARENT), wrong(CHILD)]
    follows = consequences(answers, PARENTS)
    assert [follows.cause_of(one) for one in answers] == [
        "",
        f"the cause breaks {ABOVE}",
        f"the cause breaks {ABOVE}",
    ]


def test_it_points_over_a_parent_that_was_not_asked() -> None:
    answers = [wrong(ABOVE), wrong(CHILD)]
    assert consequences(answers, PARENTS).is_inherited(answers[1])


@pytest.mark.parametrize(
    "answers",
    [
        [wrong(PARENT, "another"), wrong(CHILD)],
        [wrong(PARENT, ""), wrong(CHILD, "")],
        [wrong(PARENT, control=True), wrong(CHILD)],
        [given(Verdict.PASS, PARENT, HERE), wrong(CHILD)],
        [wrong("tag.form"), wrong(CHILD)],
    ],
    ids=["another cause", "none on file", "a control", "kept", "no parent"],
)
def test_a_corollary_is_broken_by_itself_otherwise(answers: list[Result]) -> None:
    assert standings(answers, PARENTS)[CHILD].status is RuleStatus.BREAKS


@pytest.mark.parametrize("where", [HERE, THERE])
def test_it_is_not_shown_whatever_it_answers_rightly_elsewhere(where: str) -> None:
    right = given(Verdict.PASS, CHILD, "s390x")
    found = standings([wrong(PARENT, where=where), wrong(CHILD), right], PARENTS)
    assert found[CHILD].status is RuleStatus.NOT_SHOWN
    assert found[CHILD].causes == ("unread",)
    assert not found[CHILD].counts
    assert found[PARENT].status is RuleStatus.BREAKS


def test_a_breach_of_its_own_is_counted_without_the_inherited_ones() -> None:
    own = wrong(CHILD, "its-own", THERE)
    found = standings([wrong(PARENT), wrong(CHILD), own], PARENTS)[CHILD]
    assert found.status is RuleStatus.BREAKS
    assert found.counts == "real systems 0/1"
    assert found.left_open == (HERE,)


def test_without_a_cause_on_file_a_corollary_may_follow_from_what_is_broken_there() -> (
    None
):
    answers = [wrong(ABOVE, ""), wrong(PARENT, ""), wrong(CHILD, "")]
    follows = consequences(answers, PARENTS)
    hint = f"may follow from {ABOVE}, which is broken there, too"
    assert [follows.hint(one) for one in answers] == ["", hint, hint]
    assert {counts_as(one, follows) for one in answers} == {BREACH}


@pytest.mark.parametrize(
    ("answers", "child"),
    [
        ([wrong(PARENT, "", THERE)], wrong(CHILD, "")),
        ([wrong(PARENT, "", control=True)], wrong(CHILD, "")),
        ([given(Verdict.PASS, PARENT, HERE)], wrong(CHILD, "")),
        ([wrong(PARENT, "")], wrong(CHILD, "", control=True)),
        ([wrong(PARENT, "")], given(Verdict.PASS, CHILD, HERE)),
        ([wrong(PARENT)], wrong(CHILD, "another")),
        ([wrong(PARENT)], wrong(CHILD)),
    ],
    ids=[
        "elsewhere",
        "control-above",
        "kept-above",
        "control",
        "right",
        "other",
        "same",
    ],
)
def test_there_is_no_hint_where_nothing_is_open(
    answers: list[Result], child: Result
) -> None:
    assert consequences([*answers, child], PARENTS).hint(child) == ""
