"""Templates: fills in those of ``docs/templates``, as HTML or as a node of a page."""

from __future__ import annotations

import functools
from pathlib import Path

import jinja2
from docutils import nodes

from manylinux_docs.rendering.filters import (
    breakable,
    plain,
    short_link,
    with_code,
    with_markup,
)

TEMPLATES = Path(__file__).parents[3] / "templates"


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
    environment.filters["plain"] = plain
    environment.filters["short_link"] = short_link
    environment.filters["with_code"] = with_code
    environment.filters["with_markup"] = with_markup
    return environment


def render(template: str, **values: object) -> str:
    """Fill in a template.

    Raises jinja2.UndefinedError if it uses a name that has no value.
    """
    return _environment().get_template(template).render(values)


def render_text(template: str, **values: object) -> str:
    """Fill in a template of plain text, in which nothing is escaped.

    Raises jinja2.UndefinedError if it uses a name that has no value.
    """
    environment = _environment().overlay(autoescape=False)
    return environment.get_template(template).render(values)


def fragment(template: str, **values: object) -> nodes.raw:
    """Fill in a template as a node that only HTML writers show.

    Raises jinja2.UndefinedError if it uses a name that has no value.
    """
    return nodes.raw("", render(template, **values), format="html")


def to_root(page: str) -> str:
    """Return the relative address of the site's root from a page, as ``../../``."""
    return "../" * page.count("/")
