"""Questions about fixture wheels: which one a wheel is, and which answer is right."""

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.corpus.hostile import hostile_wheels
from manylinux_conformance.judging.judge import judge
from manylinux_conformance.questions.wheel import AuditReply, WheelQuestion
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.suite.rules import Level
from manylinux_fixtures.corpus.fixtures import fixtures
from manylinux_fixtures.corpus.manifest import ManifestEntry, manifest_entry
from manylinux_fixtures.recipes.recipe import Ask, Expectation
from tests.builders import CLAIM, false_line, wheel_line

LEFT = ((CLAIM,),)
# The rules that ask something else than whether the claims hold, from their text.
ASKED_BY = {
    "auditor.report.oldest-level": Ask.OLDEST_LEVEL,
    "auditor.exit.false-claim": Ask.EXIT_STATUS,
    "auditor.outcome.no-elf": Ask.NO_ELF_FILES,
    "auditor.retag.removes-false": Ask.RETAG,
    "auditor.repair.nothing-on-failure": Ask.LEFT_BEHIND,
    "auditor.repair.conforms": Ask.REPAIR,
}


def verdict_of(line: ManifestEntry, reply: AuditReply) -> Verdict:
    question = WheelQuestion(line, Path("a.whl"))
    return judge(question, question.read(reply)).verdict


def test_each_recipe_asks_what_its_rule_is_about() -> None:
    recipes = [fixture.recipe for fixture in fixtures()]
    assert ASKED_BY.keys() <= {recipe.rule for recipe in recipes}
    wrong = {
        f"{recipe.rule}/{recipe.name}": recipe.ask
        for recipe in recipes
        if recipe.ask is not ASKED_BY.get(recipe.rule, Ask.CLAIMS)
    }
    assert wrong == {}


def test_a_hostile_wheel_may_be_refused_as_unreadable() -> None:
    assert {line.ask for line, _ in hostile_wheels()} == {Ask.UNREADABLE}


@pytest.mark.parametrize(
    ("line", "reply", "verdict"),
    [
        (
            wheel_line("a", ask=Ask.OLDEST_LEVEL),
            AuditReply(conforms=True),
            Verdict.DECLINED,
        ),
        (
            wheel_line("a", ask=Ask.OLDEST_LEVEL),
            AuditReply(conforms=True, oldest=CLAIM),
            Verdict.PASS,
        ),
        (
            wheel_line("a", ask=Ask.OLDEST_LEVEL),
            AuditReply(conforms=True, oldest="manylinux_2_5_x86_64"),
            Verdict.FAIL,
        ),
        (
            wheel_line("a", ask=Ask.OLDEST_LEVEL),
            AuditReply(conforms=True, oldest=None),
            Verdict.FAIL,
        ),
        (
            false_line("a", ask=Ask.EXIT_STATUS),
            AuditReply(conforms=False, status=0),
            Verdict.FAIL,
        ),
        (
            false_line("a", ask=Ask.EXIT_STATUS),
            AuditReply(conforms=False, status=1),
            Verdict.PASS,
        ),
        (
            wheel_line("a", ask=Ask.EXIT_STATUS),
            AuditReply(conforms=True, status=0),
            Verdict.PASS,
        ),
        (
            false_line("a", ask=Ask.EXIT_STATUS),
            AuditReply(conforms=False),
            Verdict.DECLINED,
        ),
        (
            wheel_line("a", expectation=Expectation.DISCOURAGED),
            AuditReply(conforms=True),
            Verdict.DECLINED,
        ),
        (
            wheel_line("a", expectation=Expectation.DISCOURAGED),
            AuditReply(conforms=False),
            Verdict.FAIL,
        ),
        (
            wheel_line("a", expectation=Expectation.DISCOURAGED),
            AuditReply(conforms=True, advises=False),
            Verdict.FAIL,
        ),
        (
            wheel_line("a", expectation=Expectation.DISCOURAGED),
            AuditReply(conforms=True, advises=True),
            Verdict.PASS,
        ),
        (wheel_line("a"), AuditReply(conforms=True, advises=True), Verdict.FAIL),
        (false_line("a"), AuditReply(conforms=False, advises=True), Verdict.PASS),
        (
            false_line("a", ask=Ask.NO_ELF_FILES),
            AuditReply(conforms=False, pure=False),
            Verdict.FAIL,
        ),
        (
            false_line("a", ask=Ask.NO_ELF_FILES),
            AuditReply(conforms=False, pure=True),
            Verdict.PASS,
        ),
        (
            false_line("a", ask=Ask.NO_ELF_FILES),
            AuditReply(conforms=True, pure=True),
            Verdict.FAIL,
        ),
        (
            false_line("a", ask=Ask.NO_ELF_FILES),
            AuditReply(conforms=False),
            Verdict.PASS,
        ),
        (
            wheel_line("a", ask=Ask.NO_ELF_FILES),
            AuditReply(conforms=True, pure=False),
            Verdict.PASS,
        ),
        (
            wheel_line("a", ask=Ask.NO_ELF_FILES),
            AuditReply(conforms=False, pure=False),
            Verdict.FAIL,
        ),
        (
            wheel_line("a", ask=Ask.NO_ELF_FILES),
            AuditReply(conforms=True, advises=False),
            Verdict.PASS,
        ),
        (
            false_line("a", ask=Ask.UNREADABLE),
            AuditReply(refused=True, error="unreadable"),
            Verdict.PASS,
        ),
        (
            false_line("a", ask=Ask.UNREADABLE),
            AuditReply(error="Traceback"),
            Verdict.ERROR,
        ),
        (false_line("a", ask=Ask.UNREADABLE), AuditReply(conforms=True), Verdict.FAIL),
        (
            wheel_line("a", ask=Ask.UNREADABLE),
            AuditReply(refused=True, error="x"),
            Verdict.FAIL,
        ),
        (
            false_line("a", ask=Ask.RETAG),
            AuditReply(left=(("manylinux_2_36_x86_64",),)),
            Verdict.PASS,
        ),
        (
            false_line("a", ask=Ask.RETAG),
            AuditReply(left=(("manylinux_2_36_x86_64", CLAIM),)),
            Verdict.FAIL,
        ),
        (false_line("a", ask=Ask.RETAG), AuditReply(status=1), Verdict.DECLINED),
        (wheel_line("a", ask=Ask.LEFT_BEHIND), AuditReply(left=LEFT), Verdict.PASS),
        (wheel_line("a", ask=Ask.LEFT_BEHIND), AuditReply(), Verdict.FAIL),
        (false_line("a", ask=Ask.LEFT_BEHIND), AuditReply(left=LEFT), Verdict.FAIL),
        (false_line("a", ask=Ask.LEFT_BEHIND), AuditReply(), Verdict.PASS),
        (
            wheel_line("a", ask=Ask.REPAIR),
            AuditReply(left=LEFT, conforms=True),
            Verdict.PASS,
        ),
        (
            wheel_line("a", ask=Ask.REPAIR),
            AuditReply(left=LEFT, conforms=False),
            Verdict.FAIL,
        ),
        (wheel_line("a", ask=Ask.REPAIR), AuditReply(), Verdict.DECLINED),
        (wheel_line("a"), AuditReply(error="slow", timeout=True), Verdict.TIMEOUT),
        (wheel_line("a"), AuditReply(declined="never"), Verdict.DECLINED),
        (wheel_line("a"), AuditReply(error="broke"), Verdict.ERROR),
        (
            false_line("a"),
            AuditReply(conforms=False, error="cannot be read"),
            Verdict.PASS,
        ),
    ],
)
def test_each_question_has_its_own_right_answer(
    line: ManifestEntry, reply: AuditReply, verdict: Verdict
) -> None:
    assert verdict_of(line, reply) is verdict


@pytest.mark.parametrize(
    ("ask", "reply", "answer"),
    [
        (Ask.RETAG, AuditReply(left=(("a", "b"), ("c",))), "a b c"),
        (Ask.RETAG, AuditReply(status=1), "no wheel"),
        (Ask.REPAIR, AuditReply(status=1), "no wheel"),
        (Ask.REPAIR, AuditReply(left=LEFT, conforms=False), "violates"),
        (Ask.LEFT_BEHIND, AuditReply(status=1), "no wheel"),
        (Ask.OLDEST_LEVEL, AuditReply(oldest=None), "none"),
        (Ask.EXIT_STATUS, AuditReply(status=2), "another status than 0"),
    ],
)
def test_an_answer_is_in_the_words_of_its_question(
    ask: Ask, reply: AuditReply, answer: str
) -> None:
    question = WheelQuestion(wheel_line(ask=ask), Path("a.whl"))
    assert question.read(reply).answer == answer


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"reason": "fits"}, "fits"),
        ({"error": "broke", "reason": "fits"}, "broke"),
        ({"error": "slow", "timeout": True}, "slow"),
        ({"declined": "never", "error": "broke"}, "never"),
        ({"conforms": True, "reason": "fits"}, "fits"),
        ({"conforms": False, "error": "unreadable"}, "unreadable"),
    ],
)
def test_an_answer_keeps_what_the_auditor_said(
    fields: dict[str, object], reason: str
) -> None:
    question = WheelQuestion(wheel_line(), Path("a.whl"))
    reply = msgspec.convert(fields, AuditReply)
    assert question.read(reply).reason == reason


@pytest.mark.parametrize(
    ("rule", "fields", "verdict"),
    [
        ("wheel.versions.listed", {"conforms": False}, Verdict.DECLINED),
        ("wheel.versions.listed", {"conforms": True}, Verdict.FAIL),
        ("wheel.versions.listed", {"conforms": False, "unknown": ()}, Verdict.PASS),
        ("auditor.claims.every", {"conforms": False}, Verdict.PASS),
    ],
)
def test_a_level_without_a_policy_cannot_be_refused(
    rule: str, fields: dict[str, object], verdict: Verdict
) -> None:
    reply = msgspec.convert({"unknown": (CLAIM,)} | fields, AuditReply)
    assert verdict_of(false_line(rule=rule), reply) is verdict


def test_who_declines_says_for_which_claims_there_is_no_policy() -> None:
    question = WheelQuestion(wheel_line(rule="wheel.isa.property"), Path("a.whl"))
    answer = question.read(AuditReply(conforms=False, unknown=(CLAIM,)))
    assert answer.reason == f"has no policy for {CLAIM}"


@pytest.mark.parametrize(
    ("left", "verdict"),
    [
        (("manylinux_2_36_x86_64",), Verdict.PASS),
        (("linux_x86_64",), Verdict.FAIL),
        (("manylinux_2_36_x86_64", "linux_x86_64"), Verdict.FAIL),
        (("manylinux_2_36_x86_64", "linux_s390x"), Verdict.PASS),
    ],
)
def test_a_retagged_wheel_keeps_no_linux_tag_of_its_architecture(
    left: tuple[str, ...], verdict: Verdict
) -> None:
    line = false_line("stale", ask=Ask.RETAG, oldest="2_36")
    assert verdict_of(line, AuditReply(left=(left,))) is verdict


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (wheel_line(), "conforms"),
        (false_line(), "violates"),
        (wheel_line(expectation=Expectation.DISCOURAGED), "conforms"),
        (wheel_line(ask=Ask.OLDEST_LEVEL), CLAIM),
        (wheel_line(ask=Ask.EXIT_STATUS), "status 0"),
        (false_line(ask=Ask.EXIT_STATUS), "another status than 0"),
        (false_line(ask=Ask.NO_ELF_FILES), "violates"),
        (false_line(ask=Ask.UNREADABLE), "violates"),
        (false_line(ask=Ask.RETAG), f"a wheel without linux_x86_64 {CLAIM}"),
        (wheel_line(ask=Ask.LEFT_BEHIND), "a wheel"),
        (false_line(ask=Ask.LEFT_BEHIND), "no wheel"),
        (wheel_line(ask=Ask.REPAIR), "conforms"),
    ],
)
def test_what_is_expected_is_what_the_recipe_says(
    line: ManifestEntry, expected: str
) -> None:
    assert WheelQuestion(line, Path("a.whl")).expected == expected


@pytest.mark.parametrize("ask", Ask)
def test_a_repair_is_asked_for_by_the_questions_about_repairs(ask: Ask) -> None:
    question = WheelQuestion(wheel_line(ask=ask), Path("a.whl"))
    assert question.is_repair is (ask in {Ask.RETAG, Ask.LEFT_BEHIND, Ask.REPAIR})


@pytest.mark.parametrize(
    ("oldest", "goal"),
    [("2_36", "manylinux_2_36_x86_64"), ("unstated", CLAIM), ("none", CLAIM)],
)
def test_a_wheel_is_repaired_for_the_oldest_level_that_can_hold(
    oldest: str, goal: str
) -> None:
    line = wheel_line(ask=Ask.REPAIR, oldest=oldest)
    assert WheelQuestion(line, Path("a.whl")).goal == goal


def test_the_architectures_of_a_recipe_are_questions_of_one_identifier() -> None:
    one, other = (
        WheelQuestion(wheel_line(id=f"wheel.x/y/{arch}", arch=arch), Path("a.whl"))
        for arch in ("x86_64", "s390x")
    )
    assert (one.id, other.id) == ("wheel.x/y", "wheel.x/y")
    assert (one.key, other.key) == ("wheel.x/y/x86_64", "wheel.x/y/s390x")
    assert (one.wheel_arch, other.wheel_arch) == ("x86_64", "s390x")


@pytest.mark.parametrize(
    ("expectation", "permits", "is_control"),
    [
        (Expectation.HOLDS, False, True),
        (Expectation.VIOLATES, False, False),
        (Expectation.DISCOURAGED, False, False),
        (Expectation.HOLDS, True, False),  # who refuses it forbids what is permitted
        (Expectation.VIOLATES, True, True),
    ],
)
def test_what_a_rule_does_not_forbid_is_its_control(
    expectation: Expectation, *, permits: bool, is_control: bool
) -> None:
    line = wheel_line(expectation=expectation)
    question = WheelQuestion(line, Path("a.whl"), permits=permits)
    assert question.is_control is is_control


@pytest.mark.parametrize("ask", [Ask.OLDEST_LEVEL, Ask.REPAIR])
def test_what_is_demanded_outright_has_no_control(ask: Ask) -> None:
    assert not WheelQuestion(wheel_line(ask=ask), Path("a.whl")).is_control


@pytest.mark.parametrize("control", [True, False])
def test_a_recipe_may_say_itself_what_it_is(*, control: bool) -> None:
    for line in (wheel_line(control=control), false_line(control=control)):
        assert WheelQuestion(line, Path("a.whl")).is_control is control


def test_every_rule_about_wheels_can_be_breached() -> None:
    """Only a recipe that is no control shows a breach of its rule."""
    permissions = {
        name for name, rule in load_suite().rules.items() if rule.level is Level.MAY
    }
    found: dict[str, list[bool]] = {}
    for line in (manifest_entry(each, "") for each in fixtures()):
        permits = line.rule in permissions
        question = WheelQuestion(line, Path("a.whl"), permits=permits)
        found.setdefault(line.rule, []).append(question.is_control)
    assert [rule for rule, controls in found.items() if all(controls)] == []
