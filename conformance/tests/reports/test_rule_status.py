"""The status of a rule: what was breached, and on how real a system."""

from collections.abc import Sequence

import msgspec
import pytest
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.reports.rule_status import (
    UNEXPLAINED,
    RuleStatus,
    standing,
    standings,
)
from manylinux_conformance.results.consequences import consequences
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.premises import PLAINEST
from manylinux_conformance.results.verdicts import Verdict
from tests.builders import audit_line, result_line

MODELS = ("glibc-2.17", "glibc-2.28")
REAL = ("debian-12-x86_64", "debian-12-s390x")
EXOTIC = "glibc-3.1"


def result(
    verdict: Verdict,
    platform: str = MODELS[0],
    *,
    control: bool = False,
    draft: bool = False,
    deviation: str = "",
    answer: str = "any",
) -> Result:
    fidelity = Fidelity.EMULATED if platform in REAL else Fidelity.MODELLED
    return result_line(
        "installer.order.linux/plain",
        platform=platform,
        fidelity=fidelity,
        exotic=platform == EXOTIC,
        verdict=verdict,
        control=control,
        draft=draft,
        deviation=deviation,
        answer=answer,
    )


def wheel(verdict: Verdict, name: str, *, control: bool = False) -> Result:
    return audit_line(
        f"wheel.stack.header/{name}", arch="s390x", verdict=verdict, control=control
    )


def right(*platforms: str) -> list[Result]:
    return [result(Verdict.PASS, platform) for platform in platforms]


def wrong(*platforms: str) -> list[Result]:
    return [result(Verdict.FAIL, platform) for platform in platforms]


CONTROL = result(Verdict.FAIL, control=True)
TAKEN = result(Verdict.PASS, answer="manylinux_2_17_x86_64")
RIGHT_CONTROL = result(Verdict.PASS, MODELS[1], control=True)
TROUBLE = result(Verdict.INFRASTRUCTURE)
SILENT = result(Verdict.NOT_ASKED)
DECLINED = result(Verdict.DECLINED)


@pytest.mark.parametrize(
    ("results", "expected", "counts"),
    [
        (right(*REAL, *MODELS), RuleStatus.KEEPS, "real systems 2/2, models 2/2"),
        (wrong(*REAL, *MODELS), RuleStatus.BREAKS, "real systems 0/2, models 0/2"),
        (
            right(*REAL) + wrong(*MODELS),
            RuleStatus.IN_PART,
            "real systems 2/2, models 0/2",
        ),
        (
            wrong(*REAL) + right(*MODELS),
            RuleStatus.BREAKS,
            "real systems 0/2, models 2/2",
        ),
        (
            wrong(REAL[0]) + right(REAL[1]),
            RuleStatus.IN_PART,
            "real systems 1/2",
        ),
        (wrong(*MODELS), RuleStatus.BREAKS, "models 0/2"),
        (wrong(MODELS[0]) + right(MODELS[1]), RuleStatus.IN_PART, "models 1/2"),
    ],
)
def test_a_breach_on_every_real_system_breaks_a_rule_else_on_every_plain_model(
    results: list[Result], expected: RuleStatus, counts: str
) -> None:
    found = standing(results)
    assert (found.status, found.counts) == (expected, counts)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], RuleStatus.IN_PART),
        (right(*MODELS), RuleStatus.IN_PART),
        (right(*REAL), RuleStatus.IN_PART),
        (wrong(*MODELS), RuleStatus.BREAKS),
    ],
)
def test_an_exotic_model_alone_never_breaks_a_rule(
    others: list[Result], expected: RuleStatus
) -> None:
    found = standing([*wrong(EXOTIC), *others])
    assert found.status is expected
    assert "exotic models 0/1" in found.counts


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([CONTROL], RuleStatus.NOT_SHOWN),
        ([CONTROL, *right(MODELS[0])], RuleStatus.NOT_SHOWN),
        ([CONTROL, *right(MODELS[1])], RuleStatus.NOT_SHOWN),
        ([CONTROL, *wrong(MODELS[0])], RuleStatus.BREAKS),
        ([CONTROL, DECLINED], RuleStatus.NOT_SHOWN),
    ],
)
def test_a_wrong_control_shows_no_breach_and_leaves_the_rule_open(
    results: list[Result], expected: RuleStatus
) -> None:
    found = standing(results)
    assert found.status is expected
    assert bool(found.tallies) is (expected is RuleStatus.BREAKS)


def unknown(platform: str, verdict: Verdict = Verdict.FAIL) -> Result:
    """Return the answer to the plainest question of a platform."""
    asked = {"case": PLAINEST, "rule": PLAINEST.partition("/")[0]}
    return msgspec.structs.replace(result(verdict, platform), **asked)


@pytest.mark.parametrize(
    ("results", "expected", "counts"),
    [
        (right(REAL[0]) + wrong(MODELS[0]), RuleStatus.KEEPS, "real systems 1/1"),
        (right(MODELS[1]) + wrong(MODELS[0]), RuleStatus.KEEPS, "models 1/1"),
        (right(MODELS[0], MODELS[1]), RuleStatus.KEEPS, "models 1/1"),
        ([TAKEN, *right(MODELS[1])], RuleStatus.KEEPS, "models 2/2"),
        ([TAKEN, *right(MODELS[0])], RuleStatus.KEEPS, "models 1/1"),
        ([TAKEN, *wrong(MODELS[0])], RuleStatus.NOT_SHOWN, ""),
        (wrong(*MODELS), RuleStatus.BREAKS, "models 0/1"),
        (wrong(MODELS[0]), RuleStatus.NOT_SHOWN, ""),
        (right(MODELS[0]), RuleStatus.NOT_SHOWN, ""),
        ([DECLINED], RuleStatus.DECLINES, ""),
        ([SILENT], RuleStatus.NOT_ASKED, ""),
        ([DECLINED, CONTROL], RuleStatus.NOT_SHOWN, ""),
        ([CONTROL, *right(MODELS[1])], RuleStatus.NOT_SHOWN, ""),
        ([CONTROL, RIGHT_CONTROL, *right(MODELS[1])], RuleStatus.KEEPS, "models 1/1"),
    ],
)
def test_an_unknown_platform_shows_nothing_about_a_rule(
    results: list[Result], expected: RuleStatus, counts: str
) -> None:
    found = standing(results, consequences([unknown(MODELS[0]), *results], {}))
    assert (found.status, found.counts) == (expected, counts)


def test_an_unknown_platform_is_named_with_the_cause() -> None:
    known = result(Verdict.FAIL, MODELS[0], deviation="not-supported")
    found = standings([unknown(MODELS[0]), known, *right(MODELS[1])], {})[known.rule]
    assert found.left_open == (MODELS[0],)
    assert found.words.endswith("not shown on glibc-2.17, because of another rule")
    assert found.causes == ("not-supported",)


def test_a_rule_that_is_not_shown_at_all_names_no_platforms() -> None:
    known = result(Verdict.FAIL, MODELS[0], deviation="not-supported")
    found = standings([unknown(MODELS[0]), known], {})[known.rule]
    assert found.words == "not shown, because of another rule"
    assert found.left_open == (MODELS[0],)


def test_a_rule_that_is_not_shown_names_the_cause_from_which_that_follows() -> None:
    text, pure = "auditor.input.hostile/zip-is-text", "wheel.layout.purelib/pure"
    crash = {"arch": "x86_64", "verdict": Verdict.ERROR, "deviation": "unreported"}
    answers = [
        audit_line(text, cause="errors-not-caught", **crash),
        audit_line(pure, cause="a-traceback", **crash),
    ]
    found = standings(answers, {})["wheel.layout.purelib"]
    assert found.status is RuleStatus.NOT_SHOWN
    assert found.causes == ("a-traceback", "errors-not-caught")


def test_the_rule_of_the_plainest_question_is_the_one_that_is_broken() -> None:
    found = standings([unknown(MODELS[0]), unknown(MODELS[1], Verdict.PASS)], {})
    (one,) = found.values()
    assert (one.status, one.counts) == (RuleStatus.IN_PART, "models 1/2")
    assert not one.left_open


def test_a_right_control_alone_shows_nothing() -> None:
    assert standing([result(Verdict.PASS, control=True)]).status is RuleStatus.NOT_ASKED


def test_a_wrong_control_names_its_cause() -> None:
    known = result(Verdict.FAIL, control=True, deviation="not-supported")
    assert standing([known]).causes == ("not-supported",)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([SILENT, DECLINED, *right(MODELS[0])], RuleStatus.KEEPS),
        ([TROUBLE, *right(*MODELS)], RuleStatus.TROUBLE),
        ([TROUBLE, *wrong(MODELS[1])], RuleStatus.BREAKS),
        ([result(Verdict.TIMEOUT)], RuleStatus.BREAKS),
        ([SILENT, DECLINED], RuleStatus.DECLINES),
        ([SILENT], RuleStatus.NOT_ASKED),
        ([], RuleStatus.NOT_ASKED),
    ],
)
def test_an_answer_outweighs_silence_and_a_breach_everything(
    results: list[Result], expected: RuleStatus
) -> None:
    assert standing(results).status is expected


@pytest.mark.parametrize(
    ("results", "is_explained"),
    [
        (right(*MODELS), True),
        ([result(Verdict.FAIL, deviation="by-design")], True),
        (wrong(MODELS[0]), False),
        ([CONTROL], False),
        ([result(Verdict.FAIL, deviation="by-design"), *wrong(MODELS[1])], False),
    ],
)
def test_a_sign_is_marked_while_a_wrong_answer_is_not_explained(
    results: list[Result], *, is_explained: bool
) -> None:
    found = standing(results)
    assert found.is_explained is is_explained
    assert found.sign.endswith(UNEXPLAINED) is not is_explained


@pytest.mark.parametrize("draft", [Verdict.FAIL, Verdict.PASS, Verdict.INFRASTRUCTURE])
def test_a_draft_counts_for_nothing(draft: Verdict) -> None:
    unfinished = result(draft, REAL[0], draft=True)
    assert standing([unfinished]).status is RuleStatus.NOT_ASKED
    assert standing([unfinished, *right(MODELS[0])]) == standing(right(MODELS[0]))


@pytest.mark.parametrize(
    ("results", "expected", "counts"),
    [
        (
            [wheel(Verdict.FAIL, "missing"), wheel(Verdict.PASS, "executable")],
            RuleStatus.IN_PART,
            "test wheels 1/2",
        ),
        ([wheel(Verdict.FAIL, "missing")], RuleStatus.BREAKS, "test wheels 0/1"),
        (
            [
                wheel(Verdict.FAIL, "missing"),
                wheel(Verdict.PASS, "executable"),
                wheel(Verdict.FAIL, "present", control=True),
            ],
            RuleStatus.IN_PART,
            "test wheels 1/2",
        ),
        (
            [
                wheel(Verdict.PASS, "missing"),
                wheel(Verdict.FAIL, "present", control=True),
            ],
            RuleStatus.NOT_SHOWN,
            "",
        ),
    ],
)
def test_auditors_have_wheels_in_the_place_of_platforms(
    results: Sequence[Result], expected: RuleStatus, counts: str
) -> None:
    found = standing(results)
    assert (found.status, found.counts) == (expected, counts)


def test_every_status_has_a_sign_of_its_own() -> None:
    signs = {status.symbol for status in RuleStatus}
    assert len(signs) == len(RuleStatus)
    assert all(len(sign) == 1 for sign in signs)
