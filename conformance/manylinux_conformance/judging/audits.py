"""Judges what an auditor said about a wheel of the corpus.

The corpus's manifest says what is right, written down from the rule; most questions ask
whether the wheel's claims hold.  Some rules ask something else: the exit status, the
oldest level, a wheel without ELF files, and what a repair leaves behind.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from manylinux_fixtures.manifest import Line
from manylinux_fixtures.recipes import Expectation

from manylinux_conformance.corpus.hostile import HOSTILE
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.sandbox.process import fit_for_report

OLDEST_LEVEL = "auditor.report.oldest-level"
EXIT_STATUS = "auditor.exit.false-claim"
NO_ELF = "auditor.outcome.no-elf"
REMOVES_FALSE = "auditor.retag.removes-false"
NOTHING_LEFT = "auditor.repair.nothing-on-failure"
REPAIRED_CONFORMS = "auditor.repair.conforms"
REPAIRS = (REMOVES_FALSE, NOTHING_LEFT, REPAIRED_CONFORMS)
UNSTATED = ("unstated", "none", "")

CONFORMS, VIOLATES = "conforms", "violates"
ADVISED, PURE = "conforms, with advice", "no ELF files"


class AuditAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What an auditor said about one wheel, also as a line of JSON.

    ``conforms``: every claim holds; absent if there is no answer.  Whatever else a
    line holds is the auditor's own business.
    ``refused``: it says itself that it cannot read the wheel.
    ``advises``: it advises against something that makes no claim false; absent if it
    never advises.
    ``pure``: the wheel has no ELF files; absent if there is no such outcome.
    ``oldest``: the oldest platform tag that would hold, null if there is none; absent
    if it never says.
    ``status``: the exit status of a command that validates or repairs.
    ``left``: the platform tags of each wheel that a repair left behind.
    ``declined``, ``error``, ``timeout``: why there is no answer, or why the wheel does
    not conform.
    """

    conforms: bool | None = None
    refused: bool = False
    advises: bool | None = None
    pure: bool | None = None
    oldest: str | msgspec.UnsetType | None = msgspec.UNSET
    status: int | None = None
    left: tuple[tuple[str, ...], ...] = ()
    reason: str = ""
    declined: str = ""
    error: str = ""
    timeout: bool = False


@dataclass(frozen=True, slots=True)
class _Judged:
    verdict: Verdict
    expected: str
    answer: str


def audit_result(line: Line, answer: AuditAnswer) -> Result:
    """Return the result of one question."""
    judged = _judge(line, answer)
    rule, name, arch = line.id.split("/")
    return Result(
        case=f"{rule}/{name}",
        rule=rule,
        arch=arch,
        verdict=judged.verdict,
        expected=judged.expected,
        answer=judged.answer,
        reason=fit_for_report(answer.declined or answer.error or answer.reason),
    )


def unasked_result(line: Line, reason: str) -> Result:
    """Return that a question cannot be put to a tool here."""
    nothing = audit_result(line, AuditAnswer())
    return msgspec.structs.replace(
        nothing, verdict=Verdict.NOT_ASKED, answer="", reason=reason
    )


def _judge(line: Line, answer: AuditAnswer) -> _Judged:
    judged = _JUDGES.get(line.rule, _judge_claims)(line, answer)
    if answer.declined:
        return _Judged(Verdict.DECLINED, judged.expected, "")
    refused = answer.refused and line.rule == HOSTILE
    if answer.conforms is None and answer.error and not refused:
        verdict = Verdict.TIMEOUT if answer.timeout else Verdict.ERROR
        return _Judged(verdict, judged.expected, "")
    return judged


def _compare(expected: str, answer: str) -> _Judged:
    right = Verdict.PASS if expected == answer else Verdict.FAIL
    return _Judged(right, expected, answer)


def _truth(line: Line) -> str:
    return VIOLATES if line.expectation is Expectation.VIOLATES else CONFORMS


def _judge_claims(line: Line, answer: AuditAnswer) -> _Judged:
    """Judge the claims, and the advice of those who give any."""
    truth, words = _truth(line), CONFORMS if answer.conforms else VIOLATES
    if answer.advises is None:
        return _compare(truth, words)
    if line.expectation is Expectation.DISCOURAGED:
        truth = ADVISED
    return _compare(truth, ADVISED if answer.conforms and answer.advises else words)


def _judge_pure(line: Line, answer: AuditAnswer) -> _Judged:
    if answer.pure is None:
        return _judge_claims(line, answer)
    truth = PURE if _truth(line) == VIOLATES else CONFORMS
    words = CONFORMS if answer.conforms else VIOLATES
    return _compare(truth, PURE if answer.pure and not answer.conforms else words)


def _judge_status(line: Line, answer: AuditAnswer) -> _Judged:
    truth = "status 0" if _truth(line) == CONFORMS else "another status than 0"
    return _compare(
        truth, "status 0" if answer.status == 0 else "another status than 0"
    )


def _judge_oldest(line: Line, answer: AuditAnswer) -> _Judged:
    expected = f"manylinux_{line.oldest}_{line.arch}"
    if answer.oldest is msgspec.UNSET and answer.conforms:
        return _Judged(Verdict.DECLINED, expected, "")
    return _compare(expected, answer.oldest or "none")


def _judge_retag(line: Line, answer: AuditAnswer) -> _Judged:
    """Judge the repaired wheel's tags; one that is not written claims nothing."""
    unwanted = {*line.false, f"linux_{line.arch}"}
    expected = f"a wheel without {' '.join(sorted(unwanted))}"
    if not answer.left:
        return _Judged(Verdict.DECLINED, expected, "no wheel")
    kept = [tag for tags in answer.left for tag in tags]
    verdict = Verdict.FAIL if unwanted & set(kept) else Verdict.PASS
    return _Judged(verdict, expected, " ".join(kept))


def _judge_leftovers(line: Line, answer: AuditAnswer) -> _Judged:
    wanted = _truth(line) == CONFORMS
    words = {True: "a wheel", False: "no wheel"}
    return _compare(words[wanted], words[bool(answer.left)])


def _judge_repaired(_: Line, answer: AuditAnswer) -> _Judged:
    if not answer.left:
        return _Judged(Verdict.DECLINED, CONFORMS, "no wheel")
    return _compare(CONFORMS, CONFORMS if answer.conforms else VIOLATES)


_JUDGES = {
    OLDEST_LEVEL: _judge_oldest,
    EXIT_STATUS: _judge_status,
    NO_ELF: _judge_pure,
    REMOVES_FALSE: _judge_retag,
    NOTHING_LEFT: _judge_leftovers,
    REPAIRED_CONFORMS: _judge_repaired,
}
