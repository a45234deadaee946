"""Answers the suite's question about a wheel, with a mutation in force or without."""

from __future__ import annotations

from manylinux_reference import audit_command
from manylinux_reference.audit_json import as_object
from manylinux_reference.auditing import report_on


def answer_audit(wheel: str) -> dict[str, object]:
    """Return the report on the wheel at a path, and the status of ``check``."""
    report = report_on(wheel)
    status = audit_command.exit_status(report, checking=True)
    return {**as_object(report), "status": status}
