"""What was right until a tag was known is told apart from a rule that was lost."""

from __future__ import annotations

from manylinux_conformance.history.column import Column, renewed
from manylinux_conformance.history.since import rule_histories
from manylinux_conformance.history.unshown import right_until_known
from tests.history.columns import column, result
from tests.history.made import answers_of

CASE = "rule.new/too-new"
IGNORANT, RIGHT = column("1", "linux"), column("3", "linux manylinux")


def wrong(version: str) -> Column:
    """Return a release that knows perennial tags and takes one that is too new."""
    taken = result(CASE, "manylinux_2_18_x86_64")
    return renewed(
        column(version, "linux manylinux"), Column(version=version, results=(taken,))
    )


def test_a_refusal_of_what_is_not_known_only_seems_right() -> None:
    answers = answers_of([[IGNORANT, wrong("2"), RIGHT]])
    [found] = [each for each in right_until_known(answers) if each.case == CASE]
    assert (found.seems.version, found.lost.version) == ("1", "2")
    assert found.kept is not None
    assert found.kept.version == "3"
    assert not [each for one in rule_histories(answers) for each in one.regressions]


def test_what_was_known_and_lost_is_no_such_answer() -> None:
    answers = answers_of([[column("1", "linux manylinux"), wrong("2")]])
    assert CASE not in {each.case for each in right_until_known(answers)}
    [lost] = [each for one in rule_histories(answers) for each in one.regressions]
    assert lost.rule == "rule.new"
