"""Links within a book of one page, where Sphinx 9 leaves two anchors in an address."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx


def shorten_links(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Leave ``#rule`` of ``#document-chapter#rule``, which no element has as its id."""
    if app.builder.name == "singlehtml":
        for link in doctree.findall(nodes.reference):
            document, hash_sign, name = link.get("refuri", "").rpartition("#")
            if document.startswith("#"):
                link["refuri"] = f"{hash_sign}{name}"
