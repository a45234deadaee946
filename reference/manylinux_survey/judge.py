"""Judges one wheel, wherever it is, in the process of a worker."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache

import msgspec
from manylinux_reference.commands.many_wheels import report_on
from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.policy import NEVER
from manylinux_reference.rules import tags
from manylinux_reference.rules.findings import Finding, Outcome, Report

from manylinux_survey.http_session import HttpSession
from manylinux_survey.remote_file import RemoteFile
from manylinux_survey.rows import ClaimRow, FindingRow, Judged, Offer, Settings


@cache
def _session(agent: str, interval: float) -> HttpSession:
    """Return the connections of this process, which outlast one wheel."""
    return HttpSession(agent, interval)


def judge(offer: Offer, settings: Settings) -> Judged:
    """Judge a wheel.  What is wrong with it, or with its server, is a result too."""
    started = time.process_time()
    if offer.is_remote:
        judged = _judge_remote(offer, settings)
    else:
        judged = _row(offer, report_on(offer.address, hashes=settings.hashes))
        judged = msgspec.structs.replace(judged, whole=settings.hashes, size=offer.size)
    return msgspec.structs.replace(
        judged, cpu_seconds=round(time.process_time() - started, 4)
    )


def _judge_remote(offer: Offer, settings: Settings) -> Judged:
    http = _session(settings.agent, settings.interval)
    before = http.requests, http.fetched
    try:
        file = RemoteFile(http, offer.address, offer.size, settings.largest)
    except NotJudgedError as error:
        judged = not_judged(offer, error.reason)
    else:
        hashes = settings.hashes and file.is_whole
        report = report_on(offer.filename, hashes=hashes, file=file)
        judged = msgspec.structs.replace(
            _row(offer, report), whole=hashes, unread=file.unread, size=file.length
        )
    return msgspec.structs.replace(
        judged, requests=http.requests - before[0], fetched=http.fetched - before[1]
    )


def not_judged(offer: Offer, reason: str) -> Judged:
    """Return the row of a wheel about which nothing is known, and why."""
    return Judged(
        offer=offer,
        outcome=Outcome.NOT_JUDGED,
        error=reason,
        whole=False,
        size=offer.size,
    )


def _row(offer: Offer, report: Report) -> Judged:
    found = [(claim.tag, each) for claim in report.claims for each in claim.against]
    found += [("", each) for each in report.advice]
    return Judged(
        offer=offer,
        outcome=report.outcome,
        claims=tuple(_claims(report)),
        findings=tuple(_finding(tag, each) for tag, each in found),
        oldest=report.oldest or "",
        oldest_by_symbols=report.by_symbols or "",
        elf_files=report.files,
        error=report.error,
        member=report.member,
    )


def _claims(report: Report) -> Iterator[ClaimRow]:
    for claim in report.claims:
        promise = tags.parse(claim.tag)
        if promise:
            (major, minor), arch = promise
            yield ClaimRow(claim.tag, f"{major}.{minor}", arch, claim.outcome)


def _finding(tag: str, finding: Finding) -> FindingRow:
    major, minor = finding.min_level
    known = not finding.advice and major < NEVER[0]
    evidence = finding.evidence
    return FindingRow(
        rule=finding.rule,
        basis=finding.basis,
        member=finding.member,
        text=finding.text,
        tag=tag,
        holds_from=f"{major}.{minor}" if known else "",
        condition=finding.condition,
        library=str(evidence.get("library", "")),
        version=str(evidence.get("version", "")),
        symbols=len(finding.symbols),
    )
