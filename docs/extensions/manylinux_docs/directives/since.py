"""The ``since`` directive: since when each tool keeps each rule, and the time line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from manylinux_conformance.history.answers import Answers, Asked
from manylinux_conformance.history.since import (
    Change,
    Regression,
    RuleHistory,
    disagreements,
    rule_histories,
)
from manylinux_conformance.history.timeline import (
    ASKED,
    STAGES,
    Stage,
    Timeline,
    architecture_stages,
    level_stages,
    stages,
)
from manylinux_conformance.history.unshown import right_until_known
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.rules import Rule

from manylinux_docs.directives.generated_page import GeneratedPage
from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.evidence.scores import PLURAL, SIGNS, Score
from manylinux_docs.rendering.drawing import Drawing, drawing

SECONDS_OF_AN_HOUR = 3600
AFTER_ACCEPTANCE = "Days, and months after the PEP was accepted"
AFTER_GLIBC = (
    "Days, and months that a level waited: from its glibc, or from the acceptance of "
    "the perennial tag if that is later"
)
AFTER_PERENNIAL = "Days, and months after the same step of the perennial tag"


@dataclass(frozen=True, slots=True)
class Cell:
    """One rule's way through one tool's releases."""

    tool: str
    history: RuleHistory

    @property
    def status(self) -> str:
        """What the newest release asked does."""
        return self.history.changes[-1].status.value

    @property
    def words(self) -> str:
        """The whole way in words."""
        return "; ".join(
            f"{change.release.version} {change.status.words}"
            for change in self.history.changes
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One rule, with a cell or None for each tool."""

    rule: Rule
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class RoleTable:
    """The rules of one role against its tools."""

    role: Role
    tools: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A tag, a level or an architecture, with what happened at each stage."""

    name: str
    stages: dict[str, Stage]


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Lines that are drawn together, and stand together in a table.

    ``name`` is part of an address, ``waited`` says what the months count from.
    """

    name: str
    title: str
    caption: str
    lines: tuple[Line, ...]
    drawing: Drawing

    @property
    def stages(self) -> dict[str, str]:
        """The stages that any of the lines has."""
        return {
            key: words
            for key, words in STAGES.items()
            if any(key in line.stages for line in self.lines)
        }


@dataclass(frozen=True, slots=True)
class Effort:
    """What was asked of a tool, on what, and at what cost."""

    tool: str
    spans: tuple[Asked, ...]
    count: int
    hours: float
    disagreements: tuple[str, ...]


class SinceDirective(GeneratedPage):
    """The time line, a table for each role, and what was asked."""

    template = "since.html.jinja"

    def values(self, evidence: Evidence) -> dict[str, object]:
        """Return the tables and the drawing."""
        by_tool = {each.header.tool: each for each in evidence.history}
        return {
            "stages": STAGES,
            "asked": ASKED,
            "time_lines": list(_time_lines(evidence.timeline, by_tool)),
            "roles": list(_tables(evidence)),
            "plural": PLURAL,
            "signs": SIGNS,
            "lost": list(_lost(evidence)),
            "unshown": [
                (answers.header.tool, each)
                for answers in evidence.history
                for each in right_until_known(answers)
            ],
            "otherwise": list(_otherwise(evidence)),
            "left_out": evidence.left_out,
            "efforts": [_effort(each) for each in evidence.history],
        }


def _time_lines(
    timeline: Timeline | None, tools: Mapping[str, Answers]
) -> Iterator[TimeLine]:
    """Yield the tags, the levels, and the architectures, as far as there are any."""
    if timeline is None:
        return
    perennial = stages(timeline.perennial, tools)
    tags = [Line(tag.name, stages(tag, tools)) for tag in timeline.tag]
    yield _drawn("time-line", "The time line of the tags", AFTER_ACCEPTANCE, tags)
    accepted = timeline.perennial.accepted
    levels = [
        Line(each.name, level_stages(each, accepted, tools)) for each in timeline.level
    ]
    if levels:
        yield _drawn("new-levels", "New levels", AFTER_GLIBC, levels)
    architectures = [
        Line(each.name, architecture_stages(each, perennial, tools))
        for each in timeline.architecture
    ]
    if architectures:
        title = "New architectures since the perennial tag"
        yield _drawn("new-architectures", title, AFTER_PERENNIAL, architectures)


def _drawn(name: str, title: str, caption: str, lines: Sequence[Line]) -> TimeLine:
    rows = {
        line.name: {key: stage.event.date for key, stage in line.stages.items()}
        for line in lines
    }
    keys = [key for key in STAGES if any(key in line.stages for line in lines)]
    return TimeLine(name, title, caption, tuple(lines), drawing(rows, keys))


def _tables(evidence: Evidence) -> Iterator[RoleTable]:
    for role in Role:
        own = [each for each in evidence.history if each.header.role is role]
        if own:
            found = [
                {each.rule: each for each in rule_histories(answers)} for answers in own
            ]
            names = tuple(answers.header.tool for answers in own)
            rows = (
                Row(rule, tuple(_cells(names, found, rule.id)))
                for rule in evidence.rules.values()
            )
            yield RoleTable(role, names, tuple(row for row in rows if any(row.cells)))


def _lost(evidence: Evidence) -> Iterator[tuple[str, Regression]]:
    """Yield each rule that a tool kept and lost, in the order of the chapters."""
    own = [
        (answers.header.tool, {each.rule: each for each in rule_histories(answers)})
        for answers in evidence.history
    ]
    for rule in evidence.rules:
        for tool, histories in own:
            if rule in histories:
                for regression in histories[rule].regressions:
                    yield tool, regression


def _otherwise(evidence: Evidence) -> Iterator[tuple[str, Change, Score]]:
    """Yield what stands otherwise on the page of a rule, of the same release."""
    for answers in evidence.history:
        header = answers.header
        newest = header.spans[-1].releases[-1].version
        for each in rule_histories(answers):
            for score in evidence.scores.get(each.rule, ()):
                asked = (score.role, score.tool, score.version)
                if asked == (header.role, header.tool, newest):
                    last = each.changes[-1]
                    if last.status is not score.status:
                        yield each.rule, last, score


def _cells(
    names: Sequence[str], found: Sequence[Mapping[str, RuleHistory]], rule: str
) -> Iterator[Cell | None]:
    for name, histories in zip(names, found, strict=True):
        history = histories.get(rule)
        yield Cell(name, history) if history else None


def _effort(answers: Answers) -> Effort:
    spans = answers.header.spans
    seconds = sum(release.seconds for span in spans for release in span.releases)
    differing = sorted(
        {
            f"{question.case} on {question.where}, {release.version}"
            for release, question in disagreements(answers)
        }
    )
    hours = seconds / SECONDS_OF_AN_HOUR
    count = len({release.version for span in spans for release in span.releases})
    return Effort(answers.header.tool, spans, count, hours, tuple(differing))
