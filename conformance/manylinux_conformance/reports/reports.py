"""Writes every report about some blocks into one folder, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from manylinux_fixtures.files.atomic_file import whole_files

from manylinux_conformance.errors import (
    InputError,
    UnavailableError,
    is_disk_full,
    reason_of,
)
from manylinux_conformance.reports.about import About
from manylinux_conformance.reports.junit import write_junit
from manylinux_conformance.reports.pages import write_pages
from manylinux_conformance.results.blocks import Block, write_blocks
from manylinux_conformance.suite.rules import Rule

RESULTS = "results.jsonl"


def write_reports(
    blocks: Sequence[Block], rules: Mapping[str, Rule], folder: Path, said: About
) -> None:
    """Write ``results.jsonl``, ``junit.xml``, ``report.html`` and ``report.md``.

    ``said`` is what the reports say of themselves.
    Raises UnavailableError if the disk is full, InputError if the folder cannot be
    written to for another reason; it is then as it was.
    """
    try:
        with whole_files(folder) as new:
            write_blocks(blocks, new / RESULTS)
            write_junit(blocks, rules, new / "junit.xml", said)
            write_pages(blocks, rules, new, said)
    except OSError as error:
        kind = UnavailableError if is_disk_full(error) else InputError
        raise kind(folder, reason_of(error)) from error
