"""An answer counts only if the release takes a wheel of each kind offered."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from manylinux_conformance.history.controls import (
    UNCONFIRMED,
    UNKNOWN,
    UNSHOWN,
    controlled,
    families,
)
from manylinux_conformance.results.lines import Result
from tests.builders import audit_line, result_line
from tests.history.columns import CASES, choose, column

LATE, KNOWN = "manylinux_2_28_x86_64", "rule/known/x86_64"
SET = "manylinux1_x86_64.manylinux_2_5_x86_64"


@pytest.mark.parametrize(
    ("tags", "kinds"),
    [
        ("linux_x86_64", ["linux"]),
        ("manylinux1_i686.manylinux_2_5_i686", ["manylinux1", "manylinux"]),
        ("manylinux_{major}_{minor}_{arch}", ["manylinux"]),
        ("MANYLINUX2014_x86_64", ["manylinux2014"]),
        ("manylinux2007_x86_64", []),
        ("any", []),
    ],
)
def test_kinds_of_tags(tags: str, kinds: list[str]) -> None:
    assert list(families(tags)) == kinds


def test_refusing_an_unknown_kind_of_tag_shows_nothing() -> None:
    found = _why(column("1", "linux manylinux1_x86_64").results)
    assert found["rule.legacy/other"] == ""
    assert found["rule.new/too-new"] == UNSHOWN


def test_taking_nothing_for_the_platform_is_no_refusal_of_manylinux() -> None:
    found = _why(column("1", "nothing").results)
    assert found["rule.legacy/fits"] == UNKNOWN
    assert found["rule.legacy/other"] == UNKNOWN


@pytest.mark.parametrize("tags", [SET, "any.manylinux_2_17_x86_64"])
def test_a_compressed_set_does_not_show_which_member_was_known(tags: str) -> None:
    case = choose("rule.set", "of-two-members", tags, pick=tags)
    before = column("1", "linux").results
    taken = result_line(case.id, rule=case.rule, answer=tags)
    found = {
        each.case: why
        for each, why in controlled((*before, taken), {**CASES, case.id: case})
    }
    assert found[case.id] == ""
    assert found["rule.new/too-new"] == UNSHOWN


def test_an_auditor_that_knows_no_such_level_refuses_for_another_reason() -> None:
    claims = {"rule/old/x86_64": ("manylinux1_x86_64",), "rule/new/x86_64": (LATE,)}
    said = [_audited("rule/old", "conforms"), _audited("rule/new", "violates")]
    found = [why for _, why in controlled(said, {}, claims)]
    assert found == ["", UNCONFIRMED]
    known = [*said, _audited("rule/known", "conforms")]
    found = [why for _, why in controlled(known, {}, {**claims, KNOWN: (LATE,)})]
    assert found == ["", "", ""]


def _audited(case: str, answer: str) -> Result:
    return audit_line(case, rule="rule", answer=answer)


def _why(results: Sequence[Result]) -> dict[str, str]:
    return {each.case: why for each, why in controlled(results, CASES)}
