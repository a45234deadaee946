"""Reports as JSON, one object per line; ``audit.schema.json`` describes them."""

from __future__ import annotations

import json

from manylinux_reference.reading.policy import NEVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.rules.wheel.report import Finding, Report

FORMAT = 1


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
    major, minor = finding.min_level
    known = not finding.advice and major < NEVER[0]
    return {
        "rule": finding.rule,
        "member": finding.member,
        "text": finding.text,
        "holds_from": f"{major}.{minor}" if known else None,
        **finding.evidence,
    }
