"""Writes blocks as JUnit XML, for continuous integration services."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite
from junitparser.junitparser import Properties, Property

from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.tools.deviations import DIFFERING


def write_junit(blocks: Sequence[Block], path: Path) -> None:
    """Write one test suite per block; recorded deviations count as skipped."""
    document = JUnitXml("manylinux conformance")
    for block in blocks:
        header = block.header
        where = f" in {header.platform}" if header.platform else ""
        suite = TestSuite(f"{header.name} as {header.role}{where}")
        suite.add_testcases(
            [_test_case(result, header.role) for result in block.results]
        )
        for line in block.missing:
            missing = f" on {', '.join(line.platforms)}" if line.platforms else ""
            case = TestCase(f"every case{missing}", "not-run")
            case.result = [Skipped(line.explanation)]
            suite.add_testcase(case)
        document.add_testsuite(suite)
    document.update_statistics()
    document.write(str(path))


def _test_case(result: Result, role: str) -> TestCase:
    name = result.case.partition("/")[2]
    case = TestCase(f"{name} on {result.where}", result.rule)
    properties = Properties()
    properties.append(Property("rule", result.rule))
    properties.append(Property("role", role))
    case.append(properties)
    outcome = _outcome(result)
    if outcome is not None:
        case.result = [outcome]
    return case


def _outcome(result: Result) -> Failure | Error | Skipped | None:
    said = f"expected {result.expected}, got {result.answer or result.reason}"
    if result.verdict is Verdict.PASS:
        return None
    if result.verdict not in DIFFERING:
        return Skipped(f"{result.verdict}: {result.reason}")
    if result.deviation:
        known = f"{result.deviation}: {result.cause}"
        return Skipped(f"recorded deviation ({known}): {said}")
    return Failure(said) if result.verdict is Verdict.FAIL else Error(said)
