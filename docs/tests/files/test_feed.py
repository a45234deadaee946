"""The feed: one entry for each edition of the changelog."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag
from manylinux_docs.files.feed import feed

ADDRESS = "https://example.org/"
CHANGELOG = """# Changelog

## 2026.2 (not yet released)

- A wheel < 1 MB & more.

## 2026.1 (2026-12-01)

- The first.
"""


def text(entry: Tag, name: str) -> str:
    (found,) = entry.select(name)
    return found.get_text()


def test_feed_has_an_entry_for_each_edition() -> None:
    atom = BeautifulSoup(feed(CHANGELOG, ADDRESS, "A & B"), "html.parser")
    new, old = atom.select("entry")
    assert text(new, "title") == "2026.2 (not yet released)"
    assert "A wheel &lt; 1 MB &amp; more." in text(new, "content")
    assert text(old, "updated") == "2026-12-01T00:00:00Z"
    assert text(old, "id") == f"{ADDRESS}CHANGELOG.html#2026.1"
