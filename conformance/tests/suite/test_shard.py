"""Parts of a run: each question belongs to one of them, on every machine the same."""

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.suite.shard import WHOLE, Shard, read_shard

PLACES = [f"glibc-2.{minor}" for minor in range(17, 42)]


@pytest.mark.parametrize("count", [2, 3, 7])
def test_each_place_belongs_to_one_part(count: int) -> None:
    parts = [Shard(number, count) for number in range(1, count + 1)]
    for place in PLACES:
        assert sum(part.has("uv 0.13.9", "installer", place) for part in parts) == 1


def test_a_whole_run_has_every_place_and_no_name() -> None:
    assert all(WHOLE.has(place) for place in PLACES)
    assert str(WHOLE) == ""


def test_the_hash_is_the_same_on_every_machine() -> None:
    """As the first 16 digits of `printf 'uv\\0glibc-2.17' | sha256sum` say."""
    minors = (17, 25, 28, 29, 31, 32, 33, 35, 40)
    found = [place for place in PLACES if Shard(1, 5).has("uv", place)]
    assert found == [f"glibc-2.{minor}" for minor in minors]


def test_a_part_is_read_and_named() -> None:
    assert read_shard("2/3") == Shard(2, 3)
    assert str(Shard(2, 3, "0123")) == "2/3 of 0123"
    assert str(Shard(1, 2, "0123")) == "1/2 of 0123"


def test_the_last_part_is_one_too() -> None:
    assert read_shard("3/3") == Shard(3, 3)


@pytest.mark.parametrize("text", ["", "0/3", "4/3", "1", "1/3/5", "-1/3", "a/b", "1/0"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^--shard: "):
        read_shard(text)
