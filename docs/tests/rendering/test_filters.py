"""Filters: text from data files, as safe and readable HTML."""

from __future__ import annotations

import pytest
from manylinux_docs.rendering.filters import (
    breakable,
    first_clause,
    short_link,
    with_code,
)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://github.com/pypa/pip/issues/10760", "pip #10760"),
        ("https://github.com/astral-sh/uv/pull/6039", "uv #6039"),
        (
            "https://github.com/astral-sh/uv/blob/0.12.5/crates/tags/src/tags.rs#L615",
            "uv: tags.rs, L615",
        ),
        ("https://github.com/pypa/distlib/blob/0.4.3/wheel.py", "distlib: wheel.py"),
        ("https://sourceware.org/bugzilla/show_bug.cgi?id=24636", "sourceware.org"),
    ],
)
def test_link_says_where_it_leads(address: str, words: str) -> None:
    assert short_link(address) == words


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("`show` says <b>", "<code>show</code> says &lt;b&gt;"),
        ("`<i>` alone", "<code>&lt;i&gt;</code> alone"),
        ("`GLIBC_2.38' not found", "`GLIBC_2.38&#39; not found"),
        ("`A' and `B`", "`A&#39; and <code>B</code>"),
    ],
)
def test_only_pairs_of_backticks_set_code(text: str, html: str) -> None:
    assert with_code(text) == html


def test_identifier_breaks_after_dots_underscores_and_slashes_and_is_escaped() -> None:
    assert breakable("a.b_<c>/d") == "a.<wbr/>b_<wbr/>&lt;c&gt;/<wbr/>d"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("It ends at 2.5 here.", "It ends at 2.5 here."),
        ("It ends; the rest is older. So it is.", "It ends."),
        ("It ends. The rest is older.", "It ends."),
        ("`a.b` is it. uv says so; pip not.", "`a.b` is it. uv says so."),
    ],
)
def test_first_clause_ends_before_a_semicolon_or_a_sentence(
    text: str, first: str
) -> None:
    assert first_clause(text) == first
