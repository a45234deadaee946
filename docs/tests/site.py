"""A built site, and what a test wants to see of it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bs4 import BeautifulSoup, Tag
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

DOCS = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Built:
    """A finished build: its site, what Sphinx complained about and what it printed."""

    site: Path
    warnings: str
    log: str

    def all(self, page: str, selector: str) -> list[Tag]:
        """Return the elements of a page that a CSS selector matches."""
        content = (self.site / f"{page}.html").read_bytes()
        soup = BeautifulSoup(content, "html.parser")
        for opportunity in soup.select("wbr"):  # nobody sees where a line may break
            opportunity.decompose()
        soup.smooth()
        return list(soup.select(selector))

    def one(self, page: str, selector: str) -> Tag:
        """Return the only element of a page that a CSS selector matches."""
        (found,) = self.all(page, selector)
        return found

    def text(self, page: str, selector: str) -> str:
        """Return the text of one element, its spaces folded."""
        return folded(self.one(page, selector))

    def rows(self, page: str, table: str) -> list[list[str]]:
        """Return the text of every cell of a table's body, its spaces folded."""
        rows = self.all(page, f"{table} tbody tr")
        return [[folded(cell) for cell in row.select("th, td")] for row in rows]


class Build(Protocol):
    """Builds a project with the real configuration, in this process."""

    def __call__(self, root: Path, *, jobs: int = 1) -> Built:
        """Return the built site."""


def folded(element: Tag) -> str:
    """Return the text of an element, its spaces folded."""
    return " ".join(element.get_text(" ").split())


def build_site(root: Path, *, jobs: int = 1) -> Built:
    """Build the site of a project as nox does."""
    site, doctrees = root / "site", root / "doctrees"
    warnings, log = io.StringIO(), io.StringIO()
    with docutils_namespace():
        app = Sphinx(
            root,
            DOCS,
            site,
            doctrees,
            "html",
            {"nitpicky": True},
            status=log,
            warning=warnings,
            parallel=jobs,
        )
        app.build()
    return Built(site, warnings.getvalue(), log.getvalue())
