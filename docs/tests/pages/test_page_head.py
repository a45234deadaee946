"""Heads and feet of pages, and what a site has besides its pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_docs.files.sitemap import sitemap

from docs.tests.site import Built


@pytest.mark.parametrize(
    ("page", "about"),
    [
        ("r/demo.second/index", "A wheel SHOULD NOT do the second thing."),
        ("t/slow/index", "Which manylinux rules slow breaks"),
        ("platform/debian-12-s390x/index", "The catalogue does not describe it."),
        ("index", "demo.first comes before demo.second."),
    ],
)
def test_page_describes_itself(built: Built, page: str, about: str) -> None:
    for selector in ('meta[name="description"]', 'meta[property="og:description"]'):
        assert str(built.one(page, selector)["content"]).startswith(about)
    assert built.all(page, 'link[rel~="icon"]')


@pytest.mark.parametrize("page", ["index", "spec/demo", "r/demo.first/index"])
def test_no_tag_of_the_head_is_shown_as_text(built: Built, page: str) -> None:
    assert "<meta" not in built.text(page, "body")
    assert built.all(page, 'head meta[name="viewport"]')


def test_foot_says_that_this_is_a_draft(built: Built) -> None:
    assert "Draft of edition" in built.text("spec/demo", ".build-facts")


def test_lost_reader_finds_the_way(built: Built) -> None:
    assert "no such page" in built.text("404", "article")


def test_sitemap_has_every_page_under_its_permanent_address(tmp_path: Path) -> None:
    for name in ("r/a.b", "source/x", "_static"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "index.html").touch()
    assert sitemap(tmp_path, "https://x.org/").splitlines()[1:-1] == [
        "<url><loc>https://x.org/r/a.b/</loc></url>"
    ]
