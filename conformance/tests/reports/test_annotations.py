"""Annotations: one for each broken rule, and one for each claim that does not hold."""

import msgspec
from manylinux_conformance.reports.annotations import workflow_commands
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.suite.rules import Level
from tests.builders import header_line, result_line, rule

HEADER = header_line(tool="uv", version="1")
RULES = {
    name: rule(id=name, level=level, text="A, b: 100 %")
    for name, level in (("a.must", Level.MUST), ("a.should", Level.SHOULD))
}


def wrong(rule_id: str, deviation: str = "") -> Result:
    return result_line(
        f"{rule_id}/x", verdict=Verdict.FAIL, answer="linux", deviation=deviation
    )


def test_a_rule_that_is_broken_has_one_line() -> None:
    results = (wrong("a.should"), wrong("a.must"), wrong("a.must"))
    assert list(workflow_commands([Block(HEADER, results)], RULES)) == [
        "::error title=uv 1%3A a.must (2 answers)::A%2C b%3A 100 %25",
        "::warning title=uv 1%3A a.should (1 answers)::A%2C b%3A 100 %25",
    ]


def test_what_is_explained_is_quiet() -> None:
    known = wrong("a.must", deviation="by-design")
    right = msgspec.structs.replace(known, verdict=Verdict.PASS, deviation="")
    assert list(workflow_commands([Block(HEADER, (known, right))], RULES)) == []
