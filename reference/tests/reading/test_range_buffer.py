"""Ranges of a stream are kept, in bounded memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading import range_buffer
from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.range_buffer import NotKeptError, RangeBuffer
from manylinux_reference.reading.unusable import UnusableError

MIB = 2**20
DATA = bytes(range(200))


def small_buffer(monkeypatch: pytest.MonkeyPatch) -> RangeBuffer:
    """Return a buffer of a file of 200 bytes that keeps the first ten."""
    monkeypatch.setattr(range_buffer, "HEAD", 10)
    monkeypatch.setattr(range_buffer, "HEAD_SHARE", 200)
    monkeypatch.setattr(range_buffer, "ROUND", 5)
    return RangeBuffer(len(DATA))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> RangeBuffer:
    return small_buffer(monkeypatch)


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, 0),
        (MIB, MIB),
        (4 * MIB, 4 * MIB),
        (16 * MIB, 4 * MIB),
        (64 * MIB, 8 * MIB),
        (1024 * MIB, 32 * MIB),
    ],
)
def test_head_of_a_file_is_always_kept(size: int, head: int) -> None:
    buffer = RangeBuffer(size)
    assert buffer.is_complete is (head == 0)
    buffer.feed(bytes(max(head - 1, 0)))
    assert buffer.is_complete is (head == 0)
    buffer.feed(b"x" * min(1, head))
    assert buffer.is_complete
    buffer.feed(bytes(10))
    assert buffer.read(0, head) == bytes(max(head - 1, 0)) + b"x" * min(1, head)


@pytest.mark.parametrize("piece", [1, 3, 7, 10, 50, 200])
def test_ranges_are_kept_whatever_the_pieces(small: RangeBuffer, piece: int) -> None:
    small.keep([(100, 20), (50, 5), (195, 5)])
    complete = []
    for at in range(0, 200, piece):
        complete.append(small.is_complete)
        small.feed(DATA[at : at + piece])
    assert not any(complete)
    assert small.is_complete
    assert small.position == 200
    for at, size in ((0, 10), (2, 3), (100, 20), (119, 1), (50, 5), (195, 5)):
        assert small.read(at, size) == DATA[at : at + size]
        kept, begin = small.locate(at, size)
        assert kept[begin : begin + size] == DATA[at : at + size]
    for behind in (10, 120, 55):
        with pytest.raises(NotKeptError):
            small.read(behind, 1)


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


def test_what_is_not_kept_is_told_at_once(small: RangeBuffer) -> None:
    small.feed(DATA)
    small.check_kept([(0, 10), (5, 5)])
    with pytest.raises(NotKeptError) as missing:
        small.check_kept([(0, 10), (20, 5), (9, 2), (100, 1)])
    assert missing.value.ranges == [(20, 5), (9, 2), (100, 1)]
    assert str(missing.value) == "not kept: [(20, 5), (9, 2), (100, 1)]"
    with pytest.raises(NotKeptError, match=r"^not kept: \[\(20, 5\)\]$"):
        small.read(20, 5)


def test_what_passed_by_is_kept_in_another_pass(small: RangeBuffer) -> None:
    wanted = [(0, 10), (20, 5), (9, 2), (100, 1)]
    small.feed(DATA[:120])
    small.keep(wanted)
    small.feed(DATA[120:])
    before = small.is_complete
    small.rewind()
    small.feed(DATA)
    assert (before, small.is_complete) == (False, True)
    for at, size in wanted:
        assert small.read(at, size) == DATA[at : at + size]
    small.check_kept(wanted)


@given(st.integers(0, 100), st.integers(1, 50))
def test_second_pass_completes_what_the_first_had_passed(at: int, piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        buffer = small_buffer(patch)
        pieces = [DATA[start : start + piece] for start in range(0, 200, piece)]
        for each in pieces:
            buffer.feed(each)
        buffer.keep([(at, 100)])
        with pytest.raises(NotKeptError):
            buffer.read(at, 100)
        buffer.rewind()
        for each in pieces:
            buffer.feed(each)
    assert buffer.is_complete
    assert buffer.read(at, 100) == DATA[at : at + 100]


def test_range_is_kept_a_little_larger_than_asked(small: RangeBuffer) -> None:
    small.keep([(20, 1)])
    small.feed(DATA)
    assert small.read(20, 5) == DATA[20:25]
    with pytest.raises(NotKeptError):
        small.read(20, 6)


def test_ranges_within_four_mebibytes_are_kept_as_one() -> None:
    buffer = RangeBuffer(2**30)
    near = 2**29 + 4 * MIB - 200
    buffer.keep([(near + 100, 100), (2**29, 10)])
    buffer.position = 2**29
    buffer.feed(bytes(4 * MIB - 200))
    buffer.feed(DATA)
    buffer.feed(DATA)
    assert buffer.locate(near + 100, 100)[0] is buffer.locate(2**29, 10)[0]
    assert buffer.read(near + 100, 100) == DATA[100:]
    with pytest.raises(NotKeptError):
        buffer.read(near + 200, 1)


def test_range_inside_of_the_last_one_is_kept_once(small: RangeBuffer) -> None:
    small.keep([(20, 10), (20, 3), (25, 5)])
    small.keep([(22, 4)])
    small.feed(DATA)
    assert small.locate(22, 4)[0] is small.locate(20, 10)[0]
    assert small.locate(25, 5)[0] is small.locate(20, 10)[0]


def test_range_ends_with_the_file(small: RangeBuffer) -> None:
    small.keep([(198, 2)])
    small.feed(DATA)
    assert small.is_complete
    assert small.read(198, 2) == DATA[198:]


@pytest.mark.parametrize(
    ("at", "size"), [(-1, 2), (199, 2), (200, 1), (0, 201), (201, 0)]
)
def test_bytes_outside_of_the_file_are_refused(
    small: RangeBuffer, at: int, size: int
) -> None:
    reason = f"^needs {size} bytes at {at}, past its end$"
    with pytest.raises(UnusableError, match=reason):
        small.read(at, size)
    with pytest.raises(UnusableError, match=reason):
        small.locate(at, size)
    with pytest.raises(UnusableError, match=reason):
        small.check_kept([(at, size)])


def test_nothing_at_the_end_of_the_file_is_inside(small: RangeBuffer) -> None:
    with pytest.raises(NotKeptError):
        small.read(200, 0)


def test_ranges_are_bounded_in_number(
    small: RangeBuffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(range_buffer, "MOST_RANGES", 2)
    small.keep([(20, 1), (40, 1)])
    with pytest.raises(NotJudgedError, match=r"^has tables of more than"):
        small.keep([(60, 1)])


def test_ranges_are_bounded_in_size(
    small: RangeBuffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(range_buffer, "LARGEST_KEPT", 10 + 50)
    small.keep([(20, 50)])
    for size in (1, 7):
        with pytest.raises(NotJudgedError, match=r"^has tables of more than 60 bytes$"):
            small.keep([(100, size)])


def test_range_that_is_kept_already_takes_no_room(
    small: RangeBuffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(range_buffer, "LARGEST_KEPT", 10 + 10)
    small.keep([(20, 10)])
    for at, size in ((20, 10), (20, 0), (25, 5), (29, 1), (30, 0)):
        small.keep([(at, size)])
    for at, size in ((19, 1), (19, 3), (25, 6), (30, 1)):
        with pytest.raises(NotJudgedError, match="has tables of more"):
            small.keep([(at, size)])
