"""Evidence: read whole, or not at all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sphinx.errors import SphinxError

from docs.tests.site import Build

CASE = '[[choose]]\nrule = "demo.first"\nname = "{}"\noffer = ["any"]\npick = "any"\n'


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("spec/bad.md", ":::{rule} demo.third\n:level: must\n:::\n", "bad.md: line 1"),
        ("conformance/cases/bad.toml", "[[choose]]\n", "bad.toml"),
        ("conformance/cases/twice.toml", CASE.format("next-version"), "next-version"),
        ("conformance/cases/same.toml", CASE.format("same-version"), "same-version"),
        ("fixtures/recipes/bad.toml", "[[holds]]\n", "bad.toml"),
        ("conformance/results/bad.jsonl", "{}\n", "bad.jsonl: line 1"),
        ("conformance/deviations/bad.toml", "unknown = 1\n", "bad.toml"),
        ("spec/proposals.toml", "[[proposal]]\nrow = 1\n", "proposals.toml"),
    ],
)
def test_unusable_file_stops_the_build_with_its_name(
    project: Path, build: Build, name: str, text: str, complaint: str
) -> None:
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text(text)
    with pytest.raises(SphinxError, match=re.escape(complaint)):
        build(project)
