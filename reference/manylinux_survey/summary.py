"""Counts what a survey found; the counts are all that the report shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

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
OF_WHEELS = (
    "outcome", "error", "size", "whole", "unread", "fetched", "requests",
    "cpu_seconds", "uploaded", "claims",
)  # fmt: skip
OF_FINDINGS = ("rule", "basis", "filename", "sha256", "tag")
Name = TypeVar("Name", str, tuple[str, str])


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
    """Count what stands in the tables of a folder, in bounded memory."""
    tally = _Tally()
    for wheels in _groups(folder / WHEELS, OF_WHEELS):
        tally.add_wheels(wheels)
    for findings in _groups(folder / FINDINGS, OF_FINDINGS):
        tally.add_findings(findings)
    totals = tally.totals
    return Summary(
        version=version,
        wheels=tally.outcomes.total(),
        bytes=totals["size"],
        repeated=repeated,
        outcomes=dict(_frequent(tally.outcomes)),
        by_level=tally.kept_by("level"),
        by_arch=tally.kept_by("arch"),
        by_year=tally.kept_by("year"),
        reasons=tally.reasons(),
        not_judged=dict(_frequent(tally.errors)),
        not_whole=totals["not_whole"],
        unread=totals["unread"],
        fetched=totals["fetched"],
        requests=totals["requests"],
        cpu_seconds=round(tally.seconds, 1),
    )


@dataclass(slots=True)
class _Tally:
    """The counts so far; every wheel stands in one row group, with its findings."""

    outcomes: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    claims: Counter[tuple[str, str]] = field(default_factory=Counter)
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    totals: Counter[str] = field(default_factory=Counter)
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    seconds: float = 0.0

    def add_wheels(self, wheels: pa.Table) -> None:
        """Count the wheels of one row group."""
        lost = wheels.filter(pc.field("outcome") == "not-judged")
        self.outcomes.update(_counts(wheels, "outcome"))
        self.errors.update(_counts(lost, "error"))
        for column in ("size", "unread", "fetched", "requests"):
            self.totals[column] += pc.sum(wheels[column]).as_py() or 0
        self.totals["not_whole"] += pc.sum(pc.invert(wheels["whole"])).as_py() or 0
        self.seconds += pc.sum(wheels["cpu_seconds"]).as_py() or 0.0
        claims = _claims(wheels)
        held = claims.filter(pc.is_in(claims["outcome"], pa.array(KEPT)))
        for column in ("level", "arch", "year"):
            for counter, table in ((self.claims, claims), (self.kept, held)):
                for name, count in _counts(table, column).items():
                    counter[column, name] += count

    def add_findings(self, findings: pa.Table) -> None:
        """Count the findings of one row group."""
        broken = findings.filter(pc.field("tag") != "")
        pairs = broken.group_by(["rule", "basis", "filename", "sha256"]).aggregate([])
        counted = pairs.group_by(["rule", "basis"]).aggregate(
            [("filename", "count"), ("filename", "list")]
        )
        for row in counted.to_pylist():
            rule = row["rule"], row["basis"]
            self.rules[rule] += row["filename_count"]
            known = self.examples.get(rule, [])
            self.examples[rule] = sorted(known + row["filename_list"])[:EXAMPLES]

    def kept_by(self, column: str) -> tuple[Kept, ...]:
        """Return claims made and kept for each value of a column, in its order."""
        names = sorted(
            (name for of, name in self.claims if of == column), key=_in_order
        )
        return tuple(
            Kept(name, self.claims[column, name], self.kept[column, name])
            for name in names
        )

    def reasons(self) -> tuple[Reason, ...]:
        """Return the rules that wheels break, those of most wheels first."""
        return tuple(
            Reason(*rule, count, tuple(self.examples[rule]))
            for rule, count in _frequent(self.rules)
        )


def _groups(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number, columns)


def _frequent(counts: Counter[Name]) -> list[tuple[Name, int]]:
    """Return what was counted, the most frequent first, then by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _counts(table: pa.Table, column: str) -> dict[str, int]:
    counted = table.group_by(column).aggregate([([], "count_all")]).to_pylist()
    return {row[column]: row["count_all"] for row in counted}


def _claims(wheels: pa.Table) -> pa.Table:
    """Return a row for each claim that was judged, with the year of its wheel."""
    flat = pc.list_flatten(wheels["claims"])
    parents = pc.list_parent_indices(wheels["claims"])
    years = pc.utf8_slice_codeunits(wheels["uploaded"].take(parents), 0, 4)
    years = pc.if_else(pc.equal(years, ""), UNKNOWN_YEAR, years)
    columns = {name: pc.struct_field(flat, name) for name in ClaimRow.__struct_fields__}
    return pa.table({**columns, "year": years})


def _in_order(name: str) -> tuple[object, ...]:
    """Return a key that puts 2.5 before 2.17, and names after numbers."""
    parts = name.split(".")
    if all(part.isdigit() for part in parts):
        return 0, *map(int, parts)
    return 1, name
