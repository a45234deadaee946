"""Consequences: answers that another rule explains, as premises or parents tell.

A corollary's wrong answers that have the cause on file of a breach of its parent, or of
the parent's own, break nothing more than that one.  Without a cause on file nobody has
said that it is the same one, and both are broken; a hint says that one may follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.premises import (
    PLAINEST,
    PREMISES,
    Premise,
    Version,
    refuses,
    versions,
)
from manylinux_conformance.results.verdicts import DIFFERING, Verdict
from manylinux_conformance.results.wheel_premises import WHEEL_PREMISES

BREACH = "a breach"
_Broken = tuple[str, str]  # a rule and the identifier of a cause
_Place = tuple[str, str]  # a rule and where it was asked
UNKNOWN = (0, 0)  # the version of a place that was not asked for its own


@dataclass(frozen=True, slots=True)
class Failed:
    """A premise that does not hold of a tool, in one role.

    ``places`` are those where it failed, and ``held`` those where it held; at ``named``
    a rule is broken that comes before its own.  ``wrong`` are the answers that failed.
    """

    premise: Premise
    places: frozenset[str]
    held: frozenset[str]
    named: frozenset[str]
    wrong: tuple[Result, ...]

    def is_at(self, where: str) -> bool:
        """Return whether it fails at a place, or fails of the tool altogether."""
        return where in self.places or (self.premise.is_of_tool and not self.held)

    def explains(self, result: Result, own: Version) -> bool:
        """Return whether a wrong answer has its cause in the premise's rule."""
        itself = result.rule == self.premise.rule and result.where not in self.named
        follows = self.premise.explains(result, own)
        return follows and not itself and self.is_at(result.where)

    def causes(self, result: Result) -> set[str]:
        """Return the deviations of it at a place, by identifier or else by kind."""
        here = [one for one in self.wrong if one.where == result.where]
        return {one.cause or one.deviation for one in here or self.wrong}


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows, in the answers of a tool in one role, from other broken rules.

    ``own`` has the glibc version of each place whose own wheels are taken.
    ``inherited`` has the rule, above a corollary, that is broken by the same cause, and
    ``suspected`` the one that is broken in the same place, where no cause is on file.
    """

    failed: tuple[Failed, ...] = ()
    own: Mapping[str, Version] = field(default_factory=dict)
    inherited: Mapping[_Broken, str] = field(default_factory=dict)
    suspected: Mapping[_Place, str] = field(default_factory=dict)

    def cause_of(self, result: Result) -> str:
        """Return in words what explains a wrong answer, empty if nothing does."""
        own = self.own.get(result.where, UNKNOWN)
        found = (one.premise.words for one in self.failed if one.explains(result, own))
        parent = self.inherited.get((result.rule, result.cause), "")
        return next(found, f"the cause breaks {parent}" if parent else "")

    def causes_behind(self, result: Result) -> set[str]:
        """Return the deviations from which a wrong answer follows, by a premise."""
        own = self.own.get(result.where, UNKNOWN)
        found = (one for one in self.failed if one.explains(result, own))
        return set().union(*(one.causes(result) for one in found))

    def is_inherited(self, result: Result) -> bool:
        """Return whether a wrong answer has the cause of a rule above its own."""
        return (result.rule, result.cause) in self.inherited

    def hint(self, result: Result) -> str:
        """Return in words which rule a breach may follow from, empty if nobody knows.

        It counts all the same, until a cause on file says that it is the same one.
        """
        above = self.suspected.get((result.rule, result.where), "")
        is_open = result.verdict in DIFFERING and not (result.cause or result.control)
        said = f"may follow from {above}, which is broken there, too"
        return said if above and is_open and not self.cause_of(result) else ""

    def is_silent(self, result: Result) -> bool:
        """Return whether a right answer shows nothing."""
        return any(self._silencing(result))

    def causes_of_silence(self, result: Result) -> set[str]:
        """Return the deviations for which a right answer shows nothing."""
        return set().union(*(one.causes(result) for one in self._silencing(result)))

    def _silencing(self, result: Result) -> Iterator[Failed]:
        own = self.own.get(result.where, UNKNOWN)
        for one in self.failed:
            if one.is_at(result.where) and one.premise.silences(result, own):
                yield one


NO_CONSEQUENCES = Consequences()


def counts_as(result: Result, follows: Consequences = NO_CONSEQUENCES) -> str:
    """Return what a wrong answer shows, in a few words."""
    if result.draft:
        return "nothing (draft)"
    if words := follows.cause_of(result):
        return f"no breach ({words})"
    return "no breach (control)" if result.control else BREACH


def breaches(
    results: Iterable[Result], follows: Consequences = NO_CONSEQUENCES
) -> Iterator[Result]:
    """Yield the wrong answers that count as breaches."""
    for one in results:
        if one.verdict in DIFFERING and counts_as(one, follows) == BREACH:
            yield one


def consequences(results: Iterable[Result], parents: Mapping[str, str]) -> Consequences:
    """Find them among all that a tool answered in one role.

    ``parents`` has the rule that each corollary follows from.
    """
    counted = [one for one in results if not one.draft]
    own = {
        one.where: max(versions(one.expected), default=UNKNOWN)
        for one in counted
        if one.case == PLAINEST and one.verdict is Verdict.PASS
    }
    premises = (*PREMISES, *WHEEL_PREMISES)
    failed = (_failed(premise, counted, own) for premise in premises)
    found = Consequences(tuple(one for one in failed if one.places), own)
    found = replace(found, inherited=_inherited(counted, found, parents))
    return replace(found, suspected=_suspected(counted, found, parents))


def _inherited(
    results: Iterable[Result], follows: Consequences, parents: Mapping[str, str]
) -> dict[_Broken, str]:
    """Return the highest rule above each corollary that its cause breaks, too."""
    broken = {(one.rule, one.cause) for one in breaches(results, follows) if one.cause}
    found: dict[_Broken, str] = {}
    for rule, cause in {(one.rule, one.cause) for one in results if one.cause}:
        for above in _above(rule, parents):
            if (above, cause) in broken:
                found[rule, cause] = above
    return found


def _suspected(
    results: Iterable[Result], follows: Consequences, parents: Mapping[str, str]
) -> dict[_Place, str]:
    """Return the highest rule above each corollary that is broken where it is."""
    broken = {(one.rule, one.where) for one in breaches(results, follows)}
    return {
        (rule, where): above
        for rule, where in broken
        for above in _above(rule, parents)
        if (above, where) in broken
    }


def _above(rule: str, parents: Mapping[str, str]) -> Iterator[str]:
    """Yield the parent of a rule, and the parent's."""
    while rule := parents.get(rule, ""):
        yield rule


def _failed(
    premise: Premise, results: Sequence[Result], own: Mapping[str, Version]
) -> Failed:
    """Return where a premise fails; nowhere if that breaks no rule."""
    asked = [
        (one, own.get(one.where, UNKNOWN))
        for one in results
        if one.case == premise.question
    ]
    wrong = [one for one in results if one.verdict in DIFFERING and not one.control]
    is_breach = premise.rule in {one.rule for one in wrong}
    fails = [one for one, at in asked if is_breach and premise.fails(one, at)]
    first = (one for one in wrong if one.rule.startswith(premise.before))
    return Failed(
        premise,
        places=frozenset(one.where for one in fails),
        held=frozenset(one.where for one, at in asked if premise.holds(one, at)),
        named=frozenset(one.where for one in first if refuses(one)),
        wrong=tuple(fails),
    )
