"""Columns of made-up releases, for tests."""

from __future__ import annotations

from manylinux_conformance.history.column import Column
from manylinux_conformance.history.controls import CONTROL
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict
from tests.builders import result_line

HERE = "glibc-2.17"


def choose(rule: str, name: str, *offer: str, pick: str) -> Choose:
    """Return a case."""
    return Choose(rule=rule, name=name, offer=offer, pick=pick)


CASES: dict[str, AnyCase] = {
    case.id: case
    for case in (
        choose("rule.legacy", "fits", "manylinux1_x86_64", pick="manylinux1_x86_64"),
        choose("rule.legacy", "other", "manylinux1_s390x", pick="any"),
        choose(
            "rule.new", "fits", "manylinux_2_17_x86_64", pick="manylinux_2_17_x86_64"
        ),
        choose("rule.new", "too-new", "manylinux_2_18_x86_64", pick="any"),
        choose(
            CONTROL.split("/")[0],
            CONTROL.split("/")[1],
            "linux_x86_64",
            pick="linux_x86_64",
        ),
    )
}


def result(case: str, answer: str, where: str = HERE) -> Result:
    """Return the answer to a case, judged by what the case picks."""
    asked = CASES[case]
    assert isinstance(asked, Choose)
    return result_line(
        case,
        rule=asked.rule,
        platform=where,
        verdict=Verdict.PASS if answer == asked.pick else Verdict.FAIL,
        expected=asked.pick,
        answer=answer,
        control=case == CONTROL,
    )


def column(version: str, taken: str, *, day: str = "", python: str = "3.7") -> Column:
    """Return a release that takes every wheel whose tag begins with ``taken``.

    Several are separated by spaces.
    """
    results = []
    for case in CASES.values():
        assert isinstance(case, Choose)
        [tag] = case.offer
        fits = str(tag).startswith(tuple(taken.split())) and case.pick != "any"
        results.append(result(case.id, str(tag) if fits else "any"))
    return Column(
        version=version, python=python, released=day, seconds=2, results=tuple(results)
    )
