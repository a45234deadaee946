"""Premises: which plain questions explain the answers to others, and which do not."""

import msgspec
import pytest
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.questions.choose import LOCKED as LOCKED_IN_VAIN
from manylinux_conformance.questions.upload import Became
from manylinux_conformance.results.consequences import consequences
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.premises import (
    ACCEPTED,
    ATTRIBUTES,
    INTERPRETER,
    LEGACY,
    LISTING,
    LOCKED,
    MODULE,
    NAMING,
    PLAINEST,
    PREMISES,
    REFUSED,
    TARGETS,
    versions,
)
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.suite.load import load_suite

HERE, ELSEWHERE, OLD = "glibc-2.36", "glibc-2.28", "glibc-2.17"
OLDER = "installer.glibc.at-least/oldest-common-level"
VETO = "override.absent/module-that-vetoes"
CALL = "override.call/object-that-is-called"
EACH = "override.each-tag/2-17-vetoed-and-offered"
ATTRIBUTE = "override.legacy-attributes/manylinux2014-false"
TARGET = "platform.target-libc/version-of-the-newer-tool"
HEADER = "platform.interpreter/aarch64-ilp32"
NO_ARMV8L = "platform.armv7l.no-armv8l/armv8l-tag"
LOCK = "installer.release.lock/newest-release-is-too-new"
STEP = "installer.release.step-back/newest-release-is-too-new"
UPLOAD = "index.accepts.perennial/each-architecture"
BOTH_GOOD = "index.members.every/both-good"
LEGACY_1 = "tag.legacy.manylinux1/on-the-other-five"
TARGETED = "installer.target.perennial/perennial-target-takes-an-older-tag"
UNVERSIONED = "installer.target.unversioned/common-level"
LOONG = "loongarch64"
SET = "manylinux_2_5_i686.manylinux1_i686"


def wrong(case: str, answer: str, expected: str, where: str = HERE) -> Result:
    return given(Verdict.FAIL, case, answer, expected, where)


def right(case: str, answer: str, where: str = HERE) -> Result:
    return given(Verdict.PASS, case, answer, answer, where)


def given(verdict: Verdict, case: str, said: str, expected: str, where: str) -> Result:
    is_upload = case.startswith("index.")
    return Result(
        case=case,
        rule=case.partition("/")[0],
        platform="" if is_upload else where,
        arch=where if is_upload else "",
        fidelity=None if is_upload else Fidelity.MODELLED,
        verdict=verdict,
        answer=said,
        expected=expected,
        control=case == VETO,
    )


OWN = right(PLAINEST, "manylinux_2_36_x86_64")
OWN_ELSEWHERE = right(PLAINEST, "manylinux_2_28_x86_64", ELSEWHERE)
OWN_IS_OLDEST = [
    right(PLAINEST, "manylinux_2_17_x86_64", OLD),
    right(OLDER, "manylinux_2_17_x86_64", OLD),
]
NO_OLDER = [OWN, OWN_ELSEWHERE, wrong(OLDER, "any", "manylinux_2_17_x86_64")]
DEAF = [
    wrong(VETO, "manylinux_2_36_x86_64", "any"),
    wrong(CALL, "manylinux_2_36_x86_64", "any"),
]
ASKED_ONCE = [OWN, wrong(EACH, "manylinux_2_17_x86_64", "any")]
OF_ITSELF = [wrong(TARGET, "manylinux_2_36_x86_64", "any", ELSEWHERE)]
READS_ARMV8L = [wrong(NO_ARMV8L, "manylinux_2_17_armv8l", "any")]
LOCKS_ALL = [wrong(LOCK, LOCKED, "nothing")]
LEGACY_ALL = [wrong(LEGACY_1, "manylinux1_s390x", "any", ELSEWHERE)]
TO_THE_LETTER = [wrong(TARGETED, "any", "manylinux_2_17_x86_64")]
UNKNOWN_THERE = [wrong(UPLOAD, REFUSED, ACCEPTED, LOONG)]

EVERY_MINOR = "installer.glibc.every-minor/previous-version"
TAKES_2_35 = wrong(EVERY_MINOR, "any", "manylinux_2_35_x86_64")
TAKES_2_27 = wrong(EVERY_MINOR, "any", "manylinux_2_27_x86_64", ELSEWHERE)


@pytest.mark.parametrize(
    ("premise", "follows"),
    [
        (NO_OLDER, TAKES_2_35),
        (NO_OLDER, TAKES_2_27),
        ([*NO_OLDER, *OWN_IS_OLDEST], TAKES_2_27),
        (
            NO_OLDER,
            wrong("tag.version.order/x", "any", "manylinux_2_9_i686"),
        ),
        (DEAF, wrong("override.boolean/zero", "manylinux_2_36_x86_64", "any")),
        (DEAF, wrong(EACH, "manylinux_2_17_x86_64", "any")),
        (DEAF, wrong(ATTRIBUTE, "manylinux2014_x86_64", "any", OLD)),
        (DEAF, wrong("override.errors/x", "manylinux_2_36_x86_64", "nothing")),
        (ASKED_ONCE, wrong(ATTRIBUTE, "manylinux2014_x86_64", "any")),
        (ASKED_ONCE, wrong(ATTRIBUTE, "any", "manylinux_2_16_x86_64")),
        (OF_ITSELF, wrong(HEADER, "manylinux_2_39_aarch64", "any")),
        (OF_ITSELF, wrong("override.target-path/x", "manylinux_2_36_x86_64", "any")),
        (
            OF_ITSELF,
            wrong("platform.i686.interpreter/x", "any", "manylinux1_i686"),
        ),
        (READS_ARMV8L, wrong("tag.legacy.alias/x", "manylinux2014_armv8l", "any")),
        (LOCKS_ALL, wrong(STEP, LOCKED, "manylinux_2_36_x86_64")),
        (LEGACY_ALL, wrong("tag.legacy.manylinux2010/x", "manylinux2010_arm", "any")),
        (TO_THE_LETTER, wrong(UNVERSIONED, "any", "manylinux_2_17_x86_64")),
        (UNKNOWN_THERE, wrong(BOTH_GOOD, REFUSED, ACCEPTED, LOONG)),
    ],
)
def test_a_wrong_answer_follows_from_a_plainer_one(
    premise: list[Result], follows: Result
) -> None:
    assert consequences([*premise, follows], {}).cause_of(follows)


@pytest.mark.parametrize(
    ("answers", "breach"),
    [
        (NO_OLDER, NO_OLDER[-1]),
        (NO_OLDER, wrong(EVERY_MINOR, "any", "manylinux_2_36_x86_64")),
        (NO_OLDER, wrong("tag.legacy.alias/x", "any", "manylinux2014_x86_64")),
        (
            NO_OLDER,
            wrong("tag.set.any-order/x", "any", SET),
        ),
        (
            NO_OLDER,
            wrong("tag.case.ignored/x", "MANYLINUX_2_17_x86_64", SET),
        ),
        ([OWN, *OWN_IS_OLDEST], TAKES_2_35),
        ([*NO_OLDER, right(OLDER, "manylinux_2_17_x86_64", ELSEWHERE)], TAKES_2_27),
        (NO_OLDER[1:], TAKES_2_35),
        (DEAF, DEAF[-1]),
        (DEAF[:1], wrong("override.boolean/zero", "manylinux_2_36_x86_64", "any")),
        (DEAF[1:], wrong("override.boolean/zero", "manylinux_2_36_x86_64", "any")),
        (DEAF, wrong("override.boolean/any-string", "any", "manylinux_2_36_x86_64")),
        (DEAF, wrong("platform.glibc-only/musl", "manylinux_2_17_x86_64", "any")),
        (ASKED_ONCE, ASKED_ONCE[-1]),
        (ASKED_ONCE, wrong(ATTRIBUTE, "manylinux_2_36_x86_64", "any")),
        (ASKED_ONCE, wrong("override.boolean/zero", "manylinux_2_17_x86_64", "any")),
        (
            [*ASKED_ONCE, *OWN_IS_OLDEST],
            wrong(ATTRIBUTE, "manylinux2014_x86_64", "any", OLD),
        ),
        (OF_ITSELF, OF_ITSELF[-1]),
        (OF_ITSELF, wrong("platform.glibc-only/musl", "manylinux_2_17_x86_64", "any")),
        (
            [wrong(TARGET, "any", "nothing")],
            wrong(HEADER, "manylinux_2_39_aarch64", "any"),
        ),
        (READS_ARMV8L, READS_ARMV8L[-1]),
        (READS_ARMV8L, wrong("tag.legacy.alias/x", "manylinux1_armv7l", "any")),
        (LEGACY_ALL, LEGACY_ALL[-1]),
        (LEGACY_ALL, wrong("tag.legacy.alias/x", "any", "manylinux2014_x86_64")),
        (LEGACY_ALL, wrong("tag.legacy.manylinux2014/x", "any", "manylinux2014_arm")),
        ([], wrong("tag.legacy.manylinux2014/x", "manylinux2014_x86_64", "any")),
        (TO_THE_LETTER, TO_THE_LETTER[-1]),
        (TO_THE_LETTER, wrong(UNVERSIONED, "manylinux_2_40_x86_64", "any")),
        (TO_THE_LETTER, wrong("installer.target.legacy/x", "any", "manylinux1_i686")),
        (LOCKS_ALL, LOCKS_ALL[-1]),
        (LOCKS_ALL, wrong(STEP, "any", "manylinux_2_36_x86_64")),
        (
            LOCKS_ALL,
            wrong("installer.target.unnamed/x", LOCKED, "any"),
        ),
        (UNKNOWN_THERE, UNKNOWN_THERE[-1]),
        (UNKNOWN_THERE, wrong(BOTH_GOOD, REFUSED, ACCEPTED, "riscv64")),
        (
            UNKNOWN_THERE,
            wrong("index.refuses.linux/x", ACCEPTED, REFUSED, LOONG),
        ),
        (UNKNOWN_THERE, wrong("index.page.hash/x", "no hash", ACCEPTED, LOONG)),
        (
            [wrong(UPLOAD, "no page", ACCEPTED, LOONG)],
            wrong(BOTH_GOOD, REFUSED, ACCEPTED, LOONG),
        ),
        ([OWN, DEAF[0]], wrong(ATTRIBUTE, "manylinux2014_x86_64", "any")),
        (
            [OWN, wrong(EACH, "manylinux_2_36_x86_64", "any")],
            wrong(ATTRIBUTE, "manylinux2014_x86_64", "any"),
        ),
    ],
)
def test_a_wrong_answer_of_its_own_is_a_breach(
    answers: list[Result], breach: Result
) -> None:
    assert not consequences([*answers, breach], {}).cause_of(breach)


@pytest.mark.parametrize(
    ("premise", "answer", "is_silent"),
    [
        (DEAF, right("override.none/none", "manylinux_2_36_x86_64"), True),
        (DEAF, right("override.isolated/x", "manylinux_2_36_x86_64"), True),
        (DEAF, right("override.removes-only/true-for-a-newer-version", "any"), False),
        (DEAF, right("tag.form/x", "manylinux_2_36_x86_64"), False),
        ([], right("override.none/none", "manylinux_2_36_x86_64"), False),
        (OF_ITSELF, right("platform.i686.interpreter/x", "any"), True),
        (OF_ITSELF, right("platform.glibc-only/musl", "any"), False),
        (UNKNOWN_THERE, right("index.refuses.linux/x", REFUSED, LOONG), True),
        (UNKNOWN_THERE, right("index.refuses.linux/x", REFUSED, "riscv64"), False),
        (TO_THE_LETTER, right(UNVERSIONED, "any"), True),
        (TO_THE_LETTER, right(UNVERSIONED, "manylinux_2_17_x86_64"), False),
        (TO_THE_LETTER, right("installer.target.legacy/x", "any"), False),
        (NO_OLDER, right("tag.form/x", "any"), False),
        (UNKNOWN_THERE, right("index.refuses.linux/x", ACCEPTED, LOONG), False),
        (UNKNOWN_THERE, wrong(BOTH_GOOD, REFUSED, ACCEPTED, LOONG), False),
    ],
)
def test_a_right_answer_shows_nothing_where_it_could_not_be_wrong(
    premise: list[Result], answer: Result, *, is_silent: bool
) -> None:
    assert consequences([*premise, answer], {}).is_silent(answer) is is_silent


def caused(case: str, cause: str, where: str, kind: str = "") -> Result:
    """Return an upload that is refused wrongly, with its deviation on file."""
    refused = wrong(case, REFUSED, ACCEPTED, where)
    return msgspec.structs.replace(refused, cause=cause, deviation=kind)


def test_a_right_answer_shows_nothing_for_the_causes_at_its_place() -> None:
    known = caused(UPLOAD, "no-loong", LOONG, "by-design")
    other = caused(UPLOAD, "no-riscv", "riscv64", "by-design")
    follows = consequences([known, other], {})
    silent = right("index.refuses.linux/x", REFUSED, LOONG)
    assert follows.causes_of_silence(silent) == {"no-loong"}


def test_a_deviation_without_a_cause_is_named_by_its_kind() -> None:
    follows = consequences([caused(UPLOAD, "", LOONG, "unreported")], {})
    silent = right("index.refuses.linux/x", REFUSED, LOONG)
    assert follows.causes_of_silence(silent) == {"unreported"}


def test_what_was_not_asked_at_a_place_is_silent_for_the_causes_elsewhere() -> None:
    deaf = [msgspec.structs.replace(one, cause="never-asked") for one in DEAF]
    silent = right("override.none/none", "manylinux_2_28_x86_64", ELSEWHERE)
    assert consequences(deaf, {}).causes_of_silence(silent) == {"never-asked"}


def test_what_shows_something_is_silent_for_no_cause() -> None:
    shown = right("tag.form/x", "manylinux_2_36_x86_64")
    assert consequences(DEAF, {}).causes_of_silence(shown) == set()


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("any", []),
        ("manylinux_2_17_x86_64.manylinux2014_x86_64", [(2, 17), (2, 17)]),
        ("cp311-none-manylinux1_i686 or manylinux2010_i686", [(2, 5), (2, 12)]),
        ("linux_x86_64", []),
    ],
)
def test_a_text_names_the_versions_of_its_tags(
    tags: str, found: list[tuple[int, int]]
) -> None:
    assert versions(tags) == found


def test_the_rules_the_cases_and_the_answers_that_are_named_exist() -> None:
    suite = load_suite()
    cases = {case.id for case in suite.cases}
    for premise in PREMISES:
        assert premise.question in cases
        assert premise.rule in suite.rules
    for beginning in (
        *NAMING,
        *INTERPRETER,
        *ATTRIBUTES,
        *TARGETS,
        MODULE,
        LISTING,
        LEGACY,
    ):
        assert any(rule.startswith(beginning) for rule in suite.rules), beginning
    assert LOCKED == LOCKED_IN_VAIN
    assert (ACCEPTED, REFUSED) == (Became.ACCEPTED, Became.REFUSED)
