"""Templates: safe by default, and strict about names."""

from __future__ import annotations

import jinja2
import pytest
from manylinux_docs.rendering.templates import fragment, render, to_root


def test_text_is_escaped() -> None:
    html = render("retired_rule_page.html.jinja", rule="<b>", link="x")
    assert "<h1>&lt;b&gt;</h1>" in html


def test_name_without_a_value_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError, match="'link' is undefined"):
        render("retired_rule_page.html.jinja", rule="a")


def test_fragment_is_for_html_alone() -> None:
    node = fragment("retired_rule_page.html.jinja", rule="a", link="x")
    assert node["format"] == "html"


@pytest.mark.parametrize(
    ("page", "way"), [("index", ""), ("docs/index", "../"), ("r/a.b/index", "../../")]
)
def test_way_to_the_root(page: str, way: str) -> None:
    assert to_root(page) == way
