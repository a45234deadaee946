"""``rules.json``: all rules for programs, and the JSON Schema that describes it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from manylinux_conformance.suite.lock import Retired
from manylinux_conformance.suite.rules import Basis, Level, Rule, Subject

from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.rendering.filters import plain


class PublishedRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule; ``url`` is relative to this file, ``cases`` are case identifiers.

    ``chapter`` and ``order`` say where it is in the specification, from 1 on.
    ``text``, ``source``, ``differs`` and ``reason`` are Markdown of MyST, ``plain`` is
    the text without markup; ``since`` is the first frozen edition that has it.
    ``parent`` is the rule that this one follows from, and ``differs`` what a standard
    says instead of it; both may be empty.
    """

    id: str
    revision: int
    level: Level
    subjects: tuple[Subject, ...]
    arch: str
    basis: Basis
    parent: str
    differs: str
    source: str
    tested: str
    text: str
    plain: str
    reason: str
    chapter: str
    order: int
    since: str
    url: str
    cases: tuple[str, ...]


class PublishedRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All rules of an edition, by identifier, and the retired identifiers."""

    edition: str
    rules: tuple[PublishedRule, ...]
    retired: tuple[Retired, ...]
    format: int = 2
    schema: str = msgspec.field(name="$schema", default="rules-schema.json")


def publish(
    evidence: Evidence, edition: str, urls: Mapping[str, str]
) -> PublishedRules:
    """Return what is published; ``urls`` has the address of every rule on the site."""
    chapters: dict[str, list[str]] = {}
    for rule in sorted(evidence.rules.values(), key=lambda rule: rule.line):
        chapters.setdefault(rule.chapter, []).append(rule.id)
    rules = (
        _published(
            rule, evidence, urls[rule.id], chapters[rule.chapter].index(rule.id) + 1
        )
        for rule in sorted(evidence.rules.values(), key=lambda rule: rule.id)
        if rule.id in urls
    )
    return PublishedRules(edition, tuple(rules), tuple(evidence.retired.values()))


def schema_of(kind: type[msgspec.Struct], address: str) -> dict[str, object]:
    """Return the JSON Schema of a published file; ``address`` is the schema's own."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {**msgspec.json.schema(kind), "$schema": dialect, "$id": address}


def _published(rule: Rule, evidence: Evidence, url: str, order: int) -> PublishedRule:
    return PublishedRule(
        id=rule.id,
        revision=rule.revision,
        level=rule.level,
        subjects=rule.subjects,
        arch=rule.arch,
        basis=rule.basis,
        parent=rule.parent,
        differs=rule.differs,
        source=rule.source,
        tested=rule.tested,
        text=rule.text,
        plain=plain(rule.text),
        reason=rule.reason,
        chapter=rule.chapter,
        order=order,
        since=evidence.since(rule.id),
        url=url,
        cases=tuple(dict.fromkeys(case.id for case in evidence.cases_of(rule.id))),
    )
