"""Writes what was judged as Parquet: a row for each wheel and for each finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from manylinux_survey.rows import ClaimRow, FindingRow, Judged

WHEELS, FINDINGS = "wheels.parquet", "findings.parquet"
BATCH = 1000  # wheels of one row group

TEXT, COUNT = pa.string(), pa.int64()
WHEEL = pa.schema(
    [
        ("filename", TEXT), ("address", TEXT), ("sha256", TEXT), ("uploaded", TEXT),
        ("size", COUNT), ("outcome", TEXT), ("oldest", TEXT),
        ("oldest_by_symbols", TEXT), ("elf_files", COUNT), ("error", TEXT),
        ("member", TEXT), ("whole", pa.bool_()), ("unread", COUNT),
        ("fetched", COUNT), ("requests", COUNT), ("cpu_seconds", pa.float64()),
        (
            "claims",
            pa.list_(pa.struct([(name, TEXT) for name in ClaimRow.__struct_fields__])),
        ),
    ]
)  # fmt: skip
FINDING = pa.schema(
    [
        ("filename", TEXT), ("sha256", TEXT), ("address", TEXT),
        *(
            (name, COUNT if name == "symbols" else TEXT)
            for name in FindingRow.__struct_fields__
        ),
    ]
)  # fmt: skip
OF_OFFER = ("filename", "address", "sha256", "uploaded")


def write_tables(judged: Iterable[Judged], folder: Path) -> None:
    """Write both tables, whole or not at all, in bounded memory."""
    rows = iter(judged)
    wheels, findings = folder / f".{WHEELS}", folder / f".{FINDINGS}"
    with (
        pq.ParquetWriter(wheels, WHEEL, compression="zstd") as first,
        pq.ParquetWriter(findings, FINDING, compression="zstd") as second,
    ):
        while batch := list(islice(rows, BATCH)):
            first.write_table(pa.Table.from_pylist(_wheels(batch), schema=WHEEL))
            second.write_table(
                pa.Table.from_pylist(list(_findings(batch)), schema=FINDING)
            )
    wheels.replace(folder / WHEELS)
    findings.replace(folder / FINDINGS)


def _wheels(batch: Iterable[Judged]) -> list[dict[str, object]]:
    return [
        {
            **{name: getattr(one.offer, name) for name in OF_OFFER},
            **{
                name: getattr(one, name)
                for name in WHEEL.names
                if name not in (*OF_OFFER, "claims")
            },
            "claims": [_fields(claim) for claim in one.claims],
        }
        for one in batch
    ]


def _findings(batch: Iterable[Judged]) -> Iterator[dict[str, object]]:
    for one in batch:
        offer = {name: getattr(one.offer, name) for name in FINDING.names[:3]}
        yield from ({**offer, **_fields(each)} for each in one.findings)


def _fields(row: ClaimRow | FindingRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__struct_fields__}
