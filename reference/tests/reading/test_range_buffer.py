"""Ranges of a stream are kept, within bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading import range_buffer
from manylinux_reference.reading.range_buffer import NotKeptError, RangeBuffer
from manylinux_reference.reading.unusable import UnusableError


def test_kept_ranges_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "manylinux_reference.reading.range_buffer.LARGEST_KEPT", 32 * 2**20
    )
    buffer = RangeBuffer(2**30)
    buffer.keep([(2**29, 1)])
    with pytest.raises(UnusableError, match="is too large"):
        buffer.keep([(2**28, 7 * 2**20)])


def test_near_ranges_are_kept_as_one() -> None:
    buffer = RangeBuffer(2**30)
    buffer.keep([(2**29 + 100, 10), (2**29, 10)])
    buffer.position = 2**29
    buffer.feed(bytes(range(200)))
    assert buffer.read(2**29 + 100, 10) == bytes(range(100, 110))


@given(
    data=st.binary(max_size=4000),
    wanted=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 600)), max_size=8),
    piece=st.integers(1, 700),
)
def test_a_buffer_gives_back_what_passed_by(
    data: bytes, wanted: list[tuple[int, int]], piece: int
) -> None:
    buffer = RangeBuffer(len(data))
    ranges = [(at, size) for at, size in wanted if at + size <= len(data)]
    buffer.keep(ranges)
    for at in range(0, len(data), piece):
        buffer.feed(data[at : at + piece])
    assert buffer.is_complete
    for at, size in ranges:
        assert buffer.read(at, size) == data[at : at + size]


def test_a_buffer_tells_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("manylinux_reference.reading.range_buffer.HEAD", 10)
    buffer = RangeBuffer(100)
    buffer.feed(bytes(100))
    with pytest.raises(NotKeptError, match="20"):
        buffer.read(20, 5)
    with pytest.raises(UnusableError, match="past its end"):
        buffer.read(98, 5)


@given(st.integers(0, 300), st.integers(1, 50))
def test_second_pass_completes_what_the_first_had_passed(at: int, piece: int) -> None:
    data = bytes(range(256)) * 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(range_buffer, "HEAD", 1)
        patch.setattr(range_buffer, "HEAD_SHARE", 1000)
        buffer = RangeBuffer(len(data))
    pieces = [data[start : start + piece] for start in range(0, len(data), piece)]
    for each in pieces:
        buffer.feed(each)
    buffer.keep([(at + 1, 100)])
    with pytest.raises(NotKeptError):
        buffer.read(at + 1, 100)
    buffer.rewind()
    for each in pieces:
        buffer.feed(each)
    assert buffer.is_complete
    assert buffer.read(at + 1, 100) == data[at + 1 : at + 101]


def test_ranges_are_bounded_in_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(range_buffer, "HEAD", 1)
    monkeypatch.setattr(range_buffer, "HEAD_SHARE", 1000)
    monkeypatch.setattr(range_buffer, "ROUND", 1)
    monkeypatch.setattr(range_buffer, "MOST_RANGES", 3)
    buffer = RangeBuffer(1000)
    buffer.keep([(10, 1), (20, 1), (30, 1)])
    with pytest.raises(UnusableError, match="too large"):
        buffer.keep([(40, 1)])


def test_all_that_is_not_kept_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(range_buffer, "HEAD", 10)
    monkeypatch.setattr(range_buffer, "HEAD_SHARE", 1000)
    buffer = RangeBuffer(100)
    buffer.feed(bytes(100))
    buffer.check_kept([(0, 10), (5, 5)])
    with pytest.raises(NotKeptError) as missing:
        buffer.check_kept([(0, 5), (20, 5), (8, 4)])
    assert missing.value.ranges == [(20, 5), (8, 4)]


@pytest.mark.parametrize(("offset", "size"), [(-1, 2), (99, 2), (0, 101), (101, 0)])
def test_bytes_past_the_end_are_refused(offset: int, size: int) -> None:
    with pytest.raises(UnusableError, match="past its end"):
        RangeBuffer(100).locate(offset, size)
