"""Editions: frozen once, read back, and compared word by word."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.suite.editions import (
    Words,
    freeze,
    read_editions,
    word_differences,
)
from manylinux_conformance.suite.load import Suite, load_suite

DATE = dt.date(2026, 11, 1)


@pytest.fixture(scope="module")
def suite() -> Suite:
    return load_suite()


def test_frozen_edition_has_every_rule_with_its_text(
    suite: Suite, tmp_path: Path
) -> None:
    freeze(suite, tmp_path, "2026.1", DATE)
    (edition,) = read_editions(tmp_path)
    assert (edition.edition, edition.date) == ("2026.1", DATE)
    assert {rule.id: rule.text for rule in edition.rules} == {
        rule.id: rule.text for rule in suite.rules.values()
    }
    assert [case["name"] for case in edition.cases] == [one.name for one in suite.cases]


def test_edition_says_which_schema_it_keeps(suite: Suite, tmp_path: Path) -> None:
    folder = freeze(suite, tmp_path, "2026.1", DATE)
    document = json.loads((folder / "edition.json").read_text())
    schema = json.loads((folder / document["$schema"]).read_text())
    assert schema["$id"] == document["$schema"]
    assert set(document) <= set(schema["$defs"]["Edition"]["properties"])


def test_frozen_edition_stays_as_it_is(suite: Suite, tmp_path: Path) -> None:
    freeze(suite, tmp_path, "2026.1", DATE)
    with pytest.raises(InputError, match="stays as it is"):
        freeze(suite, tmp_path, "2026.1", DATE)


@pytest.mark.parametrize("name", ["", "2026", "2026.0", "2026.1.dev0", "../x"])
def test_name_is_a_year_and_a_number(suite: Suite, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="named like"):
        freeze(suite, tmp_path, name, DATE)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"edition": 1}'])
def test_damaged_edition_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "editions/2026.1/edition.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(InputError, match=r"edition\.json"):
        read_editions(tmp_path)


def test_difference_is_told_word_by_word() -> None:
    found = word_differences("A tag MUST fit here.", "A tag SHOULD fit here now.")
    assert list(found) == [
        Words("same", "A tag"),
        Words("del", "MUST"),
        Words("ins", "SHOULD"),
        Words("same", "fit"),
        Words("del", "here."),
        Words("ins", "here now."),
    ]
