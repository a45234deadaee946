"""The status of a rule: what all answers to it, together, say about a tool."""

from __future__ import annotations

import enum
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from manylinux_conformance.results.consequences import (
    EVERY_PLATFORM_IS_KNOWN,
    UnknownPlatforms,
    unknown_platforms,
)
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.systems import System, system_of
from manylinux_conformance.results.verdicts import DIFFERING, Verdict


class RuleStatus(enum.StrEnum):
    """Whether a tool keeps a rule, from what was measured."""

    KEEPS = "keeps"
    IN_PART = "keeps-in-part"  # a breach in some of the places asked
    BREAKS = "breaks"  # a breach in all that are as real as any that was asked
    NOT_SHOWN = "not-shown"  # controls alone are wrong: another rule is the cause
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
    ``causes`` are the deviations of wrong controls and of consequences, by identifier
    or else by kind.
    ``unknown`` are the platforms that show nothing, since the tool refuses their own
    wheels.
    """

    status: RuleStatus
    tallies: Mapping[System, Tally]
    is_explained: bool
    causes: tuple[str, ...]
    unknown: tuple[str, ...] = ()

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
        names = ", ".join(self.unknown)
        unknown = f"; not shown on {names}, whose own wheels it refuses"
        return f"{self.status.words}{counts}{unknown if names else ''}{known}"


def standings(results: Sequence[Result]) -> dict[str, Standing]:
    """Return what all that a tool answered in one role comes to, rule by rule."""
    unknown = unknown_platforms(results)
    return {rule: standing(found, unknown) for rule, found in by_rule(results).items()}


def standing(
    results: Iterable[Result], unknown: UnknownPlatforms = EVERY_PLATFORM_IS_KNOWN
) -> Standing:
    """Return what a tool's answers to one rule come to; drafts count for nothing.

    A place is a platform, or the wheel of which an auditor was asked.
    ``unknown`` has the platforms whose own wheels the tool refuses.
    """
    counted = [result for result in results if not result.draft]
    wrong = [result for result in counted if result.verdict in DIFFERING]
    implied = {result for result in wrong if unknown.is_consequence(result)}
    controls = {result for result in wrong if result.control} - implied
    shown = _Shown(
        breaches={result for result in wrong if not result.control} - implied,
        silent={result for result in counted if unknown.is_silent(result)},
        undecided={result.where for result in controls | implied},
    )
    found: dict[System, Counter[RuleStatus]] = defaultdict(Counter)
    left_open = []
    for (system, where, _), answers in _by_place(counted).items():
        status = shown.at_one_place(where, answers)
        found[system][status] += 1
        if status is RuleStatus.NOT_SHOWN and where in unknown.platforms:
            left_open.append(where)
    status = _over_all(found, controls_hold=_hold(counted, controls, implied))
    causes = {one.cause or one.deviation for one in controls | implied}
    return Standing(
        status,
        {} if status is RuleStatus.NOT_SHOWN else dict(_tallies(found)),
        all(result.deviation for result in wrong),
        tuple(sorted(causes - {""})),
        tuple(left_open),
    )


def _by_place(
    results: Iterable[Result],
) -> Mapping[tuple[System, str, str], list[Result]]:
    places: dict[tuple[System, str, str], list[Result]] = defaultdict(list)
    for result in results:
        case = "" if result.platform else result.case
        places[system_of(result), result.where, case].append(result)
    return places


def _hold(results: Iterable[Result], wrong: set[Result], implied: set[Result]) -> bool:
    """Return whether controls show that the question could be decided.

    One that is wrong on an unknown platform says nothing of the others, as long as one
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
    undecided: set[str]

    def at_one_place(self, where: str, answers: Sequence[Result]) -> RuleStatus:
        """Return the status at one place."""
        verdicts = {result.verdict for result in answers}
        right = {one for one in answers if one.verdict is Verdict.PASS}
        decisive = {one for one in right if not one.control} - self.silent
        answered = not verdicts.isdisjoint(ANSWERED)
        for status, holds in (
            (RuleStatus.BREAKS, not self.breaches.isdisjoint(answers)),
            (RuleStatus.TROUBLE, Verdict.INFRASTRUCTURE in verdicts),
            (RuleStatus.NOT_SHOWN, where in self.undecided and answered),
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
