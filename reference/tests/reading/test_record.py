"""RECORD is read as CSV is."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading.record import read_record

PATHS = st.text(st.sampled_from('ab/."é, '), min_size=1, max_size=12)


@given(rows=st.dictionaries(PATHS, st.booleans(), max_size=6))
def test_record_is_read_as_the_csv_module_writes_it(rows: dict[str, bool]) -> None:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    for path, hashed in rows.items():
        writer.writerow([path, "sha256=abc" if hashed else "", "3"])
    assert read_record(written.getvalue()) == rows


def test_a_row_without_commas_has_no_hash() -> None:
    assert read_record("a\n\nb,,\n") == {"a": False, "b": False}
