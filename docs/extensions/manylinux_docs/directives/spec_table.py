"""The ``spec-table`` directive: a normative table, rendered from its data file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

EMPTY_CELL = "-"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and a pattern over a row's keys; lists arrive joined by commas.

    The cell is a dash where the key ``needs`` is missing, zero or empty.
    """

    heading: str
    pattern: str
    needs: str


@dataclass(frozen=True, slots=True)
class Table:
    """The array of tables in ``spec/data/<file>.toml`` that is shown, and how."""

    file: str
    array: str
    columns: tuple[Column, ...]


def code(heading: str, key: str) -> Column:
    """Return a column that shows one key as code."""
    return Column(heading, f"`{{{key}}}`", key)


def plain(heading: str, key: str) -> Column:
    """Return a column that shows one key as text."""
    return Column(heading, f"{{{key}}}", key)


E_FLAGS = Column(
    "`e_flags`",
    "mask `{e_flags_mask:#x}`, value `{e_flags_value:#x}`: {e_flags_reason}",
    "e_flags_mask",
)
TABLES = {
    "architectures": Table(
        "architectures",
        "architecture",
        (
            code("Architecture", "name"),
            Column("`e_machine`", "`{e_machine}` ({e_machine_number})", "e_machine"),
            Column("Class", "{bits} bits", "bits"),
            plain("Byte order", "byte_order"),
            E_FLAGS,
            code("Loader", "loader"),
            Column("Largest page", "{largest_page} bytes", "largest_page"),
            plain("Oldest kernel", "oldest_kernel"),
        ),
    ),
    "architecture-names": Table(
        "architectures",
        "architecture",
        (
            code("Architecture", "name"),
            plain("Legacy tags", "legacy"),
            plain("Kernels", "kernels"),
            plain("Oldest system", "oldest_system"),
            plain("Floor", "floor"),
            plain("First glibc", "first_glibc"),
            plain("Note", "note"),
        ),
    ),
    "baselines": Table(
        "architectures",
        "architecture",
        (code("Architecture", "name"), plain("Baseline", "baseline")),
    ),
    "forbidden-symbols": Table(
        "policies",
        "forbidden",
        (
            code("Library", "library"),
            plain("Below level", "below"),
            plain("Symbols", "symbols"),
            plain("Why", "why"),
        ),
    ),
    "decisions": Table(
        "policies",
        "decision",
        (plain("About", "about"), plain("Found", "found"), plain("Decided", "decided")),
    ),
    "aliases": Table(
        "aliases",
        "alias",
        (
            code("Legacy tag", "legacy"),
            code("Perennial tag", "perennial"),
            Column("glibc", "{major}.{minor}", "major"),
            code("Attribute", "attribute"),
            Column(
                "Origin", "[PEP {pep}](https://peps.python.org/pep-{pep:04}/)", "pep"
            ),
        ),
    ),
    "distributions": Table(
        "distributions",
        "distribution",
        (
            plain("System", "name"),
            plain("glibc", "glibc"),
            code("Newest node", "newest_node"),
            plain("Architectures", "architectures"),
            plain("Source", "source"),
        ),
    ),
}


class SpecTableDirective(SphinxDirective):
    """A table over the rows of a data file."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        name = self.arguments[0]
        table = TABLES.get(name)
        if table is None:
            raise self.error(f"unknown table {name!r}; there are {', '.join(TABLES)}")
        path = Path(self.env.srcdir, "spec", "data", f"{table.file}.toml")
        rows = tomllib.loads(path.read_text("utf-8"))[table.array]
        content = self.parse_text_to_nodes(markdown(table.columns, rows))
        return [nodes.container("", *content, classes=["spec-table", name])]


def markdown(columns: tuple[Column, ...], rows: list[dict[str, object]]) -> str:
    """Return a Markdown table."""
    lines = [
        [column.heading for column in columns],
        ["---"] * len(columns),
        *([cell(column, row) for column in columns] for row in rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(column: Column, row: dict[str, object]) -> str:
    """Return one cell's Markdown."""
    if not row.get(column.needs):
        return EMPTY_CELL
    values = {
        key: ", ".join(map(str, value)) if isinstance(value, list) else value
        for key, value in row.items()
    }
    return column.pattern.format(**values).strip().replace("|", "\\|")
