"""``rules.json``: what programs read about the rules."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from manylinux_docs.files.rules_json import PublishedRules
from sphinx.errors import SphinxError

from docs.tests.site import Build, Built


def test_content_keeps_its_schema(built: Built) -> None:
    schema = json.loads((built.site / "rules-schema.json").read_text())
    rule = schema["$defs"]["PublishedRule"]
    content = json.loads((built.site / "rules.json").read_text())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (content["format"], content["$schema"]) == (2, "rules-schema.json")
    for entry in content["rules"]:
        assert set(rule["required"]) <= set(entry) <= set(rule["properties"])


def test_every_rule_is_there_with_its_cases(built: Built) -> None:
    content = msgspec.json.decode(
        (built.site / "rules.json").read_bytes(), type=PublishedRules
    )
    assert [rule.id for rule in content.rules] == ["demo.first", "demo.second"]
    first = content.rules[0]
    assert first.url == "r/demo.first/"
    assert first.cases == ("demo.first/same-version", "demo.first/next-version")
    assert [entry.id for entry in content.retired] == ["demo.old", "demo.gone"]


def test_removed_rule_leaves_no_trace(project: Path, build: Build) -> None:
    build(project)
    chapter = project / "spec/demo.md"
    text = chapter.read_text()
    chapter.write_text(text[: text.index(":::{rule} demo.second")])
    assert "demo.second" in build(project).warnings
    published = (project / "site/rules.json").read_text()
    assert '"id": "demo.second"' not in published


def test_failed_build_writes_no_file(project: Path, build: Build) -> None:
    (project / "conformance/results/bad.jsonl").write_text("{}\n")
    with pytest.raises(SphinxError):
        build(project)
    assert not list((project / "site").glob("*.json"))
