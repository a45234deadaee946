"""A built site: no dead link, no page too heavy for a phone or too long to decide."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_docs.check_site import HEAVIEST, faults_of

from docs.tests.site import Built

PAGE = '<h1 id="top">Page</h1>'


def site_with(folder: Path, **pages: str) -> list[str]:
    """Write a site of some pages, and return its faults."""
    for name, content in pages.items():
        (folder / f"{name}.html").write_text(content)
    return list(faults_of(folder))


def test_demo_has_no_fault(built: Built) -> None:
    assert list(faults_of(built.site)) == []


@pytest.mark.parametrize(
    "link",
    [
        "page.html",
        "page.html#top",
        "page.html?tool=uv#top",
        "#here",
        "rules.json",
        "https://example.org/gone#gone",
        "mailto:nobody@example.org",
    ],
)
def test_link_that_leads_somewhere_is_no_fault(tmp_path: Path, link: str) -> None:
    (tmp_path / "rules.json").write_text("{}")
    index = f'<p id="here"><a href="{link}">link</a></p>'
    assert site_with(tmp_path, index=index, page=PAGE) == []


@pytest.mark.parametrize(
    "link", ["gone.html", "page.html#gone", "#gone", "rules.json", "../page.html"]
)
@pytest.mark.parametrize("element", ['<a href="{}">', '<img alt="" src="{}">'])
def test_link_that_leads_nowhere_is_named(
    tmp_path: Path, element: str, link: str
) -> None:
    index = element.format(link)
    faults = site_with(tmp_path, index=index, page=PAGE)
    assert faults == [f"index.html: {link} leads nowhere"]


def test_page_may_be_as_heavy_as_the_limit_and_no_heavier(tmp_path: Path) -> None:
    page = PAGE.ljust(HEAVIEST)
    assert site_with(tmp_path, page=page) == []
    assert site_with(tmp_path, page=f"{page} ") == [
        "page.html: 300,001 bytes of HTML, more than 300,000"
    ]


def test_review_page_can_be_read_in_twenty_minutes(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "review.html"
    page.parent.mkdir()
    words = "<li>a<b>b</b>,</li>" * 4600
    page.write_text(f"<p>Search</p><article><ul>{words}</ul></article>")
    assert list(faults_of(tmp_path)) == []
    page.write_text(f"<article><ul>{words}</ul><p>more</p></article>")
    assert list(faults_of(tmp_path)) == [
        "docs/review.html: 4,601 words, more than 4,600"
    ]
