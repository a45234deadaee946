"""A chapter's rule block, rendered for a page elsewhere on the site."""

from __future__ import annotations

from posixpath import dirname, join, normpath
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.docutils import new_document


def render_rule_block(
    builder: StandaloneHTMLBuilder, rule: str, docname: str, chapter: str
) -> str:
    """Return the HTML of a rule block, without its folded evidence.

    ``chapter`` is the relative address of the chapter, seen from the other page.
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
    """Make a link that is right in the chapter right on the other page."""
    if "refid" in link:
        link["refuri"] = f"{chapter}#{link.attributes.pop('refid')}"
    elif not urlsplit(link["refuri"]).scheme:
        link["refuri"] = normpath(join(dirname(chapter), link["refuri"]))
