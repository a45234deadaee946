"""The coverage page: totals by chapter, level and subject, then every rule."""

from __future__ import annotations

import pytest

from docs.tests.site import Built

PAGES = "docs/pages"


@pytest.mark.parametrize(
    "said",
    [
        "demo 2 1 1 1",  # the chapter's rules, forced, by inspection, without a case
        "MUST 1 1 0 0",
        "proposals, of any level 1 0 1 1",
        "standard 1 1 0 0",
        "tag library 1 1 0 0",
    ],
)
def test_page_says(built: Built, said: str) -> None:
    assert said in built.text(PAGES, "article")


def test_each_rule_has_its_cases(built: Built) -> None:
    first, second = built.rows(PAGES, ".coverage-table")
    assert first == [
        "demo.first",
        "MUST standard",
        "installer, tag library",
        "forced",
        "2 same-version next-version",
    ]
    assert second[4:] == ["none"]
