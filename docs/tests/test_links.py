"""Links: every one on the site leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from docs.tests.site import Built


def links(built: Built) -> Iterator[tuple[Path, str, str]]:
    """Yield page, address and fragment of every relative link of the site."""
    for page in built.site.rglob("*.html"):
        name = page.relative_to(built.site).as_posix().removesuffix(".html")
        for link in built.all(name, "a[href]"):
            address, _, fragment = str(link["href"]).partition("#")
            if ":" not in address:
                path = address.partition("?")[0]
                yield page, unquote(path), fragment


def test_every_link_of_the_site_leads_somewhere(built: Built) -> None:
    for page, address, fragment in links(built):
        target = (page.parent / address).resolve() if address else page
        assert target.exists(), f"{page}: {address}"
        if fragment:
            assert f'id="{fragment}"' in target.read_text("utf-8"), (
                f"{page}: #{fragment}"
            )
