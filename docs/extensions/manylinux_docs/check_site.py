"""Says what is wrong with a built site: dead links, pages too heavy or too long.

``nox -s docs`` runs this program with the folder of the site.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

HEAVIEST = 300_000  # bytes of HTML that a page may have
ADDRESSES = ("href", "src")
LONGEST = {"docs/review.html": 20 * 230}  # words, of which one reads 230 in a minute
BLOCKS = frozenset(("caption", "h1", "h2", "h3", "li", "p", "summary", "td", "th"))


class _Page(HTMLParser):
    """The anchors of a page, the addresses that it refers to, and its article."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.article: list[str] = []
        self._is_inside = False
        self.feed(content.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element is called and what it refers to."""
        self._is_inside |= tag == "article"
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            if name in ADDRESSES and value:
                self.links.add(value)

    def handle_endtag(self, tag: str) -> None:
        """Note where the article ends, and that no word goes on behind a block."""
        self._is_inside &= tag != "article"
        if tag in BLOCKS:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        """Keep what there is to read."""
        if self._is_inside:
            self.article.append(data)


def faults_of(site: Path) -> Iterator[str]:
    """Yield each dead link inside the site, and each page that is too much."""
    contents = {path: path.read_bytes() for path in sorted(site.rglob("*.html"))}
    pages = {path.resolve(): _Page(content) for path, content in contents.items()}
    for path, content in contents.items():
        name = path.relative_to(site)
        if len(content) > HEAVIEST:
            yield f"{name}: {len(content):,} bytes of HTML, more than {HEAVIEST:,}"
        words = len("".join(pages[path.resolve()].article).split())
        if words > (longest := LONGEST.get(name.as_posix(), words)):
            yield f"{name}: {words:,} words, more than {longest:,}"
        for link in sorted(pages[path.resolve()].links):
            if not _leads_somewhere(path, link, pages):
                yield f"{name}: {link} leads nowhere"


def _leads_somewhere(page: Path, link: str, pages: dict[Path, _Page]) -> bool:
    address, _, fragment = link.partition("#")
    if ":" in address or address.startswith("//"):
        return True  # another site's, or data
    path = unquote(address.partition("?")[0])
    target = (page.parent / path).resolve() if path else page.resolve()
    if not fragment or target not in pages:
        return target.is_file()
    return unquote(fragment) in pages[target].anchors


def main() -> None:
    """Print every fault of the site that is named; there must be none."""
    site = Path(sys.argv[1])
    faults = list(faults_of(site))
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
