"""Since when: what each release asked makes of each rule, and where that changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from manylinux_conformance.history.answers import (
    Answers,
    Asked,
    Question,
    Release,
    Since,
)
from manylinux_conformance.history.controls import SILENT, UNKNOWN
from manylinux_conformance.history.expand import aligned
from manylinux_conformance.reports.rule_status import BREACHED, RuleStatus
from manylinux_conformance.results.verdicts import Role, Verdict

Cells = dict[tuple[str, str], Since]  # by case and place


@dataclass(frozen=True, slots=True)
class Change:
    """The status of a rule from one release on, until the next change.

    ``before`` is the last release asked before it, None for the first that was asked.
    ``how`` says how else the same release was asked, if that made the change and not a
    release: on another Python, or by another command.
    ``is_loss``: a question that the release before answered right is answered wrong.
    """

    status: RuleStatus
    release: Release
    before: Release | None = None
    how: str = ""
    is_loss: bool = False


@dataclass(frozen=True, slots=True)
class Regression:
    """A rule that was kept from one release on, lost, and perhaps kept again."""

    rule: str
    kept: Change
    lost: Change
    again: Change | None


@dataclass(frozen=True, slots=True)
class RuleHistory:
    """One rule's way through the releases of a tool; a list for each interpreter."""

    rule: str
    changes: tuple[Change, ...]

    @property
    def first(self) -> Change | None:
        """The first release that keeps the rule, None if none does."""
        return next((one for one in self.changes if _keeps(one)), None)

    @property
    def regressions(self) -> tuple[Regression, ...]:
        """The releases that no longer keep it, though the one before did."""
        pairs = enumerate(zip(self.changes, self.changes[1:], strict=False))
        return tuple(
            Regression(self.rule, self._kept_since(number), new, self._again(number))
            for number, (old, new) in pairs
            if _keeps(old) and new.status in BREACHED and new.is_loss
        )

    def _kept_since(self, number: int) -> Change:
        """Return since when a rule was kept; what shows nothing was no interruption."""
        before = self.changes[max(number - 2, 0) : number]
        match before:
            case [kept, unshown] if _keeps(kept) and _shows_nothing(unshown):
                return self._kept_since(number - 2)
        return self.changes[number]

    def _again(self, number: int) -> Change | None:
        return next((one for one in self.changes[number + 2 :] if _keeps(one)), None)

    @property
    def keeps_now(self) -> bool:
        """Whether the newest release asked keeps the rule."""
        return _keeps(self.changes[-1])


def _keeps(change: Change) -> bool:
    return change.status is RuleStatus.KEEPS


def _shows_nothing(change: Change) -> bool:
    return change.status is RuleStatus.NOT_SHOWN


def rule_histories(answers: Answers) -> list[RuleHistory]:
    """Return the way of each rule, in the order of the rules' names.

    Where one release was asked in two ways, the first is the one that neighbours before
    it are compared with, and the second the one for those behind it; ``disagreements``
    has what differs.
    """
    by_rule = _by_rule(answers.questions)
    spans = answers.header.spans
    place = _wheel if answers.header.role is Role.AUDITOR else _platform
    return [
        RuleHistory(rule, tuple(_changes(by_rule[rule], spans, place)))
        for rule in sorted(by_rule)
    ]


def disagreements(answers: Answers) -> Iterator[tuple[Release, Question]]:
    """Yield each question that one release, asked in two ways, answers in two.

    That it declines in one of them says nothing.
    """
    spans = answers.header.spans
    for question in answers.questions:
        found: dict[str, Since] = {}
        for number, span in enumerate(spans):
            cells = aligned(question, number, span)
            for release, cell in zip(span.releases, cells, strict=True):
                before = found.setdefault(release.version, cell) if cell else None
                if not (before and cell) or SILENT & {before.verdict, cell.verdict}:
                    continue
                if _sense(before) != _sense(cell):
                    yield release, question


def _sense(cell: Since) -> tuple[Verdict, str]:
    """Return what must be equal on two Pythons; tags as cp37 are another's there."""
    return cell.verdict, cell.nothing_shown


def _platform(key: tuple[str, str]) -> str:
    return key[1]


def _wheel(key: tuple[str, str]) -> str:
    """Return what an auditor has in the place of a platform, as on a rule's page."""
    return "/".join(key)


def _by_rule(questions: Iterable[Question]) -> dict[str, list[Question]]:
    found: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        if not question.control:
            found[question.rule].append(question)
    return found


def _changes(
    questions: Sequence[Question],
    spans: Sequence[Asked],
    place: Callable[[tuple[str, str]], str],
) -> Iterator[Change]:
    """Yield the releases at which the status of a rule changes."""
    before: Change | None = None
    last: Release | None = None
    known: Cells = {}
    for how, release, cells in _columns(questions, spans):
        status = status_of((place(key), cell) for key, cell in cells.items())
        if before is None or before.status is not status:
            is_loss = not how and any(
                cell.verdict is Verdict.FAIL and _is_right(known.get(key))
                for key, cell in cells.items()
            )
            before = Change(status, release, None if how else last, how, is_loss)
            yield before
        last, known = release, cells


def _is_right(cell: Since | None) -> bool:
    return bool(cell and cell.verdict is Verdict.PASS and not cell.nothing_shown)


def _columns(
    questions: Sequence[Question], spans: Sequence[Asked]
) -> Iterator[tuple[str, Release, Cells]]:
    """Yield each release with its answers, and how else it was asked, if again."""
    seen: dict[str, int] = {}
    for number, span in enumerate(spans):
        every = [aligned(question, number, span) for question in questions]
        for position, release in enumerate(span.releases):
            cells = {
                (question.case, question.where): cell
                for question, found in zip(questions, every, strict=True)
                if (cell := found[position])
            }
            before = seen.setdefault(release.version, number)
            yield _how(spans[before], span) if before != number else "", release, cells


def _how(first: Asked, again: Asked) -> str:
    """Say how else a release was asked."""
    if first.python == again.python:
        return "by another command"
    return f"on Python {again.python}"


def status_of(cells: Iterable[tuple[str, Since]]) -> RuleStatus:
    """Return what the answers to a rule, with where they were given, come to."""
    places: dict[str, list[Since]] = defaultdict(list)
    is_known = True
    for where, cell in cells:
        is_known &= cell.nothing_shown != UNKNOWN
        if not cell.nothing_shown and cell.verdict is not Verdict.NOT_ASKED:
            places[where].append(cell)
    kinds = {where: _kind(found) for where, found in places.items()}
    found = set(kinds.values())
    if Verdict.FAIL in found:
        whole = found & {Verdict.PASS}
        return RuleStatus.IN_PART if whole else RuleStatus.BREAKS
    if not is_known:
        return RuleStatus.NOT_SHOWN
    for verdict, status in (
        (Verdict.PASS, RuleStatus.KEEPS),
        (Verdict.ERROR, RuleStatus.TROUBLE),
        (Verdict.DECLINED, RuleStatus.DECLINES),
    ):
        if verdict in found:
            return status
    return RuleStatus.NOT_SHOWN


def _kind(cells: Iterable[Since]) -> Verdict:
    """Return what the answers at one place come to: the worst, declined ones aside."""
    verdicts = [key for key, _ in groupby(sorted(cell.verdict for cell in cells))]
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    if Verdict.PASS in verdicts:
        return Verdict.PASS
    return Verdict.DECLINED if verdicts == [Verdict.DECLINED] else Verdict.ERROR
