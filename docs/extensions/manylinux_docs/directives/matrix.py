"""The ``matrix`` directive: tools against rules, one table for each role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from docutils.parsers.rst import directives
from manylinux_conformance.reports.summary import is_proposal
from manylinux_conformance.reports.versions import newest_and_older
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Header
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.rules import Rule, as_put_to

from manylinux_docs.directives.generated_page import GeneratedPage
from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.evidence.scores import PLURAL, SIGNS, Score


@dataclass(frozen=True, slots=True)
class Row:
    """One rule with a score, or None, for each column."""

    rule: Rule
    scores: tuple[Score | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The rules of one role against the newest version of each tool, or older ones.

    ``proposals`` are the rows of rules that bind nobody.
    """

    columns: tuple[Header, ...]
    rows: tuple[Row, ...]
    proposals: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class RoleTables:
    """What was asked of all tools in one role, and what could not be.

    ``older`` is None if every tool has one version; ``not_run`` says in words what was
    not asked, once for each reason.
    """

    role: Role
    newest: Table
    older: Table | None
    not_run: tuple[str, ...]


class MatrixDirective(GeneratedPage):
    """A table for each role, each readable on its own; arguments name the roles.

    With ``older`` the tables have older versions, which would make one page too long.
    """

    template = "matrix.html.jinja"
    optional_arguments = len(Role)
    option_spec: ClassVar = {"older": directives.flag}

    def values(self, evidence: Evidence) -> dict[str, object]:
        """Return the tables and the words for their signs."""
        wanted = {Role(name) for name in self.arguments} or set(Role)
        roles = [each for each in tables(evidence) if each.role in wanted]
        older = "older" in self.options
        words = {"signs": SIGNS, "plural": PLURAL}
        return {"roles": roles, "shows_older": older, **words}


def tables(evidence: Evidence) -> Iterator[RoleTables]:
    """Yield the tables of each role that has results.

    A rule has a row where it binds that role or where a tool was asked about it.
    """
    for role in Role:
        blocks = [block for block in evidence.blocks if block.header.role is role]
        if blocks:
            newest, older = newest_and_older(blocks)
            yield RoleTables(
                role,
                _table(evidence, role, newest),
                _table(evidence, role, older) if older else None,
                tuple(_not_run(blocks)),
            )


def _table(evidence: Evidence, role: Role, blocks: list[Block]) -> Table:
    headers = tuple(block.header for block in blocks)
    rules = as_put_to(role.subject, evidence.rules)
    found = (_row(evidence, rule, headers) for rule in rules.values())
    rows = [row for row in found if _is_wanted(row, role)]
    return Table(
        headers,
        tuple(row for row in rows if not is_proposal(row.rule)),
        tuple(row for row in rows if is_proposal(row.rule)),
    )


def _not_run(blocks: list[Block]) -> Iterator[str]:
    """Yield each reason with where it held, tools with the same platforms together."""
    reasons: dict[str, dict[str, list[str]]] = {}
    for block in blocks:
        for line in block.not_run:
            by_tool = reasons.setdefault(line.explanation, {})
            by_tool.setdefault(block.header.name, []).extend(line.platforms)
    for reason, by_tool in reasons.items():
        tools: dict[str, list[str]] = {}
        for name, platforms in by_tool.items():
            tools.setdefault(", ".join(platforms), []).append(name)
        for where, names in tools.items():
            whom = "every tool" if len(names) == len(blocks) > 1 else ", ".join(names)
            yield f"{whom}, on {where}: {reason}" if where else f"{whom}: {reason}"


def _row(evidence: Evidence, rule: Rule, headers: tuple[Header, ...]) -> Row:
    found = {
        (score.role, score.tool, score.version): score
        for score in evidence.scores.get(rule.id, [])
    }
    keys = ((header.role, header.tool, header.version) for header in headers)
    return Row(rule, tuple(found.get(key) for key in keys))


def _is_wanted(row: Row, role: Role) -> bool:
    return any(row.scores) or role.value in row.rule.subjects
