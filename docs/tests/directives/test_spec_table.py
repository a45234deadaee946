"""Normative tables: every column has data, and every architecture fact is shown."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from spec_table import TABLES, Table, cell

DATA = Path(__file__).parents[2] / "spec" / "data"


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
def test_every_table_stands_in_a_chapter(name: str) -> None:
    chapters = (path.read_text("utf-8") for path in DATA.parent.glob("*.md"))
    assert sum(f"{{spec-table}} {name}\n" in text for text in chapters) == 1
