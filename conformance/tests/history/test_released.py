"""The day of a release is the one of its first file on the index."""

from __future__ import annotations

from manylinux_conformance.history.released import first_day

HEAD = 'lock-version = "1.0"\ncreated-by = "uv"\n\n[[packages]]\nname = "pip"\n'
WHEELS = """wheels = [
  { name = "a", upload-time = 2020-12-01T00:30:00+02:00 },
  { name = "b", upload-time = 2020-12-03T10:00:00Z },
]
"""
SDIST = 'sdist = { name = "c", upload-time = 2020-12-02T10:00:00Z }\n'


def test_the_first_file_counts_and_its_day_in_utc() -> None:
    assert first_day(HEAD + WHEELS + SDIST) == "2020-11-30"


def test_an_index_that_tells_no_time_leaves_the_day_open() -> None:
    assert first_day(HEAD + 'wheels = [{ name = "a" }]\n') == ""
    assert first_day('lock-version = "1.0"\n') == ""
