"""What a gate finds in a wheel."""

from __future__ import annotations

from dataclasses import dataclass

from manylinux_reference.commands.many_wheels import report_on
from manylinux_reference.reading.unusable import printable
from manylinux_reference.rules.findings import Finding, Outcome
from manylinux_reference.rules.index import name_findings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from manylinux_reference.reading.archive import RangedFile
    from manylinux_reference.rules.findings import Report

ENOUGH = 10  # findings of one rule that are told of one file
SOME = 5  # symbols that a finding names
UNUSABLE, LIMITS = "index.archive.readable", "auditor.input.hostile"


class AuditFailedError(Exception):
    """Nothing can be said of a wheel, and the wheel is not to blame."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that speaks against a file, or that is advised; as ``Finding``."""

    rule: str
    basis: str
    text: str
    advice: bool = False
    member: str = ""
    symbols: tuple[str, ...] = ()


def found_in(
    path: str,
    provided: Sequence[tuple[str, str]] = (),
    file: RangedFile | None = None,
) -> list[Found]:
    """Return what is found about a file: about its name, or else about its contents.

    A wheel whose name no index takes is not opened.  ``file`` is read if the wheel is
    not at the path.
    """
    filename = path.rpartition("/")[2]
    named = list(name_findings(filename))
    if any(not each.advice for each in named):
        return list(told_of(named))
    report = report_on(path, provided, file=file)
    if report.outcome in (Outcome.UNUSABLE, Outcome.NOT_JUDGED):
        rule = UNUSABLE if report.outcome == Outcome.UNUSABLE else LIMITS
        return list(told_of([Finding(rule, report.member, report.error)]))
    return list(told_of([*named, *_against(report)]))


def _against(report: Report) -> Iterator[Finding]:
    """Yield the findings against any claim, each once, and then the advice."""
    seen = {id(each): each for claim in report.claims for each in claim.against}
    yield from (each for each in seen.values() if not each.provided)
    yield from report.advice


def told_of(findings: Iterable[Finding]) -> Iterator[Found]:
    """Yield findings; of each rule only some, and how many more there are."""
    counts: dict[tuple[str, str, bool], int] = {}
    for each in findings:
        kind = each.rule, each.basis, each.advice
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] > ENOUGH:
            continue
        text = each.text
        if each.condition:
            text = f"{text}, unless {each.condition}"
        yield Found(
            each.rule,
            each.basis,
            printable(text),
            each.advice,
            printable(each.member),
            tuple(map(printable, each.symbols[:SOME])),
        )
    for (rule, basis, advice), count in counts.items():
        if count > ENOUGH:
            yield Found(rule, basis, f"and {count - ENOUGH} more", advice)
