"""The head of each page: what search engines and chat programs show of it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx

ELEMENT = re.compile(r"<[^>]+>")
LONGEST = 200  # characters of a description
# Each element is closed: the pages of an ePub are XML.
TAGS = Markup(
    '<meta name="description" content="{about}"/>'
    '<meta property="og:type" content="article"/>'
    '<meta property="og:title" content="{title}"/>'
    '<meta property="og:description" content="{about}"/>'
)
FEED = Markup(
    '<link rel="alternate" type="application/atom+xml" title="Changes"'
    ' href="{}feed.xml"/>'
)


def add_head(
    app: Sphinx,
    pagename: str,
    _template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add description, OpenGraph and, once the site has an address, the page's own."""
    about = context.get("description") or _first_paragraph(doctree)
    title = unescape(ELEMENT.sub("", context.get("title", "")))
    tags = TAGS.format(about=" ".join(about.split())[:LONGEST], title=title)
    if address := app.config.site_address:
        page = f"{pagename}.html".removesuffix("index.html")
        tags += Markup('<meta property="og:url" content="{}{}"/>').format(address, page)
        tags += FEED.format(address)
    # The tags of Sphinx are plain text; a Markup before or behind would escape them.
    context["metatags"] = f"{context.get('metatags', '')}{tags}"


def _first_paragraph(doctree: nodes.document | None) -> str:
    """Return the first paragraph that is long enough to say something."""
    for paragraph in doctree.findall(nodes.paragraph) if doctree else ():
        if len(text := paragraph.astext()) > len("A short one."):
            return text
    return "The manylinux rules, one by one, and what real tools make of them."
