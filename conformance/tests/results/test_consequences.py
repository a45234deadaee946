"""Consequences: answers that follow from a wrong one to a plainer question."""

import msgspec
import pytest
from manylinux_conformance.results.consequences import (
    consequences,
    counts_as,
)
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.premises import LISTING, PLAINEST
from manylinux_conformance.results.verdicts import Verdict
from tests.builders import result_line

HERE, ELSEWHERE = "riscv64", "glibc-2.17"


def answer(
    case: str,
    taken: str = "any",
    platform: str = HERE,
    *,
    verdict: Verdict = Verdict.FAIL,
    control: bool = False,
    draft: bool = False,
) -> Result:
    """Return an answer, a wrong one by default: which wheel was taken."""
    return result_line(
        case,
        platform=platform,
        verdict=verdict,
        answer=taken,
        control=control,
        draft=draft,
    )


REFUSED = answer(PLAINEST)
SET = "tag.set.expansion/one-member-fits"
ORDER = "installer.order.any-last/any-with-a-closer-python-tag"
KERNEL = "platform.armv7l.on-64-bit-kernel/armv7l-tag-on-armv8l"


@pytest.mark.parametrize(
    "wrong",
    [
        answer(SET),
        answer(ORDER, "cp311-none-any"),
        answer(SET, "nothing"),
        answer(SET, "", verdict=Verdict.ERROR),
        answer(
            "installer.release.step-back/too-new", "a lock that cannot be installed"
        ),
        answer("installer.order.linux/first", "linux_riscv64"),
        answer(SET, control=True),
    ],
)
def test_what_is_refused_beside_the_plainest_wheel_is_a_consequence(
    wrong: Result,
) -> None:
    follows = consequences([REFUSED, wrong], {})
    assert [one.places for one in follows.failed] == [{HERE}]
    assert follows.cause_of(wrong)
    assert counts_as(wrong, follows).startswith("no breach (the platform's own wheels")


@pytest.mark.parametrize(
    "wrong",
    [
        answer("tag.architecture.name/x86-for-i686", "manylinux_2_39_x86"),
        answer("tag.case.ignored/upper-case", "MANYLINUX_2_39_x86"),
        answer(SET, platform=ELSEWHERE),
        answer(KERNEL),
        answer("installer.glibc.newer-major/2-17"),
        answer(f"{LISTING}/the-nine"),
        REFUSED,
    ],
)
def test_a_wheel_that_is_taken_and_what_a_platform_is_show_a_breach(
    wrong: Result,
) -> None:
    follows = consequences([REFUSED, wrong], {})
    assert not follows.cause_of(wrong)
    assert counts_as(wrong, follows) == "a breach"


def test_nothing_is_a_consequence_where_the_plainest_wheel_is_taken() -> None:
    taken = answer(PLAINEST, "manylinux_2_39_riscv64", verdict=Verdict.PASS)
    declined = answer(PLAINEST, "", verdict=Verdict.DECLINED)
    draft = answer(PLAINEST, draft=True)
    for first in (taken, declined, draft):
        follows = consequences([first, answer(SET)], {})
        assert not follows.failed
        assert not follows.cause_of(answer(SET))


@pytest.mark.parametrize(
    "naming",
    [
        answer(KERNEL),
        answer("tag.architecture.name/i686-as-sysconfig-says"),
        answer("installer.glibc.newer-major/2-17"),
    ],
)
def test_a_rule_that_says_what_the_platform_is_comes_before_the_plainest_question(
    naming: Result,
) -> None:
    follows = consequences([REFUSED, naming], {})
    assert follows.cause_of(REFUSED)
    assert not follows.cause_of(naming)


@pytest.mark.parametrize(
    "other",
    [
        answer(KERNEL, control=True),
        answer(KERNEL, platform=ELSEWHERE),
        answer(KERNEL, "manylinux_2_17_aarch64"),
        answer(f"{LISTING}/the-nine"),
    ],
)
def test_elsewhere_the_plainest_question_is_the_breach_itself(other: Result) -> None:
    assert not consequences([REFUSED, other], {}).cause_of(REFUSED)


@pytest.mark.parametrize(
    ("right", "is_silent"),
    [
        (answer(SET, verdict=Verdict.PASS), True),
        (answer(SET, "nothing", verdict=Verdict.PASS), True),
        (answer(ORDER, "cp311-none-any", verdict=Verdict.PASS), True),
        (answer(SET, "manylinux_2_17_x86_64", verdict=Verdict.PASS), False),
        (answer(SET, "a lock that cannot be installed", verdict=Verdict.PASS), False),
        (answer(SET, platform=ELSEWHERE, verdict=Verdict.PASS), False),
        (answer(SET, verdict=Verdict.DECLINED), False),
    ],
)
def test_who_takes_no_wheel_has_not_kept_a_prohibition(
    right: Result, *, is_silent: bool
) -> None:
    assert consequences([REFUSED], {}).is_silent(right) is is_silent


@pytest.mark.parametrize(
    ("fields", "shows"),
    [
        ({}, "a breach"),
        ({"control": True}, "no breach (control)"),
        ({"draft": True}, "nothing (draft)"),
        ({"draft": True, "control": True}, "nothing (draft)"),
    ],
)
def test_a_wrong_answer_says_what_it_shows(fields: dict[str, bool], shows: str) -> None:
    assert counts_as(msgspec.structs.replace(answer(SET), **fields)) == shows
