"""Rule pages: ``/r/<id>/`` with the rule, how to cite it, and its whole evidence."""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from docutils import nodes
from evidence import Evidence, evidence
from fragment import render
from markupsafe import Markup
from score import PLURAL, Place, Score, places_of
from sphinx.util import logging
from sphinx.util.docutils import new_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from manylinux_conformance.results.verdicts import Role
    from manylinux_conformance.suite.rules import Rule
    from manylinux_conformance.tools.deviations import Deviation
    from sphinx.application import Sphinx
    from sphinx.builders.html import StandaloneHTMLBuilder
    from sphinx.util.typing import ExtensionMetadata

logger = logging.getLogger(__name__)
Page = tuple[str, dict[str, object], str]


def collect_pages(app: Sphinx) -> Iterator[Page]:
    """Yield a page for every rule and every retired identifier of the site."""
    # Only the HTML builders send the event that leads here.
    builder = cast("StandaloneHTMLBuilder", app.builder)
    known = evidence(app.env)
    places = rule_places(app)
    for rule, docname in sorted(places.items()):
        if rule in known.rules:
            yield _rule_page(builder, known, known.rules[rule], docname)
        else:
            yield _retired_page(builder, rule, docname)
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
    chapter = builder.get_relative_uri(page, docname)
    roles = _by_role(known.scores.get(rule.id, []))
    body = render(
        "rule_page.html.jinja",
        rule=rule,
        release=builder.config.version,
        place=f"{chapter}#{rule.id}",
        chapter=builder.env.titles[docname].astext(),
        block=Markup(_block(builder, rule.id, docname, chapter)),  # noqa: S704 - made by Sphinx
        cases=known.cases_of(rule.id),
        plural=PLURAL,
        roles=roles,
        places=_places(roles),
        deviations=_deviations(known, rule.id),
    )
    return page, {"title": rule.id, "body": body}, "page.html"


def _retired_page(builder: StandaloneHTMLBuilder, rule: str, docname: str) -> Page:
    page = f"r/{rule}/index"
    place = f"{builder.get_relative_uri(page, docname)}#{rule}"
    body = render("retired_rule_page.html.jinja", rule=rule, place=place)
    return page, {"title": rule, "body": body}, "page.html"


def _block(
    builder: StandaloneHTMLBuilder, rule: str, docname: str, chapter: str
) -> str:
    """Render a chapter's rule block for another page, without its folded evidence.

    ``chapter`` is the relative address of the chapter, seen from that page.
    """
    doctree = builder.env.get_doctree(docname)
    block = next(
        node for node in doctree.findall(nodes.container) if node.get("rule") == rule
    )
    document = new_document(docname, doctree.settings)
    document += block.deepcopy()
    for folded in list(document.findall(nodes.raw)):
        folded.parent.remove(folded)
    builder.env.resolve_references(document, docname, builder)
    for link in document.findall(nodes.reference):
        _redirect(link, chapter)
    return str(builder.render_partial(document[0])["fragment"])


def _redirect(link: nodes.reference, chapter: str) -> None:
    """Make a link that is right in the chapter right on a page elsewhere."""
    if "refid" in link:
        link["refuri"] = f"{chapter}#{link.attributes.pop('refid')}"
    elif not urlsplit(link["refuri"]).scheme:
        link["refuri"] = normpath(join(dirname(chapter), link["refuri"]))


def _by_role(scores: list[Score]) -> dict[Role, list[Score]]:
    roles: dict[Role, list[Score]] = {}
    for score in scores:
        roles.setdefault(score.role, []).append(score)
    return roles


def _places(roles: dict[Role, list[Score]]) -> dict[Role, list[Place]]:
    return {role: places_of(scores) for role, scores in roles.items()}


def _deviations(known: Evidence, rule: str) -> dict[str, list[Deviation]]:
    found = {
        tool: [entry for entry in entries if entry.concerns(rule)]
        for tool, entries in known.deviations.items()
    }
    return {tool: entries for tool, entries in found.items() if entries}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Collect the pages when HTML is written."""
    app.connect("html-collect-pages", collect_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
