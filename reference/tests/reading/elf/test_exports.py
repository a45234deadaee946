"""What others find in a file, by glibc's ``do_lookup_x`` and ``check_match``."""

from __future__ import annotations

import pytest
from manylinux_reference.reading.elf.exports import HIDDEN, Exports
from tests.exported import exporting

BASE, FIRST, SECOND, THIRD = 1, 2, 3, 4  # numbers of versions
NODES = {FIRST: "F_1", SECOND: "F_2", THIRD: "F_3"}


@pytest.mark.parametrize(
    ("versions", "node", "found"),
    [
        ((BASE,), "", True),
        ((FIRST,), "", True),
        ((SECOND,), "", True),
        ((FIRST | HIDDEN,), "", True),
        ((SECOND | HIDDEN,), "", False),
        ((SECOND | HIDDEN, THIRD), "", True),
        ((SECOND, THIRD), "", False),
        ((FIRST,), "F_1", True),
        ((FIRST | HIDDEN,), "F_1", True),
        ((SECOND,), "F_1", False),
        ((SECOND, FIRST | HIDDEN), "F_1", True),
        ((BASE,), "F_1", True),
        ((BASE | HIDDEN,), "F_1", False),
        ((), "F_1", True),
        ((), "", True),
    ],
)
def test_name_is_found_under_the_version_that_is_asked_for(
    versions: tuple[int, ...], node: str, found: bool
) -> None:
    names = [b"foo"] * max(len(versions), 1)
    exports = exporting(*names, versions=versions, nodes=NODES)
    assert exports.has(b"foo", node) is found


def test_another_name_of_the_same_hash_is_not_found() -> None:
    exports = exporting(b"foo")
    assert exports.has(b"foo")
    assert not exports.has(b"fpN")


def test_what_the_hash_table_does_not_lead_to_is_not_found() -> None:
    exports = Exports(lambda _: (), [hash(b"foo")], b"\1")
    assert not exports.has(b"foo")


def test_what_is_hidden_is_not_found() -> None:
    exports = Exports(lambda _: (7,), [hash(b"foo")], b"\0", first=7)
    assert not exports.has(b"foo")
    assert exports.hashes() == set()
