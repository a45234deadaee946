"""The index of words: each rule in it leads to its own page, whose address stays."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from manylinux_docs.rendering.rule_anchors import documents_of_rules


def lead_to_rule_pages(
    app: Sphinx,
    pagename: str,
    _template: str,
    context: dict[str, Any],
    _doctree: nodes.document | None,
) -> None:
    """Put the addresses of pages in the place of those within chapters."""
    if pagename != "genindex" or app.config.is_book:
        return
    rules = documents_of_rules(app.env)
    for _, entries in context["genindexentries"]:
        for _, (_, rules_of_word, _) in entries:
            for name, links in rules_of_word:
                if name in rules:
                    links[:] = [(main, f"r/{name}/index.html") for main, _ in links]
