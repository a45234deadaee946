"""Reports as JSON, one object per line; ``audit.schema.json`` describes them."""

from __future__ import annotations

import json

from manylinux_reference.reading.policy import NEVER
from manylinux_reference.rules.findings import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.rules.findings import Claim, Finding, Report

FORMAT = 2


def line(report: Report) -> str:
    """Return a report as one line of JSON."""
    return json.dumps(as_object(report), ensure_ascii=True)


def as_object(report: Report) -> dict[str, object]:
    """Return a report as plain data, after the published schema."""
    return {
        "format": FORMAT,
        "wheel": report.path.rpartition("/")[2],
        "outcome": report.outcome,
        "claims": [
            {
                "tag": claim.tag,
                "outcome": claim.outcome,
                "holds": claim.outcome in (Outcome.HOLDS, Outcome.OBJECTIONS),
                "findings": [_finding(finding) for finding in claim.against],
                "versions": _versions(claim),
            }
            for claim in report.claims
        ],
        "other_tags": report.others,
        "oldest": report.oldest,
        "oldest_by_symbols": report.by_symbols,
        "advice": [_finding(finding) for finding in report.advice],
        "elf_files": report.files,
        "error": report.error,
        "member": report.member,
    }


def _finding(finding: Finding) -> dict[str, object]:
    major, minor = finding.min_level
    known = not finding.advice and major < NEVER[0]
    return {
        "rule": finding.rule,
        "basis": finding.basis,
        "member": finding.member,
        "text": finding.text,
        "holds_from": f"{major}.{minor}" if known else None,
        "condition": finding.condition or None,
        **finding.evidence,
        **({"symbols": finding.symbols} if _is_whole(finding) else {}),
    }


def _is_whole(finding: Finding) -> bool:
    """Return whether a finding's symbols stand nowhere else in the report."""
    return bool(finding.symbols) and "version" not in finding.evidence


def _versions(claim: Claim) -> list[dict[str, object]]:
    """Return each version that is too new, with all its symbols and their files."""
    found: dict[tuple[object, object], list[Finding]] = {}
    for finding in claim.against:
        if "version" in finding.evidence:
            key = finding.evidence["library"], finding.evidence["version"]
            found.setdefault(key, []).append(finding)
    return [
        {
            "library": library,
            "version": version,
            "holds_from": _finding(group[0])["holds_from"],
            "files": [finding.member for finding in group],
            "symbols": _symbols(group),
        }
        for (library, version), group in found.items()
    ]


def _symbols(group: list[Finding]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in group:
        for symbol in finding.symbols:
            found.setdefault(symbol, []).append(finding.member)
    return found
