"""CITATION.cff and headers of results say what pyproject.toml says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from manylinux_conformance.results.lines import EDITION

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CITATION = (ROOT / "CITATION.cff").read_text("utf-8")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", PROJECT["version"]),
        ("url", PROJECT.get("urls", {}).get("Documentation")),
        ("repository-code", PROJECT.get("urls", {}).get("Repository")),
    ],
)
def test_citation_agrees_with_the_project(field: str, value: str | None) -> None:
    found = re.search(rf'^{field}: "?([^"\n]+)"?$', CITATION, re.MULTILINE)
    assert (found and found[1]) == value


def test_only_an_edition_has_a_date_of_release() -> None:
    is_draft = ".dev" in PROJECT["version"]
    assert ("date-released:" in CITATION) is not is_draft


def test_headers_of_results_say_draft_until_an_edition_is_frozen() -> None:
    edition, _, is_development = PROJECT["version"].partition(".dev")
    assert (f"{edition} draft" if is_development else edition) == EDITION
