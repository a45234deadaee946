"""Rule pages: ``/r/<id>/`` with the rule, how to cite it, and its whole evidence."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from case_text import describe
from docutils import nodes
from evidence import Evidence, evidence
from fragment import render
from markupsafe import Markup
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging
from sphinx.util.docutils import new_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from manylinux_conformance.adapters import Role
    from manylinux_conformance.deviations import Deviation
    from manylinux_conformance.rules import Rule
    from score import Score
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

logger = logging.getLogger(__name__)
Page = tuple[str, dict[str, object], str]


def collect_pages(app: Sphinx) -> Iterator[Page]:
    """Yield a page for every rule and every retired identifier of the site."""
    if not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    known = evidence(app.env)
    places = rule_places(app)
    for rule, docname in sorted(places.items()):
        if rule in known.rules:
            yield _rule_page(app.builder, known, known.rules[rule], docname)
        elif rule in known.retired:
            yield _retired_page(app.builder, rule, docname)
        else:
            logger.warning(
                "%s: only Sphinx reads this as a rule", rule, location=docname
            )
    for rule in sorted(known.rules.keys() - places.keys()):
        logger.warning("%s: this rule stands on no page of the site", rule)


def rule_places(app: Sphinx) -> dict[str, str]:
    """Return the document of every rule anchor, by identifier."""
    objects = app.env.domains.standard_domain.objects
    return {
        name: docname
        for (kind, name), (docname, _) in objects.items()
        if kind == "rule"
    }


def _rule_page(
    builder: StandaloneHTMLBuilder, known: Evidence, rule: Rule, docname: str
) -> Page:
    page = f"r/{rule.id}/index"
    body = render(
        "rule_page.html.jinja",
        rule=rule,
        release=builder.config.version,
        place=f"{builder.get_relative_uri(page, docname)}#{rule.id}",
        chapter=builder.env.titles[docname].astext(),
        block=Markup(_block(builder, rule.id, docname, page)),  # noqa: S704 - made by Sphinx
        cases=[describe(case) for case in known.cases_of(rule.id)],
        roles=_by_role(known.scores.get(rule.id, [])),
        deviations=_deviations(known, rule.id),
    )
    return page, {"title": rule.id, "body": body}, "page.html"


def _retired_page(builder: StandaloneHTMLBuilder, rule: str, docname: str) -> Page:
    page = f"r/{rule}/index"
    place = f"{builder.get_relative_uri(page, docname)}#{rule}"
    body = render("retired_rule_page.html.jinja", rule=rule, place=place)
    return page, {"title": rule, "body": body}, "page.html"


def _block(builder: StandaloneHTMLBuilder, rule: str, docname: str, page: str) -> str:
    """Render a chapter's rule block for another page, without its folded evidence."""
    doctree = builder.env.get_doctree(docname)
    block = next(
        node for node in doctree.findall(nodes.container) if node.get("rule") == rule
    )
    document = new_document(page, doctree.settings)
    document += block.deepcopy()
    for folded in list(document.findall(nodes.raw)):
        folded.parent.remove(folded)
    for link in document.findall(nodes.reference):
        if link.get("refid"):
            del link["refid"]
            link["refuri"] = f"{builder.get_relative_uri(page, docname)}#{rule}"
    builder.env.resolve_references(document, page, builder)
    return str(builder.render_partial(document)["fragment"])


def _by_role(scores: list[Score]) -> dict[Role, list[Score]]:
    roles: dict[Role, list[Score]] = {}
    for score in scores:
        roles.setdefault(score.role, []).append(score)
    return roles


def _deviations(known: Evidence, rule: str) -> dict[str, list[Deviation]]:
    found = {
        tool: [entry for entry in entries if fnmatchcase(rule, entry.rule)]
        for tool, entries in known.deviations.items()
    }
    return {tool: entries for tool, entries in found.items() if entries}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Collect the pages when HTML is written."""
    app.connect("html-collect-pages", collect_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
