"""The ``since`` directive: since when each tool keeps each rule, and the time line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from manylinux_conformance.history.answers import Answers, Asked
from manylinux_conformance.history.milestones import (
    Milestone,
    architecture_since,
    claims_since,
    level_since,
)
from manylinux_conformance.history.since import (
    Regression,
    RuleHistory,
    disagreements,
    rule_histories,
)
from manylinux_conformance.history.timeline import (
    ASKED,
    STAGES,
    Event,
    Stage,
    Timeline,
    measured_event,
    months,
    stages,
)
from manylinux_conformance.history.unshown import right_until_known
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.rules import Rule

from manylinux_docs.directives.generated_page import GeneratedPage
from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.evidence.scores import PLURAL, SIGNS
from manylinux_docs.rendering.drawing import Drawing, drawing

SECONDS_OF_AN_HOUR = 3600


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
class Column:
    """A tag of the time line, with what happened at each stage."""

    name: str
    stages: dict[str, Stage]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A level or an architecture that came after the perennial tag.

    ``months`` is how long it waited for the installer.
    """

    name: str
    installer: Milestone | None
    events: Mapping[str, Event | None]
    months: int | None


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
        columns = _columns(evidence.timeline, by_tool)
        return {
            "stages": STAGES,
            "asked": ASKED,
            "columns": columns,
            "drawing": _drawing(columns) if columns else None,
            "levels": _levels(evidence.timeline, by_tool),
            "architectures": _architectures(
                evidence.timeline, by_tool.get(ASKED["installer"])
            ),
            "roles": list(_tables(evidence)),
            "plural": PLURAL,
            "signs": SIGNS,
            "lost": list(_lost(evidence)),
            "unshown": [
                (answers.header.tool, each)
                for answers in evidence.history
                for each in right_until_known(answers)
            ],
            "left_out": evidence.left_out,
            "efforts": [_effort(each) for each in evidence.history],
        }


def _columns(
    timeline: Timeline | None, tools: Mapping[str, Answers]
) -> tuple[Column, ...]:
    tags = timeline.tag if timeline else ()
    return tuple(Column(tag.name, stages(tag, tools)) for tag in tags)


def _drawing(columns: Sequence[Column]) -> Drawing:
    rows = {
        column.name: {key: stage.event.date for key, stage in column.stages.items()}
        for column in columns
    }
    return drawing(rows, tuple(STAGES))


def _levels(timeline: Timeline | None, tools: Mapping[str, Answers]) -> list[Newcomer]:
    pip, auditor = tools.get(ASKED["installer"]), tools.get(ASKED["auditor"])
    confirmed = claims_since(auditor) if auditor else {}
    found = []
    for level in timeline.level if timeline else ():
        taken = level_since(pip, level.name) if pip else None
        since = confirmed.get(level.name)
        measured = measured_event(ASKED["auditor"], since)
        events = {"auditor": measured or level.auditor, "image": level.image}
        claimed = events["auditor"] or level.image
        waited = _months(claimed.day, taken.release.day) if taken and claimed else None
        found.append(Newcomer(level.name, taken, events, waited))
    return found


def _months(since: str, until: str) -> int | None:
    """Return the months between two days, none of which is negative or unknown."""
    if not (since and until):
        return None
    return max(0, months(Event(day=since), Event(day=until)))


def _architectures(timeline: Timeline | None, pip: Answers | None) -> list[Newcomer]:
    """Return the new architectures; months count from the first perennial installer."""
    perennial = level_since(pip, "perennial") if pip else None
    found = []
    for arch in timeline.architecture if timeline else ():
        change = architecture_since(pip, arch.name) if pip else None
        late = (
            _months(perennial.release.day, change.release.day)
            if change and perennial
            else None
        )
        found.append(Newcomer(arch.name, change, {"index": arch.index}, late))
    return found


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
