"""Scratch folders: in memory where that works, gone afterwards."""

import os
from pathlib import Path

import pytest
from manylinux_conformance.sandbox import scratch
from manylinux_conformance.sandbox.scratch import scratch_folder


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let a folder stand in for the memory file system."""
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(scratch, "MEMORY", tmp_path)
    monkeypatch.setattr(scratch, "ENOUGH", 0)
    return tmp_path


def test_it_is_in_memory_and_gone_afterwards(memory: Path) -> None:
    with scratch_folder() as folder:
        (folder / "some").mkdir()
        assert folder.parent == memory
    assert not folder.exists()


def test_it_is_gone_after_an_error_too(memory: Path) -> None:
    with pytest.raises(KeyError), scratch_folder() as folder:
        raise KeyError
    assert not folder.exists()
    assert list(memory.iterdir()) == []


def test_the_place_that_a_user_names_is_kept_to(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", "named by the user")
    with scratch_folder() as folder:
        assert folder.parent != memory


def test_too_little_memory_is_left_alone(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "ENOUGH", 1 << 60)
    with scratch_folder() as folder:
        assert folder.parent != memory


def test_memory_that_starts_no_programs_is_left_alone(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = list(os.statvfs(memory))
    facts[8] |= os.ST_NOEXEC
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(facts))
    with scratch_folder() as folder:
        assert folder.parent != memory


def test_a_machine_without_it_uses_the_usual_place(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "MEMORY", memory / "missing")
    with scratch_folder() as folder:
        assert folder.parent != memory
