"""The two documents: a PEP with all sections of PEP 12, and a specification's page.

What only a person can say is in ``docs/templates/pep.rst.jinja``; everything that
counts or names rules, tools and wheels is generated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from manylinux_conformance.reports.summary import is_proposal
from manylinux_conformance.suite.rules import Rule, Subject

from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.evidence.profiles import demanded, profiles
from manylinux_docs.pep.rest import heading, rest
from manylinux_docs.rendering.templates import render_text

AUDIENCE = frozenset((Subject.INSTALLER, Subject.TAG_LIBRARY, Subject.INDEX))
CHAPTERS = ("tags", "platforms", "installers", "overrides", "indexes")


@dataclass(frozen=True, slots=True)
class Change:
    """A tool that would have to change, with how many MUSTs it breaks, and some."""

    tool: str
    role: str
    really: int
    on_models: int
    rules: tuple[str, ...]


def chosen(evidence: Evidence) -> list[Rule]:
    """Return the rules for installers, tag libraries and indexes, by chapter."""
    found = (rule for rule in evidence.rules.values() if AUDIENCE & set(rule.subjects))
    listed = [rule for rule in found if rule.chapter in CHAPTERS]
    return sorted(listed, key=lambda rule: (CHAPTERS.index(rule.chapter), rule.line))


def pep(evidence: Evidence, false_wheels: Sequence[str]) -> str:
    """Return the PEP; ``false_wheels`` are released wheels whose claim is false."""
    return _document("pep.rst.jinja", evidence, false_wheels)


def specification(evidence: Evidence) -> str:
    """Return the same rules as a page for packaging.python.org's specifications."""
    return _document("pypa-page.rst.jinja", evidence, ())


def _document(template: str, evidence: Evidence, false_wheels: Sequence[str]) -> str:
    rules = chosen(evidence)
    names = frozenset(rule.id for rule in rules)
    standing = [rule for rule in rules if not is_proposal(rule)]
    new = [rule for rule in rules if is_proposal(rule)]
    rejected = [one for one in evidence.proposals if one.outcome == "rejected"]
    deferred = [one for one in evidence.proposals if one.outcome == "deferred"]
    return render_text(
        template,
        standing="\n".join(_chapters(standing, names)),
        new="\n".join(_chapters(new, names)),
        counts={"standing": len(standing), "new": len(new)},
        changes=list(_changes(evidence, names)),
        false_wheels=false_wheels,
        rejected=[
            (one.row, rest(one.text, names), rest(one.reason, names))
            for one in rejected
        ],
        deferred=[(one.row, rest(one.text, names)) for one in deferred],
    )


def _chapters(rules: Sequence[Rule], names: frozenset[str]) -> Iterator[str]:
    for chapter, found in groupby(rules, key=lambda rule: rule.chapter):
        yield heading(chapter.capitalize(), "-")
        for rule in found:
            yield _rule(rule, names)


def _rule(rule: Rule, names: frozenset[str]) -> str:
    said = f"``{rule.id}``\n   {rest(rule.text, names)}"
    if rule.differs:
        said += f"\n\n   The standard's answer: {rest(rule.differs, names)}"
    return f".. _{rule.id}:\n\n{said}\n"


def _changes(evidence: Evidence, names: frozenset[str]) -> Iterator[Change]:
    for profile in profiles(evidence):
        if not profile.is_newest or profile.tool == "reference":
            continue
        real = [one.rule.id for one in demanded(profile.real) if one.rule.id in names]
        models = [
            one.rule.id for one in demanded(profile.models) if one.rule.id in names
        ]
        if real or models:
            role = profile.role.replace("-", " ")
            yield Change(profile.name, role, len(real), len(models), tuple(real[:4]))


def words(document: str) -> int:
    """Count the words of a document."""
    return len(document.split())
