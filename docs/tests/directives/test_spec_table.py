"""Normative tables: every column has data, and every architecture fact is shown."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from manylinux_docs.directives.spec_table import TABLES, Table, cell

from docs.tests.site import Built

DATA = Path(__file__).parents[3] / "spec" / "data"


def rows(table: Table) -> list[dict[str, object]]:
    content = tomllib.loads((DATA / f"{table.file}.toml").read_text("utf-8"))
    found: list[dict[str, object]] = content[table.array]
    return found


@pytest.mark.parametrize("name", TABLES)
def test_every_column_says_something(name: str) -> None:
    table = TABLES[name]
    for column in table.columns:
        cells = {cell(column, row) for row in rows(table)}
        assert cells != {"-"}, column.heading


def test_the_two_tables_of_architectures_have_the_same_rows() -> None:
    elf, names = TABLES["architectures"], TABLES["architecture-names"]
    assert elf.columns[0] == names.columns[0]
    assert rows(elf) == rows(names)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_shown_in_one_chapter(name: str) -> None:
    chapters = (path.read_text("utf-8") for path in DATA.parent.glob("*.md"))
    assert sum(f"{{spec-table}} {name}\n" in text for text in chapters) == 1


def test_table_on_the_site_comes_from_its_data(built: Built) -> None:
    assert built.text("docs/tables", "tbody") == (
        "manylinux2014_x86_64 manylinux_2_17_x86_64 2.17 "
        "manylinux2014_compatible PEP 599"
    )
