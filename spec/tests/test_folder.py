"""Where the specification is: in a clone around the package, in a wheel inside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_spec import folder
from manylinux_spec.folder import data_file, spec_folder


def test_chapters_and_lock_are_there() -> None:
    assert (spec_folder() / "tags.md").is_file()
    assert (spec_folder() / "rules.lock").is_file()


@pytest.mark.parametrize(
    "name", ["aliases", "architectures", "distributions", "policies"]
)
def test_normative_tables_are_there(name: str) -> None:
    assert data_file(name).is_file()


def test_packaged_specification_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "manylinux_spec"
    monkeypatch.setattr(folder, "__file__", str(package / "folder.py"))
    assert spec_folder() == tmp_path
    (package / "data").mkdir(parents=True)
    assert spec_folder() == package / "data"
