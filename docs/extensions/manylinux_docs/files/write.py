"""Writes the files for programs beside the pages of an HTML build that succeeded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import msgspec
from manylinux_conformance.tools.adapter_keys import schema as adapter_schema
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from manylinux_docs.evidence.badges import badges
from manylinux_docs.evidence.evidence import load_evidence
from manylinux_docs.files.feed import feed
from manylinux_docs.files.inventory import (
    INVENTORY,
    give_permanent_addresses,
    permanent_address,
)
from manylinux_docs.files.rules_json import PublishedRules, publish, schema_of
from manylinux_docs.files.search_index import index_generated_pages
from manylinux_docs.files.sitemap import sitemap
from manylinux_docs.files.tools_json import (
    PublishedResults,
    PublishedTools,
    publish_results,
    publish_tools,
)
from manylinux_docs.rendering.rule_anchors import documents_of_rules

SCHEMAS: Mapping[str, type[msgspec.Struct]] = {
    "rules-schema.json": PublishedRules,
    "tools-schema.json": PublishedTools,
    "results-schema.json": PublishedResults,
}


def write_files(app: Sphinx, exception: Exception | None) -> None:
    """Write the JSON files with their schemas, the badges and the inventory."""
    if exception is not None or app.builder.format != "html" or app.config.is_book:
        return
    out, edition = Path(app.outdir), app.config.edition
    evidence = load_evidence(app.env)
    urls = {rule: permanent_address(rule) for rule in documents_of_rules(app.env)}
    give_permanent_addresses(out / INVENTORY, urls)
    _write(out / "rules.json", publish(evidence, edition, urls))
    _write(out / "tools.json", publish_tools(evidence, edition))
    for results in publish_results(evidence, edition):
        _write(out / "results" / f"{results.tool}.json", results)
    named = {"$id": f"{app.config.site_address}adapter.schema.json"}
    _write(out / "adapter.schema.json", named | adapter_schema())
    for name, kind in SCHEMAS.items():
        _write(out / name, schema_of(kind, f"{app.config.site_address}{name}"))
    index_generated_pages(cast("StandaloneHTMLBuilder", app.builder))
    if address := app.config.site_address:
        changelog = Path(app.srcdir, "CHANGELOG.md").read_text("utf-8")
        (out / "feed.xml").write_text(feed(changelog, address, app.config.author))
        (out / "sitemap.xml").write_text(sitemap(out, address), "utf-8")
    for (role, tool), badge in badges(evidence).items():
        _write(out / "badges" / role / f"{tool}.json", badge)


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    encoded = msgspec.json.format(msgspec.json.encode(content), indent=1)
    path.write_bytes(encoded + b"\n")
