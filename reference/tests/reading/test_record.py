"""RECORD is read as CSV is."""

from __future__ import annotations

import base64
import csv
import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading.budget import Budget, NotJudgedError
from manylinux_reference.reading.record import hash_of_row, read_record, text_of_hash
from manylinux_reference.reading.unusable import UnusableError

PATHS = st.text(st.sampled_from('ab/."é, \n'), min_size=1, max_size=12)


HASHES = st.sampled_from(["", "sha256=abc"])


def read(text: str) -> dict[str, str]:
    return read_record(text, Budget()).hashes


@given(rows=st.dictionaries(PATHS, HASHES, max_size=6))
def test_record_is_read_as_the_csv_module_writes_it(rows: dict[str, str]) -> None:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    for path, hashed in rows.items():
        writer.writerow([path, hashed, "3"])
    assert read(written.getvalue()) == rows


@pytest.mark.parametrize(
    "row",
    [
        *("a", "a,", "a,sha256=x", "", " ", "# a comment"),
        *("a,,1,", "a,,many", "a,,-1", "a,,1.0", "a,, 1", "a,,\u0661", '"a,,', '"a"'),
        *(f"a,,{2**64}", "a,,+", "a,,++1", f"a,,{'0' * 9}{2**64}", "a.py,,sha256=x,1"),
        *("a\x0c\x0cb,,", "\u2028a,,", "a\0,,", f"{'a' * 140_000},,", '"a""b",,"1" '),
    ],
)
def test_a_row_is_a_path_a_hash_and_a_size(row: str) -> None:
    # uv refuses all of these but the empty one, at which pip breaks off
    with pytest.raises(UnusableError, match=r"^RECORD: .*a path, a hash and a size"):
        read(f"{row}\nb,,\n")


def test_sizes_are_those_of_the_rows_that_have_one() -> None:
    assert read_record("a,,7\nb,,\n", Budget()).sizes == {"a": 7}


@pytest.mark.parametrize(
    ("row", "size"),
    [
        ("a,,+7", 7),
        ("a,,0007", 7),
        ("a,,0", 0),
        (f"a,,{'0' * 30}{2**64 - 1}", 2**64 - 1),
    ],
)
def test_a_size_may_have_a_sign_and_zeros(row: str, size: int) -> None:
    assert read_record(row, Budget()).sizes == {"a": size}


def test_two_rows_of_a_path_that_disagree_are_known() -> None:
    both = "a,sha256=x,1\na,sha256={},1\n"
    assert read_record(both.format("x"), Budget()).doubtful == []
    assert read_record(both.format("y"), Budget()).doubtful == ["a"]


@pytest.mark.parametrize(
    ("row", "record"),
    [
        ("a.py,sha256=x,1", {"a.py": "sha256=x"}),
        ("a.py,,", {"a.py": ""}),
        ("a.py,,1", {"a.py": ""}),
        ('"a.py",sha256=x,1', {"a.py": "sha256=x"}),
        ('"a,b.py",sha256=x,1', {"a,b.py": "sha256=x"}),
        ('"a.py","sha256=x",1', {"a.py": "sha256=x"}),
        ("a.py,X,1", {"a.py": "X"}),
        ('"a,b.py",,1', {"a,b.py": ""}),
        ('"a""b"" .py",sha256=x,', {'a"b" .py': "sha256=x"}),
        ('a.py,"sha256=x",1', {"a.py": "sha256=x"}),
        ('a.py,"",1', {"a.py": ""}),
        (",sha256=x,1", {"": "sha256=x"}),
        ("", {}),
        ('"a\n\nb",sha256=x,1', {"a\n\nb": "sha256=x"}),
        ('"a"b,,', {"ab": ""}),
        ("a\x0cb,,", {"a\x0cb": ""}),
    ],
)
def test_a_row_names_a_path_and_its_hash(row: str, record: dict[str, str]) -> None:
    assert read(row) == record


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(end: str) -> None:
    assert read(f"a,sha256=x,1{end}b,,{end}") == {"a": "sha256=x", "b": ""}


def test_rows_come_out_of_the_budget() -> None:
    budget = Budget()
    budget.entries.left = 2
    read_record("a,,\nb,,\n", budget)
    with pytest.raises(NotJudgedError, match="table entries"):
        read_record("a,,\n", budget)


@pytest.mark.parametrize("size", [3, 1 << 20])
def test_hash_is_that_of_the_content(size: int) -> None:
    # echo -n abc | openssl dgst -binary -sha256 | base64
    row = "sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
    found = hash_of_row(row, size)
    assert found is not None
    made, value = found
    made.update(b"abc")
    assert text_of_hash(made) == value


@pytest.mark.parametrize("row", ["", "sha256=x=", "md5=x", "sha1=x", "sha224=x", "x"])
def test_other_algorithms_are_no_hashes(row: str) -> None:
    assert hash_of_row(row, 1) is None


def test_python_without_a_module_for_little_hashes_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("manylinux_reference.reading.record.BUILT_IN", "_no_module")
    assert hash_of_row("sha256=x", 1) is not None


@pytest.mark.parametrize("size", ["+", "", "0x1", "00x", "+0x"])
def test_size_is_of_digits(size: str) -> None:
    if size:
        with pytest.raises(UnusableError):
            read(f"a,,{size}\n")
    else:
        assert read_record(f"a,,{size}\n", Budget()).sizes == {}


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("size", [0, 1 << 40])
def test_hash_is_that_of_its_algorithm(algorithm: str, size: int) -> None:
    for value in ("abc", "abc=d"):
        found = hash_of_row(f"{algorithm}={value}", size)
        assert found is not None
        made, told = found
        made.update(b"content")
        assert told == value
        digest = hashlib.new(algorithm, b"content").digest()
        assert made.digest() == digest
        padded = base64.urlsafe_b64encode(digest).decode()
        assert text_of_hash(made) == padded.rstrip("=")
