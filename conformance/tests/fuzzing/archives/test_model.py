"""Archives: without changes they are sound, and each change is where it says."""

from __future__ import annotations

import io
import struct
import zipfile
from itertools import islice
from random import Random

import pytest
from tests.fuzzing.archives.bases import KINDS, base
from tests.fuzzing.archives.model import Change, write
from tests.fuzzing.archives.mutate import Mutator
from tests.fuzzing.archives.run import mutants


@pytest.mark.parametrize("kind", KINDS)
def test_base_is_what_zipfile_reads(kind: str) -> None:
    wheel = base("p", kind)
    content = write(wheel.files, (), wide=wheel.wide)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        read = {name: archive.read(name) for name in archive.namelist()}
    assert read == {file.name: file.content for file in wheel.files}


def test_field_of_one_record_says_something_else() -> None:
    wheel = base("p", "stored")
    before = write(wheel.files, (), wide=False)
    after = write(wheel.files, [Change("local 0", "crc", 7)], wide=False)
    assert struct.unpack_from("<I", after, 14) == (7,)
    assert after[:14] + after[18:] == before[:14] + before[18:]


def test_records_know_a_longer_name() -> None:
    wheel = base("p", "deflated")
    changes = [
        Change(place, "name", b"p/longer/name.py") for place in ("local 0", "central 0")
    ]
    content = write(wheel.files, changes, wide=False)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "p/longer/name.py"


def test_same_seed_makes_the_same_mutants() -> None:
    one, same, other = (
        [mutant.content() for mutant in islice(mutants(seed), 50)] for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


@pytest.mark.parametrize("kind", KINDS)
def test_every_mutant_can_be_written(kind: str) -> None:
    wheel = base("p", kind)
    mutator = Mutator(wheel, Random(4))  # noqa: S311 - reproducible
    sound = write(wheel.files, (), wide=wheel.wide)
    written = [
        write(wheel.files, mutator.changes(), wide=wheel.wide) for _ in range(200)
    ]
    assert sum(content != sound for content in written) > 150
