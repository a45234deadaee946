"""Writes blocks as JUnit XML, for continuous integration services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite
from junitparser.junitparser import Properties, Property

from manylinux_conformance.reports.about import About, about, without_paths
from manylinux_conformance.reports.differences import order
from manylinux_conformance.reports.summary import is_proposal
from manylinux_conformance.results.blocks import Block, joined
from manylinux_conformance.results.consequences import (
    Consequences,
    consequences,
    counts_as,
)
from manylinux_conformance.results.lines import Header, Result
from manylinux_conformance.results.systems import system_of
from manylinux_conformance.results.verdicts import DIFFERING, Verdict
from manylinux_conformance.suite.rules import Rule, as_put_to, parents_of


def write_junit(
    blocks: Sequence[Block],
    rules: Mapping[str, Rule],
    path: Path,
    said: About | None = None,
) -> None:
    """Write test suites for each block: of the rules that count, and of proposals.

    Recorded deviations and draft cases count as skipped.
    """
    known = said or about()
    document = JUnitXml(f"manylinux conformance, {known.edition}")
    above = parents_of(rules)
    follows = {
        _of(each.header): consequences(each.results, above) for each in joined(blocks)
    }
    for block in blocks:
        name = _name(block.header)
        bound = as_put_to(block.header.role.subject, rules)
        proposals = {name for name, rule in bound.items() if is_proposal(rule)}
        counted = [one for one in block.results if one.rule not in proposals]
        proposed = [one for one in block.results if one.rule in proposals]
        implied = follows[_of(block.header)]
        suite = _suite(name, _with(block, counted), bound, implied, known)
        for line in block.missing:
            missing = f" on {', '.join(line.platforms)}" if line.platforms else ""
            case = TestCase(f"every case{missing}", "not-run")
            case.result = [Skipped(without_paths(line.explanation))]
            suite.add_testcase(case)
        document.add_testsuite(suite)
        if proposed:
            name = f"{name}: proposals"
            suite = _suite(name, _with(block, proposed), bound, implied, known)
            document.add_testsuite(suite)
    document.update_statistics()
    document.write(str(path))


def _with(block: Block, results: Iterable[Result]) -> Block:
    return Block(block.header, tuple(results))


def _of(header: Header) -> tuple[str, str, str]:
    """Return whose answers they are, wherever they were given."""
    return header.role, header.tool, header.version


def _name(header: Header) -> str:
    where = f" in {header.platform}" if header.platform else ""
    return f"{header.name} as {header.role}{where}"


def _suite(
    name: str,
    block: Block,
    rules: Mapping[str, Rule],
    follows: Consequences,
    said: About,
) -> TestSuite:
    suite, header = TestSuite(name), block.header
    facts = {
        "edition": said.edition,
        "suite": said.suite,
        "date": said.date,
        "machine": said.machine,
        "tool": header.name,
        "program": without_paths(header.program),
        "version": header.said_version or header.version,
    }
    for fact, value in facts.items():
        if value:
            suite.add_property(fact, value)
    ordered = sorted(block.results, key=lambda one: order(rules.get(one.rule)))
    suite.add_testcases(  # at once, since the library counts them after each call
        [
            _test_case(
                result,
                rules.get(result.rule),
                header.role,
                (counts_as(result, follows), follows.hint(result)),
                said,
            )
            for result in ordered
        ]
    )
    return suite


def _test_case(
    result: Result,
    rule: Rule | None,
    role: str,
    shows: tuple[str, str],
    about_it: About,
) -> TestCase:
    name = result.case.partition("/")[2]
    case = TestCase(f"{name} on {result.where}", result.rule)
    facts = {"rule": result.rule, "role": role, "system": system_of(result).value}
    if rule is not None:
        facts |= {"level": rule.level.value, "basis": rule.basis.value}
    if result.control:
        facts["control"] = "a wrong answer is no breach of the rule"
    if result.verdict in DIFFERING:
        facts["shows"] = ", ".join(filter(None, shows))
    properties = Properties()
    for fact, value in facts.items():
        properties.append(Property(fact, value))
    case.append(properties)
    outcome = _outcome(result, rule, about_it)
    if outcome is not None:
        case.result = [outcome]
    return case


def _outcome(
    result: Result, rule: Rule | None, about_it: About
) -> Failure | Error | Skipped | None:
    got = without_paths(result.answer or result.reason)
    said = f"expected {result.expected}, got {got}"
    if result.draft:
        return Skipped(f"draft, counts for nothing: {result.verdict}, {said}")
    if result.verdict is Verdict.PASS:
        return None
    if result.verdict not in DIFFERING:
        return Skipped(f"{result.verdict}: {without_paths(result.reason)}")
    if result.deviation:
        known = f"{result.deviation}: {result.cause}"
        return Skipped(f"recorded deviation ({known}): {said}")
    if rule is not None:
        page = f" {about_it.rule_page(rule.id)}" if about_it.site else ""
        said = f"{said} ({rule.level.value}, {rule.basis.value}: {rule.text}{page})"
    return Failure(said) if result.verdict is Verdict.FAIL else Error(said)
