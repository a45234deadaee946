"""A book of one page: its links, its place, and what of a site it goes without."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

SIDEBAR = ("brand", "scroll-start", "navigation", "scroll-end")


def leave_out_search(_app: Sphinx, config: Config) -> None:
    """Take search and index, which a book has none of, from its margin."""
    if config.is_book:
        config.html_sidebars = {"**": [f"sidebar/{name}.html" for name in SIDEBAR]}
        config.html_use_index = False


def move_to_the_top(app: Sphinx, exception: Exception | None) -> None:
    """Put the page where its links to style sheets begin: at the root, always."""
    if app.builder.name == "singlehtml" and exception is None:
        page = Path(app.outdir, f"{app.config.root_doc}.html")
        page.replace(Path(app.outdir, page.name))


def shorten_links(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Leave ``#rule`` of ``#document-chapter#rule``, which no element has as its id.

    Sphinx 9 leaves two anchors in such an address.
    """
    if app.builder.name == "singlehtml":
        for link in doctree.findall(nodes.reference):
            document, hash_sign, name = link.get("refuri", "").rpartition("#")
            if document.startswith("#"):
                link["refuri"] = f"{hash_sign}{name}"
