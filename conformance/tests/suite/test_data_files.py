"""Normative data: locked by revision and digest, so that no change is silent."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.suite.data_files import NORMATIVE, DataFile, read_data_files
from manylinux_conformance.suite.lock import (
    broken_promises,
    outdated,
    read_lock,
    write_lock,
)
from manylinux_spec.folder import spec_folder

TABLE = 'revision = 1\nlevels = ["2.17"]\n'


def data_of(folder: Path, text: str) -> dict[str, DataFile]:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "policies.toml").write_text(text)
    return read_data_files(folder)


def test_every_normative_table_is_locked() -> None:
    found = read_data_files(spec_folder())
    assert set(found) == {f"data.{name}" for name in NORMATIVE}
    assert list(outdated(found, read_lock(spec_folder()))) == []


def test_changed_data_need_a_raised_revision(tmp_path: Path) -> None:
    data = data_of(tmp_path, TABLE)
    write_lock(data, tmp_path)
    locked = read_lock(tmp_path)
    assert list(outdated(data, locked)) == []
    changed = data_of(tmp_path, TABLE.replace("2.17", "2.18"))
    (finding,) = broken_promises(changed, locked, {})
    assert finding.file == "data/policies.toml"
    assert "data.policies: changed" in finding.message
    raised = data_of(tmp_path, TABLE.replace("2.17", "2.18").replace("= 1", "= 2"))
    assert list(broken_promises(raised, locked, {})) == []
    (stale,) = outdated(raised, locked)
    assert "data.policies is not locked" in stale.message
    (lower,) = broken_promises(
        data_of(tmp_path, TABLE.replace("= 1", "= 0")), locked, {}
    )
    assert "was already 1" in lower.message


def test_comments_and_layout_are_no_content(tmp_path: Path) -> None:
    plain = data_of(tmp_path, TABLE)
    assert data_of(tmp_path, "# new\n" + TABLE.replace("[", "[ ")) == plain


@pytest.mark.parametrize("wrong", ["levels = []", "revision = []", "revision"])
def test_data_without_a_revision_are_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(InputError, match=r"policies\.toml"):
        data_of(tmp_path, wrong)


def test_folder_without_tables_has_none(tmp_path: Path) -> None:
    assert read_data_files(tmp_path) == {}
