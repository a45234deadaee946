"""Filters: text from data files as HTML that is safe and easy to read."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markupsafe import Markup

BREAKS = re.compile(r"(?<=[._/])")
CODE = re.compile(r"`([^`'\n]+)`")
ROLE = re.compile(r"\{(?P<role>[a-z]+)\}`(?P<target>[^`]+)`")
MARKUP = re.compile(r"`(?P<code>[^`]+)`|\[(?P<words>[^]]+)\]\([^)]*\)|\*+")
CLAUSE = re.compile(r";\s+|\.\s+(?=[A-Z])|\.$")
MARKDOWN = MarkdownIt("commonmark", {"html": False})


def breakable(identifier: str) -> Markup:
    """Return an identifier or path that may break after dots, underscores, slashes."""
    return Markup("<wbr/>").join(BREAKS.split(identifier))


def with_code(text: str) -> Markup:
    """Return a sentence with what is between backticks set as code.

    A quotation of a loader's message, as in `GLIBC_2.38' not found, stays as it is.
    """
    parts = CODE.split(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else part
        for index, part in enumerate(parts)
    )


def first_clause(text: str) -> str:
    """Return the first sentence of a text, up to its first semicolon if it has one."""
    return CLAUSE.split(text, maxsplit=1)[0] + "."


def with_markup(text: str, root: str) -> str:
    """Return a sentence in the Markdown of the chapters as HTML.

    ``root`` leads to the site's root; a role that names no rule becomes plain words.
    """
    linked = ROLE.sub(lambda role: _linked(role["role"], role["target"], root), text)
    return str(MARKDOWN.renderInline(linked))


def plain(text: str) -> str:
    """Return a sentence in the Markdown of the chapters without its markup."""
    words = ROLE.sub(lambda role: role["target"], text)
    return MARKUP.sub(lambda found: found["code"] or found["words"] or "", words)


def _linked(role: str, target: str, root: str) -> str:
    if role == "rule":
        return f"[`{target}`]({root}r/{target}/index.html)"
    return target.rpartition("/")[2].replace("-", " ")


def short_link(address: str) -> str:
    """Return words for a link that tell it from its neighbours.

    ``pip #12``, ``uv: tags.rs, L593-L596``, ``PEP 600``, or the name of the site.
    """
    url = urlsplit(address)
    match url.path.strip("/").split("/"):
        case [_, project, "issues" | "pull" | "discussions", number]:
            return f"{project} #{number}"
        case [_, project, "blob", _, *_, name]:
            return ", ".join(filter(None, (f"{project}: {name}", url.fragment)))
        case [pep] if pep.startswith("pep-"):
            return f"PEP {int(pep.removeprefix('pep-'))}"
    return url.netloc
