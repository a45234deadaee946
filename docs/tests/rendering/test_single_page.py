"""A book of one page: its links lead somewhere, from the root of the folder."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from docs.tests.site import DOCS, Built

BOOK = "# Book\n\n```{toctree}\n/spec/demo\n```\n"
SETTINGS: dict[str, Any] = {
    "root_doc": "docs/book",
    "include_patterns": ["docs/book.md", "spec/demo.md"],
    "exclude_patterns": [],
    "is_book": True,
}


@pytest.fixture
def book(project: Path) -> Built:
    (project / "docs" / "book.md").write_text(BOOK)
    site = project / "site"
    with docutils_namespace():
        app = Sphinx(
            project, DOCS, site, site / ".doctrees", "singlehtml", SETTINGS,
            status=None, warning=io.StringIO(),
        )  # fmt: skip
        app.build()
    return Built(site, "", "")


def test_the_page_finds_its_style_sheets(book: Built) -> None:
    sheets = [str(each["href"]) for each in book.all("book", "link[rel=stylesheet]")]
    assert sheets
    for sheet in sheets:
        assert (book.site / sheet.partition("?")[0]).is_file()


def test_every_link_within_the_page_leads_somewhere(book: Built) -> None:
    names = {str(each["id"]) for each in book.all("book", "[id]")}
    links = [str(each["href"]) for each in book.all("book", "a[href]")]
    within = [each for each in links if ":" not in each]
    assert within
    astray = {each for each in within if each.partition("#")[2] not in names}
    assert astray <= {"#"}  # the top of the page


def test_a_book_has_no_search(book: Built) -> None:
    assert not book.all("book", "form, [rel=index]")
