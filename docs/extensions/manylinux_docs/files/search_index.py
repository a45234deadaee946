"""The search index, with the pages that no Markdown file is the source of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from docutils import nodes
from docutils.utils import new_document
from sphinx.builders.html import StandaloneHTMLBuilder

KINDS = ("r", "t", "arch", "level", "platform")
TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
ABOUT = re.compile(r'<meta name="description" content="([^"]*)"')
ELEMENT = re.compile(r"<[^>]+>")


def index_generated_pages(builder: StandaloneHTMLBuilder) -> None:
    """Write the search index again, with the pages of rules, tools and places.

    Sphinx leaves out of it what is no document of the source folder.
    """
    if builder.indexer is None:
        return
    for page, title, about in _pages(Path(builder.outdir)):
        builder.indexer.feed(page, f"{page}.html", title, _document(title, about))
    path = Path(builder.outdir, builder.searchindex_filename)
    with path.open("w", encoding="utf-8") as file:
        builder.indexer.dump(file, builder.indexer_format)


def _pages(site: Path) -> Iterator[tuple[str, str, str]]:
    """Yield name, title and description of each page."""
    for kind in KINDS:
        for path in sorted(site.glob(f"{kind}/*/index.html")):
            content = path.read_text("utf-8")
            title, about = TITLE.search(content), ABOUT.search(content)
            if title and about:
                words = unescape(ELEMENT.sub("", title[1])).strip()
                yield f"{kind}/{path.parent.name}/index", words, unescape(about[1])


def _document(title: str, about: str) -> nodes.document:
    document = new_document("")
    section = nodes.section("", nodes.title("", title), ids=["top"])
    section += nodes.paragraph("", about)
    document += section
    return document
