"""Writes blocks as one HTML page and one Markdown page, readable from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2

from manylinux_conformance.reports.rule_status import by_rule, standing
from manylinux_conformance.reports.summary import (
    drafts_line,
    is_proposal,
    legend,
    summarize,
    words,
)
from manylinux_conformance.reports.versions import newest_and_older
from manylinux_conformance.results.blocks import Block, joined
from manylinux_conformance.suite.rules import Rule
from manylinux_conformance.tools.deviations import DIFFERING


def write_pages(
    blocks: Sequence[Block], rules: Mapping[str, Rule], folder: Path
) -> None:
    """Write ``report.html`` and ``report.md`` into a folder."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=jinja2.select_autoescape(("html.jinja",)),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.globals |= {
        "words": words,
        "by_rule": by_rule,
        "standing": standing,
        "is_proposal": is_proposal,
    }
    newest, older = newest_and_older(joined(blocks))
    facts = {
        "blocks": [*newest, *older],
        "older": older,
        "tables": summarize(blocks, rules),
        "drafts": drafts_line(blocks),
        "rules": rules,
        "legend": legend(),
        "differing": DIFFERING,
        "unexplained": [
            (block.header.name, result)
            for block in blocks
            for result in block.results
            if result.verdict in DIFFERING
            if not (result.deviation or result.draft)
        ],
    }
    for name in ("report.html", "report.md"):
        page = environment.get_template(f"{name}.jinja").render(facts)
        (folder / name).write_text(page, encoding="utf-8")
