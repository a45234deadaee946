"""Reports as text: one line per wheel and claim, then the evidence."""

from __future__ import annotations

from manylinux_reference.reading.unusable import printable
from manylinux_reference.rules.wheel.report import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from manylinux_reference.rules.wheel.report import Claim, Finding, Report

ENOUGH = 3  # findings shown for each rule
NO_ANSWER = {Outcome.UNUSABLE: "error", Outcome.NOT_JUDGED: "not judged"}
NO_CLAIM = {
    Outcome.NO_CLAIM: "claims no manylinux level",
    Outcome.NO_ELF: "contains no ELF file",
}


def lines(report: Report, *, brief: bool = False) -> Iterator[str]:
    """Yield the lines of a report; ``brief`` leaves out what breaks no claim."""
    name = printable(report.path.rpartition("/")[2])
    if report.outcome in NO_ANSWER:
        where = f"{printable(report.member)}: " if report.member else ""
        yield f"{name}: {NO_ANSWER[report.outcome]}: {where}{report.error}"
        return
    if report.outcome in NO_CLAIM:
        yield f"{name}: {NO_CLAIM[report.outcome]}"
    for claim in report.claims:
        yield f"{name}: {printable(claim.tag)} {'holds' if claim.holds else 'is false'}"
    for rule, found in _by_rule(_shared(report.claims)):
        yield from _evidence(rule, found)
    if not brief:
        if report.oldest:
            yield f"  oldest level that holds: {report.oldest}"
        for rule, found in _by_rule(report.advice):
            yield from _evidence(rule, found, "  advice: ")


def _shared(claims: list[Claim]) -> list[Finding]:
    """Return the findings against any claim, each once."""
    against = {id(finding): finding for claim in claims for finding in claim.against}
    return list(against.values())


def _by_rule(findings: Iterable[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """Group findings by rule; what speaks against most levels comes first."""
    rules: dict[str, list[Finding]] = {}
    for finding in findings:
        rules.setdefault(finding.rule, []).append(finding)
    for rule, found in rules.items():
        yield rule, sorted(found, key=lambda finding: finding.min_level, reverse=True)


def _evidence(rule: str, found: list[Finding], lead: str = "  ") -> Iterator[str]:
    yield f"{lead}{rule}"
    for finding in found[:ENOUGH]:
        where = f"{printable(finding.member)}: " if finding.member else ""
        yield f"    {where}{printable(finding.text)}"
    if len(found) > ENOUGH:
        yield f"    and {len(found) - ENOUGH} more"
