"""Citations: a rule's permanent address, ready to be copied into another text."""

from __future__ import annotations

from dataclasses import dataclass

from sphinx.config import Config

TITLE = "manylinux: specification and conformance suite"


@dataclass(frozen=True, slots=True)
class Citation:
    """What to copy; ``is_complete`` if the site has an address and is no draft."""

    is_complete: bool
    words: str
    url: str
    rest: str
    markdown: str
    bibtex: str


def cite(config: Config, rule: str, revision: int) -> Citation:
    """Return how to cite a rule; the URL is relative while the site has no address."""
    url = f"{config.site_address}r/{rule}/"
    where = f"rule {rule}, revision {revision}"
    words = f"manylinux specification, {config.edition}, {where}"
    commit = config.html_context.get("commit", "")
    version = ", ".join(filter(None, (config.edition, commit and f"commit {commit}")))
    fields = {
        "author": f"{{{config.author}}}",
        "title": f"{TITLE}, {where}",
        "year": config.version.partition(".")[0],  # editions are called by their year
        "version": version,
        "url": url,
    }
    inner = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return Citation(
        is_complete=bool(config.site_address) and "draft" not in config.edition,
        words=words,
        url=url,
        rest=f"`{rule}@{revision} <{url}>`__",
        markdown=f"[`{rule}@{revision}`]({url})",
        bibtex=f"@misc{{manylinux:{rule},\n{inner}}}",
    )
