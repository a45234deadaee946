"""Level pages: ``/level/2.28/`` says where a wheel of that level works."""

from __future__ import annotations

from collections.abc import Iterator

from manylinux_conformance.reports.levels import level_facts
from manylinux_spec.policies import policies
from sphinx.application import Sphinx

from manylinux_docs.evidence.evidence import load_evidence
from manylinux_docs.rendering.templates import render, to_root

Page = tuple[str, dict[str, object], str]


def collect_level_pages(app: Sphinx) -> Iterator[Page]:
    """Yield a page for every level that the data list."""
    catalogue = load_evidence(app.env).releases
    for level in policies().levels:
        page = f"level/{level}/index"
        facts = level_facts(level, catalogue)
        tag = f"manylinux_{level.replace('.', '_')}"
        body = render("level_page.html.jinja", facts=facts, tag=tag, root=to_root(page))
        about = f"On which distributions a wheel with the tag {tag} works, and why."
        yield page, {"title": tag, "body": body, "description": about}, "page.html"
