"""The extension as a whole: how Sphinx is driven, and what other projects rely on."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace
from sphinx.util.inventory import InventoryFile

from docs.tests.site import DOCS, Build, Built

IDENTIFIERS = ("demo.first", "demo.second", "demo.old", "demo.gone")


def pages(site: Path) -> dict[str, str]:
    return {
        path.relative_to(site).as_posix(): path.read_text("utf-8")
        for path in sorted(site.rglob("*.html"))
    }


def test_the_demo_builds_without_warnings(built: Built) -> None:
    assert built.warnings == ""


def test_parallel_build_writes_the_same_pages(
    built: Built, project: Path, build: Build
) -> None:
    assert pages(build(project, jobs=2).site) == pages(built.site)


def test_book_of_one_page_has_chapters_alone_and_links_within(project: Path) -> None:
    out = project / "book"
    with docutils_namespace():
        book = {"is_book": True}
        app = Sphinx(
            project, DOCS, out, out, "singlehtml", book, status=None, warning=None
        )
        app.build()
    soup = BeautifulSoup((out / "index.html").read_bytes(), "html.parser")
    assert not (out / "r").exists()
    assert soup.select(".rule-head code")
    assert not soup.select(".rule-head a[href], .rule-evidence")
    within = {str(link["href"]) for link in soup.select('article a[href^="#"]')}
    assert "#demo.second" in within
    assert {link.removeprefix("#") for link in within} <= {
        *("", *(str(element["id"]) for element in soup.select("[id]")))
    }


def test_landing_page_is_at_the_root(built: Built) -> None:
    assert built.text("index", "h1").startswith("Start")


@pytest.mark.parametrize("identifier", IDENTIFIERS)
@pytest.mark.parametrize("kind", ["std:rule", "std:label"])
def test_inventory_names_every_identifier(
    built: Built, identifier: str, kind: str
) -> None:
    inventory = InventoryFile.loads((built.site / "objects.inv").read_bytes(), uri="")
    address = inventory.data[kind][identifier].uri
    assert address == f"r/{identifier}/"
    assert (built.site / address / "index.html").exists()


@pytest.mark.parametrize(
    ("role", "conf"),
    [
        ("ref", ""),
        ("rule", 'def setup(app): app.add_crossref_type("rule", "rule")'),
    ],
)
def test_another_project_refers_to_a_rule(
    built: Built, tmp_path: Path, role: str, conf: str
) -> None:
    inventory = built.site / "objects.inv"
    mapping = {"manylinux": ("https://example.org/", str(inventory))}
    (tmp_path / "conf.py").write_text(
        'extensions = ["sphinx.ext.intersphinx"]\n'
        f"intersphinx_mapping = {mapping}\n{conf}\n"
    )
    (tmp_path / "index.rst").write_text(f"T\n=\n\n:{role}:`demo.first`\n")
    with docutils_namespace():
        out = tmp_path / "out"
        app = Sphinx(
            tmp_path, tmp_path, out, out, "html", {"nitpicky": True}, status=None
        )
        app.build()
    page = (out / "index.html").read_text()
    assert 'href="https://example.org/r/demo.first/"' in page
