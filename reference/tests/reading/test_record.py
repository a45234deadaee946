"""RECORD is read as CSV is."""

from __future__ import annotations

import csv
import io

import pytest
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


@pytest.mark.parametrize(
    ("row", "record"),
    [
        ("a.py,sha256=x,1", {"a.py": True}),
        ("a.py,,", {"a.py": False}),
        ("a.py,,1", {"a.py": False}),
        ('"a.py",sha256=x,1', {"a.py": True}),
        ('"a,b.py",sha256=x,1', {"a,b.py": True}),
        ('"a.py","sha256=x",1', {"a.py": True}),
        ("a.py,,sha256=x,1", {"a.py": False}),
        ("a.py,X,1", {"a.py": True}),
        ('"a,b.py",,1', {"a,b.py": False}),
        ('"a""b"" .py",sha256=x,', {'a"b" .py': True}),
        ('a.py,"sha256=x",1', {"a.py": True}),
        ('a.py,"",1', {"a.py": False}),
        (",sha256=x,1", {}),
        ("", {}),
    ],
)
def test_a_row_names_a_path_and_its_hash(row: str, record: dict[str, bool]) -> None:
    assert read_record(row) == record
