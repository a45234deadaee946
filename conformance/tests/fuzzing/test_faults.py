"""Faults on file: each is one of the reference as it is now."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_reference.mutants.mutation import mutations
from tests.fuzzing.faults import Fault, read_faults

FAULTS = [*read_faults("elf"), *read_faults("archives")]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
def test_fault_can_be_put_back(fault: Fault) -> None:
    if fault.mutation:
        rule, _, mutation = fault.mutation.partition(":")
        assert mutation in mutations()[rule]
    else:
        compile(fault.content(), fault.file, "exec")


def test_faults_have_names_of_their_own() -> None:
    assert len({fault.id for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize(
    "fault",
    [each for each in FAULTS if each.unseen or each.shown],
    ids=lambda fault: fault.id,
)
def test_fault_that_nobody_contradicts_shows_in_a_hostile_wheel(
    fault: Fault, tmp_path: Path
) -> None:
    assert fault.unseen
    assert fault.shows(tmp_path)
