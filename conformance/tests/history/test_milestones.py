"""Milestones: the first release that takes a level or an architecture."""

from __future__ import annotations

import pytest
from manylinux_conformance.history.answers import (
    FORMAT,
    Answers,
    Asked,
    Header,
    Question,
    Release,
    Since,
    Unasked,
)
from manylinux_conformance.history.controls import UNKNOWN
from manylinux_conformance.history.milestones import (
    PERENNIAL_TAGS,
    architecture_since,
    claims_since,
    level_since,
    takers_of,
)
from manylinux_conformance.results.verdicts import Role, Verdict

OLD, NEW = "installer.glibc.at-least", "installer.glibc.every-minor"
HERE = "glibc-2.17"
RIGHT, WRONG = Verdict.PASS, Verdict.FAIL


def answers(
    *questions: Question,
    releases: str = "1 2 3",
    unasked: str = "",
    role: Role = Role.INSTALLER,
) -> Answers:
    """Return the answers of a tool with some releases."""
    span = Asked(
        python="3.7",
        releases=tuple(map(Release, releases.split())),
        unasked=tuple(Unasked(each, "not yet") for each in unasked.split()),
    )
    header = Header(
        format=FORMAT,
        tool="made",
        role=role,
        rules_lock="",
        host="x86_64",
        spans=(span,),
    )
    return Answers(header, questions)


def takes(rule: str, *since: Since, where: str = HERE, name: str = "fits") -> Question:
    """Return a question that is right only if a perennial wheel is taken."""
    return Question(
        case=f"{rule}/{name}",
        rule=rule,
        where=where,
        expected="manylinux_2_17_x86_64",
        spans=(since,),
    )


def test_perennial_tags_are_taken_when_every_number_is_compared() -> None:
    found = level_since(
        answers(
            takes(OLD, Since("1", WRONG), Since("2", RIGHT)),
            takes(NEW, Since("1", WRONG), Since("3", RIGHT)),
        ),
        "manylinux_2_28",
    )
    assert found is not None
    assert found.release.version == "3"
    assert found.before == Release("2")


def test_what_is_taken_too_much_is_no_matter_of_a_milestone() -> None:
    refused = Question(
        case=f"{OLD}/too-new",
        rule=OLD,
        where=HERE,
        expected="any",
        spans=((Since("1", WRONG),),),
    )
    found = level_since(answers(takes(OLD, Since("1", RIGHT)), refused), PERENNIAL_TAGS)
    assert found is not None
    assert found.release.version == "1"
    assert found.before is None


def test_a_release_that_takes_no_wheel_at_all_is_left_out() -> None:
    found = level_since(
        answers(
            takes(OLD, Since("1", WRONG, "any", UNKNOWN), Since("2", RIGHT)),
        ),
        PERENNIAL_TAGS,
    )
    assert found is not None
    assert found.before is None


def test_later_releases_that_do_not_take_it_are_named() -> None:
    found = level_since(
        answers(takes(OLD, Since("1", RIGHT), Since("2", WRONG), Since("3", RIGHT))),
        PERENNIAL_TAGS,
    )
    assert found is not None
    assert found.but_not == (Release("2"),)


def test_releases_between_that_nobody_asked_are_named() -> None:
    found = level_since(
        answers(
            takes(OLD, Since("19.0", WRONG), Since("20.3", RIGHT)),
            releases="19.0 20.3",
            unasked="9.0 19.10 20.0 21.0",
        ),
        PERENNIAL_TAGS,
    )
    assert found is not None
    assert found.unasked == ("19.10", "20.0")


def test_a_release_that_declines_says_nothing() -> None:
    line = takes(OLD, Since("1", Verdict.DECLINED), Since("2", RIGHT))
    found = level_since(answers(line), PERENNIAL_TAGS)
    assert found is not None
    assert (found.release.version, found.before) == ("2", None)


def test_an_architecture_is_taken_where_it_was_asked() -> None:
    rule = "installer.architecture.equal"
    made = answers(
        takes(rule, Since("1", RIGHT)),
        takes(rule, Since("1", WRONG), Since("3", RIGHT), where="riscv64"),
    )
    found = architecture_since(made, "riscv64")
    assert found is not None
    assert (found.release.version, found.before) == ("3", Release("2"))
    assert architecture_since(made, "s390x") is None


@pytest.mark.parametrize(
    ("own", "next_one"),
    [
        ((Since("1", WRONG), Since("2", RIGHT)), (Since("1", RIGHT),)),
        ((Since("1", RIGHT),), (Since("1", WRONG), Since("2", RIGHT))),
    ],
)
def test_an_auditor_knows_a_level_when_it_tells_its_claims_apart(
    own: tuple[Since, ...], next_one: tuple[Since, ...]
) -> None:
    rule = "wheel.versions.listed"
    known = takes(rule, *own, name="glibc-2-28-at-2-28")
    refused = takes(rule, *next_one, name="glibc-2-29-at-2-28")
    found = claims_since(answers(known, refused, role=Role.AUDITOR))
    assert {level: each.release.version for level, each in found.items()} == {
        "manylinux_2_28": "2"
    }


def test_an_auditor_without_a_policy_does_not_know_the_level_yet() -> None:
    line = takes(
        "wheel.versions.listed",
        Since("1", Verdict.DECLINED),
        Since("3", RIGHT),
        name="glibc-2-28-at-2-28",
    )
    (found,) = claims_since(answers(line, role=Role.AUDITOR)).values()
    assert (found.release.version, found.before) == ("3", Release("2"))


def test_a_tool_that_takes_nothing_is_no_taker() -> None:
    taker = answers(takes(OLD, Since("1", RIGHT)))
    other = answers(takes(OLD, Since("1", WRONG)))
    [found] = takers_of([taker, other])
    assert list(found.levels) == [PERENNIAL_TAGS]
