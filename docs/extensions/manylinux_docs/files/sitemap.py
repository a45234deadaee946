"""``sitemap.xml``: every page, for search engines; it needs the site's address."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
HIDDEN = ("_", "source/", "404", "search", "genindex")


def sitemap(site: Path, address: str) -> str:
    """Return the sitemap of a built site; source listings are left out."""
    names = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    pages = sorted(name for name in names if not name.startswith(HIDDEN))
    listed = (f"{address}{name.removesuffix('index.html')}" for name in pages)
    entries = "".join(f"<url><loc>{escape(each)}</loc></url>\n" for each in listed)
    return f'<urlset xmlns="{NAMESPACE}">\n{entries}</urlset>\n'
