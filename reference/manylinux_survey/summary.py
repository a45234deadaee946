"""Counts what a survey found; the counts are all that the report shows."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from manylinux_survey.rows import ClaimRow
from manylinux_survey.tables import FINDINGS, WHEELS

FORMAT = 1
KEPT = ("holds", "holds-with-objections")
UNKNOWN_YEAR = "unknown"
EXAMPLES = 3  # wheels named for each reason


class Kept(msgspec.Struct, frozen=True):
    """Claims of one level, architecture or year: how many hold, and how many do not."""

    name: str
    claims: int
    kept: int


class Reason(msgspec.Struct, frozen=True):
    """A rule that wheels break: how many, and some of them."""

    rule: str
    basis: str
    wheels: int
    examples: tuple[str, ...]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What became of all wheels together; bytes and requests are of remote ones."""

    format: int = FORMAT
    version: str
    wheels: int
    bytes: int
    repeated: int
    outcomes: dict[str, int]
    by_level: tuple[Kept, ...]
    by_arch: tuple[Kept, ...]
    by_year: tuple[Kept, ...]
    reasons: tuple[Reason, ...]
    not_judged: dict[str, int]
    not_whole: int
    unread: int
    fetched: int
    requests: int
    cpu_seconds: float


def summarize(folder: Path, version: str, repeated: int) -> Summary:
    """Count what stands in the tables of a folder."""
    wheels = pq.read_table(folder / WHEELS)
    claims = _claims(wheels)
    lost = wheels.filter(pc.field("outcome") == "not-judged")
    return Summary(
        version=version,
        wheels=wheels.num_rows,
        bytes=_total(wheels, "size"),
        repeated=repeated,
        outcomes=_counts(wheels, "outcome"),
        by_level=_kept(claims, "level"),
        by_arch=_kept(claims, "arch"),
        by_year=_kept(claims, "year"),
        reasons=_reasons(pq.read_table(folder / FINDINGS)),
        not_judged=_counts(lost, "error"),
        not_whole=_total(wheels, "whole", of=False),
        unread=_total(wheels, "unread"),
        fetched=_total(wheels, "fetched"),
        requests=_total(wheels, "requests"),
        cpu_seconds=round(float(pc.sum(wheels["cpu_seconds"]).as_py() or 0), 1),
    )


def _total(table: pa.Table, column: str, *, of: bool = True) -> int:
    values = table[column]
    if not of:
        values = pc.invert(values)
    return int(pc.sum(values).as_py() or 0)


def _counts(table: pa.Table, column: str) -> dict[str, int]:
    """Count the values of a column, the most frequent first."""
    counted = table.group_by(column).aggregate([([], "count_all")]).to_pylist()
    counted.sort(key=lambda row: (-row["count_all"], row[column]))
    return {row[column]: row["count_all"] for row in counted}


def _claims(wheels: pa.Table) -> pa.Table:
    """Return a row for each claim that was judged, with the year of its wheel."""
    flat = pc.list_flatten(wheels["claims"])
    parents = pc.list_parent_indices(wheels["claims"])
    years = pc.utf8_slice_codeunits(wheels["uploaded"].take(parents), 0, 4)
    years = pc.if_else(pc.equal(years, ""), UNKNOWN_YEAR, years)
    columns = {name: pc.struct_field(flat, name) for name in ClaimRow.__struct_fields__}
    return pa.table({**columns, "year": years})


def _kept(claims: pa.Table, column: str) -> tuple[Kept, ...]:
    held = pc.is_in(claims["outcome"], pa.array(KEPT))
    table = pa.table({column: claims[column], "held": pc.cast(held, pa.int64())})
    counted = table.group_by(column).aggregate([("held", "sum"), ("held", "count")])
    found = [
        Kept(row[column], row["held_count"], row["held_sum"])
        for row in counted.to_pylist()
    ]
    return tuple(sorted(found, key=lambda one: _in_order(one.name)))


def _in_order(name: str) -> tuple[object, ...]:
    """Return a key that puts 2.5 before 2.17, and names after numbers."""
    parts = name.split(".")
    if all(part.isdigit() for part in parts):
        return 0, *map(int, parts)
    return 1, name


def _reasons(findings: pa.Table) -> tuple[Reason, ...]:
    """Return the rules that wheels break, those of most wheels first."""
    broken = findings.filter(pc.field("tag") != "")
    pairs = broken.group_by(["rule", "basis", "filename", "sha256"]).aggregate([])
    counted = pairs.group_by(["rule", "basis"]).aggregate(
        [("filename", "count"), ("filename", "list")]
    )
    found = [
        Reason(
            row["rule"],
            row["basis"],
            row["filename_count"],
            tuple(sorted(row["filename_list"])[:EXAMPLES]),
        )
        for row in counted.to_pylist()
    ]
    return tuple(sorted(found, key=lambda one: (-one.wheels, one.rule)))
