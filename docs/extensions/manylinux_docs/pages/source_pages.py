"""Source pages: ``/source/<path>`` for each file that a rule page refers to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from manylinux_docs.evidence.locations import load_locations
from manylinux_docs.rendering.templates import render

LANGUAGES = {".md": "markdown", ".py": "python", ".toml": "toml"}
ANCHOR_PREFIX = "L"  # line 12 has the anchor ``L-12``, which the templates link to
# Pygments has two elements for each line, the first with a second name for browsers of
# the last century: a fifth of a page.
TWICE = re.compile(rf'(<a id="({ANCHOR_PREFIX}-\d+)") name="\2"></a><a( href="#\2">)')
Page = tuple[str, dict[str, object], str]


def collect_source_pages(app: Sphinx) -> Iterator[Page]:
    """Yield a page for every file that has a location of a rule in it."""
    # Only the HTML builders send the event that leads here.
    builder = cast("StandaloneHTMLBuilder", app.builder)
    locations = load_locations(app.env).values()
    for path in sorted({location.path for found in locations for location in found}):
        text = Path(app.srcdir, path).read_text("utf-8", "replace")
        language = LANGUAGES.get(Path(path).suffix, "none")
        # Forced: text that its lexer cannot make out is shown without a warning.
        code = builder.highlighter.highlight_block(
            text,
            language,
            force=True,
            linenos="inline",
            lineanchors=ANCHOR_PREFIX,
            anchorlinenos=True,
        )
        code = TWICE.sub(r"\1\3", code)
        body = render("source_page.html.jinja", path=path, code=code)
        yield f"source/{path}", {"title": path, "body": body}, "page.html"
