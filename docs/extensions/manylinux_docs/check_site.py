"""Says what is wrong with a built site: links that lead nowhere, pages too heavy.

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


class _Page(HTMLParser):
    """The anchors of a page, and the addresses that it refers to."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.feed(content.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element is called and what it refers to."""
        del tag
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            if name in ADDRESSES and value:
                self.links.add(value)


def faults_of(site: Path) -> Iterator[str]:
    """Yield each dead link inside the site, and each page of more than ``HEAVIEST``."""
    contents = {path: path.read_bytes() for path in sorted(site.rglob("*.html"))}
    pages = {path.resolve(): _Page(content) for path, content in contents.items()}
    for path, content in contents.items():
        name = path.relative_to(site)
        if len(content) > HEAVIEST:
            yield f"{name}: {len(content):,} bytes of HTML, more than {HEAVIEST:,}"
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
