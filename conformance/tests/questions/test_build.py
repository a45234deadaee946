"""Questions to build environments: sound, and judged by every permitted answer."""

import msgspec
import pytest
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.answer import Judged, answered
from manylinux_conformance.questions.build import Asked, Build
from manylinux_conformance.questions.case import Selector
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.suite.lint_cases import lint_cases
from manylinux_conformance.suite.load import load_suite
from tests.builders import build

SUITE = load_suite()
BUILDS = [case for case in SUITE.cases if isinstance(case, Build)]
CASE = build(expect=("refused", "kept"))


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("kept", Verdict.PASS), ("refused", Verdict.PASS), ("broken", Verdict.FAIL)],
)
def test_every_expected_answer_passes(answer: str, verdict: Verdict) -> None:
    judged = CASE.judge(answered(answer))
    assert judged == Judged(verdict, "refused or kept", answer)


def messages(*cases: Build) -> list[str]:
    findings = lint_cases(cases, SUITE.rules, SUITE.platforms)
    return [str(finding) for finding in findings]


def test_every_question_of_the_suite_is_sound() -> None:
    assert messages(*BUILDS) == []
    assert {build.ask for build in BUILDS} == set(Asked)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"rule": "tag.form"}, "a rule that does not bind one"),
        ({"rule": "builder.level.lost"}, "there is no rule 'builder.level.lost'"),
        ({"probe": "gone.c"}, "there is no probe 'gone.c'"),
        ({"platform": Selector(arch=("vax",))}, "selects no platform"),
        ({"twin": "nobody"}, "its twin 'nobody' does not exist"),
    ],
)
def test_a_broken_question_is_reported(
    fields: dict[str, object], complaint: str
) -> None:
    [message] = messages(build(**fields))
    assert complaint in message


def platform(arch: str, minor: int) -> Platform:
    known = next(one for one in SUITE.platforms if one.arch == arch)
    return msgspec.structs.replace(known, glibc=f"2.{minor}", major=2, minor=minor)


@pytest.mark.parametrize("minor", [17, 25, 28, 36, 38, 42])
def test_each_release_is_asked_one_of_two_twins(minor: int) -> None:
    from_two_sides = [one for one in BUILDS if one.platform.below]
    for one in from_two_sides:
        twins = [one, next(b for b in BUILDS if b.name == one.twin)]
        where = platform("x86_64", minor)
        assert [twin.platform.selects(where) for twin in twins].count(True) == 1
