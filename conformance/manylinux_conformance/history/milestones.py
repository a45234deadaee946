"""Milestones: the first release of a tool that takes a level or an architecture."""

from __future__ import annotations

from manylinux_conformance.history.answers import Answers, Release
from manylinux_conformance.history.expand import aligned
from manylinux_conformance.history.since import Change, rule_histories
from manylinux_conformance.reports.rule_status import RuleStatus
from manylinux_conformance.results.verdicts import Verdict

LEGACY = ("manylinux1", "manylinux2010", "manylinux2014")
ARCHITECTURE = "installer.architecture.equal"
# What a tool has to keep to take the wheels of any perennial level.
PERENNIAL = ("installer.glibc.at-least", "installer.glibc.every-minor")


def level_since(answers: Answers, level: str) -> Change | None:
    """Return the first release that takes a level, such as ``manylinux2014``.

    Every perennial level is taken since the first release that compares with glibc's
    version, whatever the number is.  None: no release that was asked takes it.
    """
    rules = (f"tag.legacy.{level}",) if level in LEGACY else PERENNIAL
    found = {each.rule: each.first for each in rule_histories(answers)}
    changes = [found.get(rule) for rule in rules]
    last = None
    for change in changes:
        if change is None:
            return None
        if last is None or _order(answers, change) > _order(answers, last):
            last = change
    return last


def architecture_since(answers: Answers, arch: str) -> Change | None:
    """Return the first release that takes the wheels of an architecture."""
    spans = answers.header.spans
    before: Release | None = None
    for number, span in enumerate(spans):
        asked = [
            aligned(question, number, span)
            for question in answers.questions
            if (question.rule, question.where) == (ARCHITECTURE, arch)
        ]
        for position, release in enumerate(span.releases):
            cells = [cell for line in asked if (cell := line[position])]
            if cells and all(cell.verdict is Verdict.PASS for cell in cells):
                return Change(RuleStatus.KEEPS, release, before)
            before = release
    return None


def _order(answers: Answers, change: Change) -> int:
    releases = [each for span in answers.header.spans for each in span.releases]
    return releases.index(change.release)
