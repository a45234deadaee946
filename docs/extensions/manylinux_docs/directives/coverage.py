"""The ``coverage`` directive: how each rule is tested, and by which cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from manylinux_conformance.reports.summary import is_proposal
from manylinux_conformance.suite.rules import Basis, Level, Rule, Subject

from manylinux_docs.directives.generated_page import GeneratedPage
from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.wording.cases import CaseText

PROPOSALS = "proposals, of any level"


@dataclass(frozen=True, slots=True)
class Covered:
    """One rule with its cases."""

    rule: Rule
    cases: tuple[CaseText, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many rules of a group are forced, how many inspected, how many lack cases."""

    group: str
    rules: int
    forced: int
    inspected: int
    without_cases: int


class CoverageDirective(GeneratedPage):
    """Totals by chapter, level, subject; then every rule."""

    template = "coverage.html.jinja"

    def values(self, evidence: Evidence) -> dict[str, object]:
        """Return the counts and, for each chapter, its rules."""
        rules = [covered(evidence, rule) for rule in evidence.rules.values()]
        chapters: dict[str, list[Covered]] = {}
        for item in rules:
            chapters.setdefault(item.rule.chapter, []).append(item)
        return {
            "counts": {
                "chapter": count(rules, list(chapters), lambda r: (r.chapter,)),
                "basis": count(rules, list(Basis), lambda r: (r.basis,)),
                "level": count(rules, [*Level, PROPOSALS], _level),
                "subject": count(rules, list(Subject), lambda r: r.subjects),
            },
            "chapters": chapters,
            "levels": {level.value for level in Level},
        }


def covered(evidence: Evidence, rule: Rule) -> Covered:
    """Gather what covers a rule."""
    return Covered(rule, tuple(evidence.counted_cases_of(rule.id)))


def _level(rule: Rule) -> tuple[str, ...]:
    return (PROPOSALS if is_proposal(rule) else rule.level.value,)


def count(
    rules: Iterable[Covered],
    groups: Iterable[str],
    group_of: Callable[[Rule], Iterable[str]],
) -> list[Count]:
    """Count the rules of each group; a rule may be in several."""
    total, forced, bare = Counter[str](), Counter[str](), Counter[str]()
    for item in rules:
        mine = list(group_of(item.rule))
        total.update(mine)
        forced.update(mine if item.rule.is_forced else ())
        bare.update(() if item.cases else mine)
    return [
        Count(str(g), total[g], forced[g], total[g] - forced[g], bare[g])
        for g in groups
        if total[g]
    ]
