"""The deviations page: each entry with its rules, cases and versions."""

from __future__ import annotations

import pytest

from docs.tests.site import Built

PAGES = "docs/pages"


@pytest.mark.parametrize(
    "said",
    [
        "versions-as-text unreported compare() takes versions as text: `1.10' is",
        "Links example.org Since 0.2 Versions 1.9",
        "Shows in demo.first , demo.second ; cases next-*",
    ],
)
def test_page_says(built: Built, said: str) -> None:
    assert said in built.text(PAGES, "article")


def test_backticks_set_code_and_quotations_stay(built: Built) -> None:
    (cause,) = built.all(PAGES, ".deviation > p")
    assert [code.get_text() for code in cause.select("code")] == ["compare()"]


def test_a_cause_has_an_address(built: Built) -> None:
    heading = built.one(PAGES, ".deviation > h3")
    assert heading["id"] == "slow.versions-as-text"
