"""Writes blocks as one HTML page and one Markdown page, readable from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2

from manylinux_conformance.reports.about import About, about, without_paths
from manylinux_conformance.reports.badges import block_badge
from manylinux_conformance.reports.differences import (
    ABOUT,
    differences,
    order,
    places,
)
from manylinux_conformance.reports.rule_status import Standing, by_rule, standings
from manylinux_conformance.reports.summary import (
    drafts_line,
    legend,
    summarize,
    words,
)
from manylinux_conformance.reports.versions import newest_and_older
from manylinux_conformance.results.blocks import Block, joined
from manylinux_conformance.results.consequences import consequences, counts_as
from manylinux_conformance.results.lines import Result
from manylinux_conformance.suite.rules import Rule, as_put_to, parents_of

# A comment or a job summary on GitHub holds 65,536 characters, and is shared.
LONGEST_MARKDOWN = 60_000
ROWS = (1000, 300, 100, 50, 25, 12, 6, 3, 0)  # of each table, until the page fits


def write_pages(
    blocks: Sequence[Block],
    rules: Mapping[str, Rule],
    folder: Path,
    said: About | None = None,
) -> None:
    """Write ``report.html`` and ``report.md`` into a folder.

    ``said`` is what they say of themselves, by default what is true now.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=jinja2.select_autoescape(("html.jinja",)),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.globals |= {"words": words}
    environment.filters |= {"without_paths": without_paths, "cell": _cell}
    facts = _facts(blocks, rules, said or about())
    page = environment.get_template("report.html.jinja").render(facts)
    (folder / "report.html").write_text(page, encoding="utf-8")
    text = _short(environment.get_template("report.md.jinja"), facts)
    (folder / "report.md").write_text(text, encoding="utf-8")


def _facts(
    blocks: Sequence[Block], rules: Mapping[str, Rule], said: About
) -> dict[str, object]:
    """Return what the templates show."""
    newest, older = newest_and_older(joined(blocks))
    shown = [*newest, *older]
    return {
        "about": said,
        "blocks": shown,
        "older": older,
        "tables": summarize(blocks, rules),
        "drafts": drafts_line(blocks),
        "rules": rules,
        "ordered": lambda block: _in_order(block, rules),
        "counts_as": counts_as,
        "consequences": lambda block: consequences(block.results, parents_of(rules)),
        "legend": legend(),
        "differences": [differences(block, rules) for block in shown],
        "places": [places(block.results) for block in shown],
        "badges": [block_badge(block, rules) for block in shown],
        "groups": ABOUT,
        "seen": {one.rule for block in shown for one in block.results},
    }


def _in_order(
    block: Block, rules: Mapping[str, Rule]
) -> list[tuple[str, Standing, list[Result]]]:
    """Return the answers by rule with what they come to, what binds first."""
    answers = by_rule(block.results)
    bound = as_put_to(block.header.role.subject, rules)
    found = standings(block.results, parents_of(rules)).items()
    ordered = sorted(found, key=lambda each: order(bound.get(each[0])))
    return [(rule, one, answers[rule]) for rule, one in ordered]


def _short(template: jinja2.Template, facts: Mapping[str, object]) -> str:
    """Return the Markdown page, its tables as long as all of it may be."""
    for rows in ROWS:
        text = template.render(facts, rows=rows)
        if len(text) <= LONGEST_MARKDOWN:
            return text
    end = "\n\nThe rest is in report.html.\n"
    kept = text[: LONGEST_MARKDOWN - len(end)]
    return kept[: kept.rfind("\n")] + end


def _cell(text: str) -> str:
    """Return a text for a cell of a Markdown table, without paths of this machine."""
    return without_paths(text).replace("|", "\\|")
