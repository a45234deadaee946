"""Writes ``rules.json``, all rules for programs, and the JSON Schema that it keeps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from evidence import Evidence, evidence
from manylinux_conformance.suite.lock import Retired
from manylinux_conformance.suite.rules import Level, Subject
from rule_pages import rule_places

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class PublishedRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule; ``url`` is relative to this file, ``cases`` are case identifiers."""

    id: str
    revision: int
    level: Level
    subjects: tuple[Subject, ...]
    arch: str
    source: str
    tested: str
    text: str
    url: str
    cases: tuple[str, ...]


class PublishedRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All rules of an edition, by identifier, and the retired identifiers."""

    edition: str
    rules: tuple[PublishedRule, ...]
    retired: tuple[Retired, ...]
    format: int = 1
    schema: str = msgspec.field(name="$schema", default="rules-schema.json")


def published(known: Evidence, edition: str, urls: dict[str, str]) -> PublishedRules:
    """Return what is written; ``urls`` has the address of every rule."""
    rules = (
        PublishedRule(
            id=rule.id,
            revision=rule.revision,
            level=rule.level,
            subjects=rule.subjects,
            arch=rule.arch,
            source=rule.source,
            tested=rule.tested,
            text=rule.text,
            url=urls[rule.id],
            cases=tuple(case.id for case in known.cases_of(rule.id)),
        )
        for rule in sorted(known.rules.values(), key=lambda rule: rule.id)
        if rule.id in urls
    )
    return PublishedRules(edition, tuple(rules), tuple(known.retired.values()))


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write both files beside the pages of an HTML build that ended well."""
    if exception is not None or app.builder.format != "html":
        return
    urls = {
        rule: f"{app.builder.get_target_uri(docname)}#{rule}"
        for rule, docname in rule_places(app).items()
    }
    content = published(evidence(app.env), app.config.version, urls)
    _write(Path(app.outdir, "rules.json"), content)
    schema = msgspec.json.schema(PublishedRules)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    _write(Path(app.outdir, "rules-schema.json"), schema)


def _write(path: Path, content: object) -> None:
    encoded = msgspec.json.format(msgspec.json.encode(content), indent=1)
    path.write_bytes(encoded + b"\n")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Write the files last."""
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
