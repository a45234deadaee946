"""Editions: frozen once, read back, and compared word by word."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Literal

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
    with pytest.raises(InputError, match=r"2026\.1: this edition is frozen, and stays"):
        freeze(suite, tmp_path, "2026.1", DATE)


@pytest.mark.parametrize("name", ["", "2026", "2026.0", "2026.1.dev0", "../x"])
def test_name_is_a_year_and_a_number(suite: Suite, tmp_path: Path, name: str) -> None:
    with pytest.raises(
        InputError, match=rf"^{re.escape(name)}: an edition is named like"
    ):
        freeze(suite, tmp_path, name, DATE)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"edition": 1}'])
def test_damaged_edition_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "editions/2026.1/edition.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(
        InputError, match=r"edition\.json: .*(JSON|truncated|Expected|missing)"
    ):
        read_editions(tmp_path)


def test_edition_of_another_name_is_refused(suite: Suite, tmp_path: Path) -> None:
    freeze(suite, tmp_path, "2026.1", DATE).rename(tmp_path / "editions/2026.2")
    with pytest.raises(InputError, match=r"edition\.json: .* is edition 2026\.1"):
        read_editions(tmp_path)


def test_editions_are_read_by_their_dates(suite: Suite, tmp_path: Path) -> None:
    for number, day in ((2, 20), (10, 25), (1, 10)):
        freeze(suite, tmp_path, f"2026.{number}", DATE.replace(day=day))
    names = [edition.edition for edition in read_editions(tmp_path)]
    assert names == ["2026.1", "2026.2", "2026.10"]


def test_rule_of_an_edition_is_found_by_its_identifier(
    suite: Suite, tmp_path: Path
) -> None:
    freeze(suite, tmp_path, "2026.1", DATE)
    (edition,) = read_editions(tmp_path)
    found = edition.rule("installer.glibc.at-least")
    assert found is not None
    assert found.id == "installer.glibc.at-least"
    assert edition.rule("installer.nothing") is None


def test_edition_has_the_normative_tables_and_the_kinds_of_questions(
    suite: Suite, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    table = '[[architecture]]\nname = "x86_64"\n'
    (tmp_path / "data/architectures.toml").write_text(table)
    freeze(suite, tmp_path, "2026.1", DATE)
    (edition,) = read_editions(tmp_path)
    assert edition.data == {"architectures": {"architecture": [{"name": "x86_64"}]}}
    kinds = {case["name"]: case["kind"] for case in edition.cases}
    assert kinds["older-glibc-than-the-oldest-common-level"] == "choose"


def test_frozen_file_is_indented_for_people(suite: Suite, tmp_path: Path) -> None:
    folder = freeze(suite, tmp_path, "2026.1", DATE)
    second = (folder / "edition.json").read_text().splitlines()[1]
    assert second.startswith(' "')


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


@pytest.mark.parametrize(
    ("old", "new", "kind", "words"),
    [
        ("A tag fits.", "A long new tag fits.", "ins", "long new"),
        ("A long new tag fits.", "A tag fits.", "del", "long new"),
    ],
)
def test_words_that_are_only_gained_or_lost_are_told(
    old: str, new: str, kind: Literal["ins", "del"], words: str
) -> None:
    found = list(word_differences(old, new))
    assert found == [Words("same", "A"), Words(kind, words), Words("same", "tag fits.")]


def test_words_that_occur_often_are_compared_too() -> None:
    old = "tag " * 250
    assert list(word_differences(f"{old}one", f"{old}two")) == [
        Words("same", old.strip()),
        Words("del", "one"),
        Words("ins", "two"),
    ]
