"""The ``coverage`` directive: which rule is tested how, and with what answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from case_text import CaseText
from evidence import Evidence
from generated_page import GeneratedPage
from manylinux_conformance.suite.rules import Level, Rule, Subject
from score import WORDS, Score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


@dataclass(frozen=True, slots=True)
class Covered:
    """One rule with its cases and the scores of each tool's last version."""

    rule: Rule
    cases: tuple[CaseText, ...]
    last: tuple[Score, ...]


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

    def values(self, known: Evidence) -> dict[str, object]:
        """Return the counts and, for each chapter, its rules."""
        rules = [covered(known, rule) for rule in known.rules.values()]
        chapters: dict[str, list[Covered]] = {}
        for item in rules:
            chapters.setdefault(item.rule.chapter, []).append(item)
        return {
            "counts": {
                "chapter": count(rules, list(chapters), lambda r: (r.chapter,)),
                "level": count(rules, list(Level), lambda r: (r.level,)),
                "subject": count(rules, list(Subject), lambda r: r.subjects),
            },
            "chapters": chapters,
            "words": WORDS,
        }


def covered(known: Evidence, rule: Rule) -> Covered:
    """Gather what covers a rule; of each tool in each role the last version counts."""
    last = {(score.role, score.tool): score for score in known.scores.get(rule.id, [])}
    return Covered(rule, tuple(known.cases_of(rule.id)), tuple(last.values()))


def count(
    rules: Iterable[Covered],
    groups: Iterable[str],
    group_of: Callable[[Rule], Iterable[str]],
) -> list[Count]:
    """Count the rules of each group; a rule may stand in several."""
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


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directive."""
    app.add_directive("coverage", CoverageDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
