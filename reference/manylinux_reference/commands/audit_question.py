"""Answers the suite's question about a wheel."""

from __future__ import annotations

from manylinux_reference.commands.many_wheels import report_on
from manylinux_reference.commands.report_json import as_object
from manylinux_reference.rules.wheel.audit import exit_status
from manylinux_reference.rules.wheel.report import Outcome


def answer_audit(wheel: str) -> dict[str, object]:
    """Return the report on the wheel at a path, and the status of ``check``.

    ``conforms`` says whether there are claims and all of them hold, ``reason`` which
    rules speak against them, ``advises`` whether there is advice, ``pure`` whether
    there is no ELF file.
    """
    report = report_on(wheel)
    against = {finding.rule for claim in report.claims for finding in claim.against}
    return {
        **as_object(report),
        "conforms": report.outcome == Outcome.HOLDS,
        "reason": ", ".join(sorted(against)),
        "refused": report.outcome == Outcome.UNUSABLE,
        "advises": bool(report.advice),
        "pure": report.outcome == Outcome.NO_ELF,
        "status": exit_status(report, checking=True),
    }
