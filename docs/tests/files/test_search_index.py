"""The search: rules and tools are found by name, under the address that stays."""

from __future__ import annotations

import json

import pytest

from docs.tests.site import Built, folded


@pytest.mark.parametrize(
    ("title", "page"),
    [("demo.first", "r/demo.first/index"), ("wild", "t/wild/index")],
)
def test_search_knows_the_pages_of_rules_and_tools(
    built: Built, title: str, page: str
) -> None:
    content = (built.site / "searchindex.js").read_text()
    index = json.loads(content.removeprefix("Search.setIndex(").removesuffix(")"))
    found = [index["docnames"][number] for number, _ in index["alltitles"][title]]
    assert found == [page]


def test_index_lists_a_rule_under_each_of_its_words(built: Built) -> None:
    entries = [folded(entry) for entry in built.all("genindex", ".genindextable li")]
    assert any(entry.startswith("first") and "demo.first" in entry for entry in entries)


def test_a_rule_in_the_index_leads_to_its_own_page(built: Built) -> None:
    links = built.all("genindex", ".genindextable li li a")
    leads = {link.get_text(): str(link["href"]) for link in links}
    assert leads["demo.first"] == "r/demo.first/index.html"
