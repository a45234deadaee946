"""``tools.json`` and the results of each tool: what programs read about tools."""

from __future__ import annotations

import json

import msgspec
import pytest
from manylinux_docs.files.tools_json import PublishedResults, PublishedTools

from docs.tests.site import Built


def test_every_tool_is_listed_with_what_it_breaks(built: Built) -> None:
    content = (built.site / "tools.json").read_bytes()
    tools = msgspec.json.decode(content, type=PublishedTools).tools
    assert [tool.tool for tool in tools] == ["slow", "wild"]
    for tool in tools:
        assert (built.site / tool.url / "index.html").exists()
        assert (built.site / tool.results).exists()
    (wild,) = tools[1].profiles
    assert (wild.version, wild.kept, wild.musts_broken_really) == ("3", 0, 1)


def test_results_say_in_how_many_places_a_rule_is_kept(built: Built) -> None:
    content = (built.site / "results/wild.json").read_bytes()
    (standing,) = msgspec.json.decode(content, type=PublishedResults).standings
    assert (standing.rule, standing.status) == ("demo.first", "keeps-in-part")
    assert standing.places == {"real": (1, 2), "model": (0, 1)}


@pytest.mark.parametrize("name", ["rules", "tools", "results"])
def test_schema_names_itself(built: Built, name: str) -> None:
    schema = json.loads((built.site / f"{name}-schema.json").read_text())
    assert schema["$id"] == f"{name}-schema.json"
