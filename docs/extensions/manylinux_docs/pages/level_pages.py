"""Level pages: ``/level/2.28/`` says where a wheel of that level works."""

from __future__ import annotations

from collections.abc import Iterator

from manylinux_conformance.history.milestones import takers_of
from manylinux_conformance.reports.levels import level_facts
from manylinux_spec.policies import policies
from sphinx.application import Sphinx

from manylinux_docs.evidence.evidence import load_evidence
from manylinux_docs.rendering.templates import render, to_root

Page = tuple[str, dict[str, object], str]


def collect_level_pages(app: Sphinx) -> Iterator[Page]:
    """Yield a page for every level that the data list."""
    evidence = load_evidence(app.env)
    takers = takers_of(evidence.history)
    for level in policies().levels:
        page = f"level/{level}/index"
        facts = level_facts(level, evidence.releases)
        tag = f"manylinux_{level.replace('.', '_')}"
        root = to_root(page)
        body = render(
            "level_page.html.jinja",
            facts=facts,
            takers=takers,
            is_confirmed=any(tag in each.levels for each in takers),
            tag=tag,
            root=root,
        )
        about = f"On which distributions a wheel with the tag {tag} works, and why."
        yield page, {"title": tag, "body": body, "description": about}, "page.html"
