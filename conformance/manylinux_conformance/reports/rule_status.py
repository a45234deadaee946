"""The status of a rule: what all answers to it, together, say about a tool."""

from __future__ import annotations

import enum
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from manylinux_conformance.results.consequences import (
    NO_CONSEQUENCES,
    Consequences,
    consequences,
)
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.systems import System, system_of
from manylinux_conformance.results.verdicts import DIFFERING, Verdict


class RuleStatus(enum.StrEnum):
    """Whether a tool keeps a rule, from what was measured."""

    KEEPS = "keeps"
    IN_PART = "keeps-in-part"  # a breach in some of the places asked
    BREAKS = "breaks"  # a breach in all that are as real as any that was asked
    NOT_SHOWN = "not-shown"  # what is wrong there has its cause in another rule
    DECLINES = "declines"
    TROUBLE = "trouble"  # no answer came, and nothing is known
    NOT_ASKED = "not-asked"

    @property
    def symbol(self) -> str:
        """One character, so that colour is never the only sign."""
        return SYMBOLS[self]

    @property
    def words(self) -> str:
        """The status in words that follow a tool's name."""
        return WORDS[self]


SYMBOLS = {
    RuleStatus.KEEPS: "✓",
    RuleStatus.IN_PART: "◐",
    RuleStatus.BREAKS: "✗",
    RuleStatus.NOT_SHOWN: "?",
    RuleStatus.DECLINES: "○",
    RuleStatus.TROUBLE: "!",
    RuleStatus.NOT_ASKED: "·",
}
WORDS = {
    RuleStatus.KEEPS: "keeps the rule",
    RuleStatus.IN_PART: "keeps the rule in part",
    RuleStatus.BREAKS: "breaks the rule",
    RuleStatus.NOT_SHOWN: "not shown, because of another rule",
    RuleStatus.DECLINES: "declines",
    RuleStatus.TROUBLE: "gave no answer",
    RuleStatus.NOT_ASKED: "was not asked",
}
BREACHED = (RuleStatus.IN_PART, RuleStatus.BREAKS)
DECIDED = (RuleStatus.KEEPS, *BREACHED)  # who declines has not kept a rule
QUIET = (  # where nothing is breached, the first of these that shows anywhere
    RuleStatus.TROUBLE,
    RuleStatus.KEEPS,
    RuleStatus.NOT_SHOWN,
    RuleStatus.DECLINES,
)
ANSWERED = (Verdict.PASS, *DIFFERING)
UNEXPLAINED = "*"  # behind a sign: a wrong answer without a recorded deviation
LEGEND = {status.symbol: status.words for status in RuleStatus} | {
    UNEXPLAINED: "behind a sign: no recorded deviation explains it yet"
}


@dataclass(frozen=True, slots=True)
class Tally:
    """In how many of the places that were asked a rule is kept."""

    kept: int
    asked: int

    def __str__(self) -> str:
        """Return ``29/30``."""
        return f"{self.kept}/{self.asked}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a tool stands to one rule.

    ``tallies`` has the systems on which the rule was decided, the most real first.
    ``is_explained``: every wrong answer has a recorded deviation.
    ``causes`` are the deviations of wrong controls, of consequences and of what those
    follow from, by identifier or else by kind.
    ``left_open`` are the platforms that show nothing, since another rule is broken.
    """

    status: RuleStatus
    tallies: Mapping[System, Tally]
    is_explained: bool
    causes: tuple[str, ...]
    left_open: tuple[str, ...] = ()

    @property
    def sign(self) -> str:
        """The symbol, marked if something is not explained."""
        return self.status.symbol + ("" if self.is_explained else UNEXPLAINED)

    @property
    def counts(self) -> str:
        """Return ``real systems 29/30, models 12/12``; empty if nothing was decided."""
        parts = (f"{system.plural} {tally}" for system, tally in self.tallies.items())
        return ", ".join(parts)

    @property
    def fails_really(self) -> bool:
        """Whether the rule is breached on a real system, or on a wheel given to it."""
        return any(tally.kept < tally.asked for tally in self._real_tallies)

    @property
    def is_real(self) -> bool:
        """Whether the rule was decided on a real system, or on a wheel given to it."""
        return bool(self._real_tallies)

    @property
    def _real_tallies(self) -> list[Tally]:
        found = (self.tallies.get(one) for one in (System.REAL, System.WHEEL))
        return [tally for tally in found if tally]

    @property
    def words(self) -> str:
        """The status with its counts, in words that follow a tool's name."""
        known = "" if self.is_explained else "; not explained yet"
        counts = f": {self.counts}" if self.counts else ""
        names = ", ".join(self.left_open)
        says_so = not names or self.status is RuleStatus.NOT_SHOWN
        left_open = (
            "" if says_so else f"; not shown on {names}, because of another rule"
        )
        return f"{self.status.words}{counts}{left_open}{known}"


def standings(
    results: Sequence[Result], parents: Mapping[str, str]
) -> dict[str, Standing]:
    """Return what all that a tool answered in one role comes to, rule by rule.

    ``parents`` has the rule that each corollary follows from.
    """
    follows = consequences(results, parents)
    return {rule: standing(found, follows) for rule, found in by_rule(results).items()}


def standing(
    results: Iterable[Result], follows: Consequences = NO_CONSEQUENCES
) -> Standing:
    """Return what a tool's answers to one rule come to; drafts count for nothing.

    ``follows`` has what another rule explains.
    """
    counted = [result for result in results if not result.draft]
    wrong = [result for result in counted if result.verdict in DIFFERING]
    implied = {result for result in wrong if follows.cause_of(result)}
    controls = {result for result in wrong if result.control} - implied
    shown = _Shown(
        breaches={result for result in wrong if not result.control} - implied,
        silent={result for result in counted if follows.is_silent(result)},
        undecided={_place(result) for result in controls | implied},
    )
    found: dict[System, Counter[RuleStatus]] = defaultdict(Counter)
    explained = {_place(result) for result in implied | shown.silent}
    left_open = []
    for place, answers in _by_place(counted).items():
        status = shown.at_one_place(place, answers)
        found[place.system][status] += 1
        if status is RuleStatus.NOT_SHOWN and place in explained:
            left_open.append(place.where)
    inherited = any(follows.is_inherited(result) for result in implied)
    holds = not inherited and _hold(counted, controls, implied)
    status = _over_all(found, controls_hold=holds)
    causes = {one.cause or one.deviation for one in controls | implied}
    causes = causes.union(*(follows.causes_behind(one) for one in implied))
    for right in (one for one in shown.silent if one.where in left_open):
        causes |= follows.causes_of_silence(right)
    return Standing(
        status,
        {} if status is RuleStatus.NOT_SHOWN else dict(_tallies(found)),
        all(result.deviation for result in wrong),
        tuple(sorted(causes - {""})),
        tuple(dict.fromkeys(left_open)),
    )


class _Place(NamedTuple):
    """A platform, or the wheel of which an auditor was asked."""

    system: System
    where: str
    wheel: str


def _place(result: Result) -> _Place:
    wheel = "" if result.platform else result.case
    return _Place(system_of(result), result.where, wheel)


def _by_place(results: Iterable[Result]) -> Mapping[_Place, list[Result]]:
    places: dict[_Place, list[Result]] = defaultdict(list)
    for result in results:
        places[_place(result)].append(result)
    return places


def _hold(results: Iterable[Result], wrong: set[Result], implied: set[Result]) -> bool:
    """Return whether controls show that the question could be decided.

    One whose cause is another rule says nothing of other platforms, as long as one
    of them has a right one.
    """
    right = any(one.control and one.verdict is Verdict.PASS for one in results)
    return not wrong and (right or not any(one.control for one in implied))


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the answers to one rule show.

    ``silent`` are right answers that show nothing, and ``undecided`` the places where
    a wrong answer leaves the rule open, unless another one is a breach.
    """

    breaches: set[Result]
    silent: set[Result]
    undecided: set[_Place]

    def at_one_place(self, place: _Place, answers: Sequence[Result]) -> RuleStatus:
        """Return the status at one place."""
        verdicts = {result.verdict for result in answers}
        right = {one for one in answers if one.verdict is Verdict.PASS}
        decisive = {one for one in right if not one.control} - self.silent
        answered = not verdicts.isdisjoint(ANSWERED)
        for status, holds in (
            (RuleStatus.BREAKS, not self.breaches.isdisjoint(answers)),
            (RuleStatus.TROUBLE, Verdict.INFRASTRUCTURE in verdicts),
            (RuleStatus.NOT_SHOWN, place in self.undecided and answered),
            (RuleStatus.KEEPS, bool(decisive)),
            (RuleStatus.NOT_SHOWN, not self.silent.isdisjoint(answers)),
            (RuleStatus.DECLINES, Verdict.DECLINED in verdicts),
        ):
            if holds:
                return status
        return RuleStatus.NOT_ASKED


def _over_all(
    found: Mapping[System, Counter[RuleStatus]], *, controls_hold: bool
) -> RuleStatus:
    """Return the status from those of the places; a model is no more than a model.

    A control may be wrong in another place than the one that it is a control of: who
    takes no wheel on glibc has not shown why it takes none on musl.
    """
    seen = {status for counts in found.values() for status in counts}
    if RuleStatus.BREAKS not in seen:
        if RuleStatus.TROUBLE not in seen and not controls_hold:
            return RuleStatus.NOT_SHOWN
        return next((each for each in QUIET if each in seen), RuleStatus.NOT_ASKED)
    for system in (System.REAL, System.WHEEL, System.MODEL):
        counts = found.get(system, Counter())
        if counts[RuleStatus.BREAKS] + counts[RuleStatus.KEEPS]:
            everywhere = not counts[RuleStatus.KEEPS]
            return RuleStatus.BREAKS if everywhere else RuleStatus.IN_PART
    return RuleStatus.IN_PART


def _tallies(
    found: Mapping[System, Counter[RuleStatus]],
) -> Iterable[tuple[System, Tally]]:
    for system in System:
        counts = found.get(system, Counter())
        kept = counts[RuleStatus.KEEPS]
        if asked := kept + counts[RuleStatus.BREAKS]:
            yield system, Tally(kept, asked)


def by_rule(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Group results by their rule, in the order in which rules appear."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.rule].append(result)
    return dict(groups)
