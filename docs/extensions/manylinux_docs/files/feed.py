"""``feed.xml``: the changelog as an Atom feed; it needs the site's address."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from markdown_it import MarkdownIt

NAMESPACE = "http://www.w3.org/2005/Atom"
EDITION = re.compile(r"^## (?P<name>\S+) \((?P<when>[^)]+)\)$", re.MULTILINE)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MARKDOWN = MarkdownIt("commonmark", {"html": False})


def feed(changelog: str, address: str, author: str) -> str:
    """Return an entry for each edition; one that is not released is of today."""
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return "\n".join(
        [
            f'<feed xmlns="{NAMESPACE}">',
            "<title>Changes of the manylinux specification</title>",
            f"<id>{escape(address)}</id>",
            f'<link rel="self" href="{escape(address)}feed.xml"/>',
            f"<updated>{today}T00:00:00Z</updated>",
            f"<author><name>{escape(author)}</name></author>",
            *_entries(changelog, f"{address}CHANGELOG.html", today),
            "</feed>\n",
        ]
    )


def _entries(changelog: str, page: str, today: str) -> Iterator[str]:
    found = list(EDITION.finditer(changelog))
    ends = [each.start() for each in found[1:]] + [len(changelog)]
    for edition, end in zip(found, ends, strict=True):
        name, when = edition["name"], edition["when"]
        day = when if DAY.fullmatch(when) else today
        content = MARKDOWN.render(changelog[edition.end() : end])
        link = escape(f"{page}#{name}")
        yield (
            f"<entry><title>{escape(f'{name} ({when})')}</title><id>{link}</id>"
            f'<link href="{link}"/><updated>{day}T00:00:00Z</updated>'
            f'<content type="html">{escape(content)}</content></entry>'
        )
