"""Books: the links of the one page lead somewhere, and an ePub is read as XML."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from xml.parsers import expat

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


def build_book(project: Path, builder: str) -> Built:
    (project / "docs" / "book.md").write_text(BOOK)
    site = project / "site"
    with docutils_namespace():
        app = Sphinx(
            project, DOCS, site, site / ".doctrees", builder, SETTINGS,
            status=None, warning=io.StringIO(),
        )  # fmt: skip
        app.build()
    return Built(site, "", "")


@pytest.fixture
def book(project: Path) -> Built:
    return build_book(project, "singlehtml")


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


def test_every_page_of_an_epub_is_well_formed(project: Path) -> None:
    (path,) = build_book(project, "epub").site.glob("*.epub")
    with zipfile.ZipFile(path) as epub:
        pages = [name for name in epub.namelist() if name.endswith("html")]
        assert "spec/demo.xhtml" in pages
        for page in pages:
            expat.ParserCreate().ParseFile(io.BytesIO(epub.read(page)))
