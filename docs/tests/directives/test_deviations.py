"""The deviations page: each entry with its rules, cases and versions."""

from __future__ import annotations

import pytest

from docs.tests.site import Built

PAGES = "docs/pages"


@pytest.mark.parametrize(
    "said",
    [
        "bug compare() takes versions as text: `1.10' is first. example.org",
        "Rules demo.first , demo.second",
        "Cases next-* Versions 1.9",
    ],
)
def test_page_says(built: Built, said: str) -> None:
    assert said in built.text(PAGES, "article")


def test_backticks_set_code_and_quotations_stay(built: Built) -> None:
    (entry,) = built.all(PAGES, ".deviation > p")
    assert [code.get_text() for code in entry.select("code")] == ["compare()"]
