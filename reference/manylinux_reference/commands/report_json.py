"""Reports as JSON, one object per line; ``audit.schema.json`` describes them."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.rules.wheel.finding import Finding
    from manylinux_reference.rules.wheel.report import Report

FORMAT = 1
NEVER_HOLDS = 1_000


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
                "holds": claim.holds,
                "findings": [_finding(finding) for finding in claim.against],
            }
            for claim in report.claims
        ],
        "oldest": report.oldest,
        "advice": [_finding(finding) for finding in report.advice],
        "elf_files": report.files,
        "error": report.error,
        "member": report.member,
    }


def _finding(finding: Finding) -> dict[str, object]:
    major, minor = finding.holds_from
    known = not finding.advice and major < NEVER_HOLDS
    return {
        "rule": finding.rule,
        "member": finding.member,
        "text": finding.text,
        "holds_from": f"{major}.{minor}" if known else None,
        **finding.evidence,
    }
