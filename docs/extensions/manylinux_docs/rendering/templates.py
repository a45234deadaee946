"""Fragments: HTML for generated tables, from the templates beside this folder."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import jinja2
from docutils import nodes
from markupsafe import Markup

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

BREAKS = re.compile(r"(?<=[._])")
CODE = re.compile(r"`([^`'\n]+)`")
TEMPLATES = Path(__file__).parents[1] / "templates"


def breakable(identifier: str) -> Markup:
    """Return an identifier that a browser may break after dots and underscores."""
    return Markup("<wbr>").join(BREAKS.split(identifier))


def with_code(text: str) -> Markup:
    """Return a sentence with what stands between backticks set as code.

    A quotation of a loader's message, as in `GLIBC_2.38' not found, stays as it is.
    """
    parts = CODE.split(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part
        for place, part in enumerate(parts)
    )


def short_link(address: str) -> str:
    """Return words for a link that tell it from its neighbours.

    ``pip #12``, ``uv: tags.rs, L593-L596``, or the name of the site.
    """
    url = urlsplit(address)
    match url.path.strip("/").split("/"):
        case [_, project, "issues" | "pull" | "discussions", number]:
            return f"{project} #{number}"
        case [_, project, "blob", _, *_, name]:
            return ", ".join(filter(None, (f"{project}: {name}", url.fragment)))
    return url.netloc


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = breakable
    environment.filters["short_link"] = short_link
    environment.filters["with_code"] = with_code
    return environment


def render(template: str, **values: object) -> str:
    """Fill in a template; an undefined name in it is an error."""
    return _environment().get_template(template).render(values)


def fragment(template: str, **values: object) -> nodes.raw:
    """Fill in a template as a node that only HTML writers show."""
    return nodes.raw("", render(template, **values), format="html")


def to_root(page: str) -> str:
    """Return the relative way from a page to the root of the site, as ``../../``."""
    return "../" * page.count("/")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Make the pages depend on the templates' content."""
    content = "".join(path.read_text() for path in sorted(TEMPLATES.glob("*.jinja")))
    app.add_config_value("fragment_templates", content, "env", str)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
