"""Deciders: the reference says which of its functions decide a rule."""

from __future__ import annotations

from pathlib import Path

import manylinux_reference
import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InvariantError
from manylinux_conformance.forcing.deciders import read_deciders
from manylinux_conformance.tools.adapters import read_adapter

PACKAGE = Path(manylinux_reference.__file__).parent


def test_each_decider_is_a_function_on_the_line_that_is_named() -> None:
    found = read_deciders(read_adapter(data_folder("tools") / "reference.toml"))
    assert "tag.form" in found
    for deciders in found.values():
        for decider in deciders:
            lines = (PACKAGE / decider.file).read_text().splitlines()
            name = decider.function.rpartition(".")[2]
            near = "\n".join(lines[decider.line - 1 : decider.line + 30])
            assert f"def {name}(" in near


@pytest.mark.parametrize("says", ["{}", "no JSON", ""])
def test_reference_that_names_none_is_told(tmp_path: Path, says: str) -> None:
    adapter = tmp_path / "odd.toml"
    adapter.write_text(
        'name = "odd"\nroles = ["tag-library"]\n[tag_library]\n'
        f'command = ["{{python}}", "-c", "print(\'{says}\')"]\n'
    )
    with pytest.raises(InvariantError, match="odd: names no deciders"):
        read_deciders(read_adapter(adapter))


def test_reference_that_does_not_start_is_told(tmp_path: Path) -> None:
    adapter = tmp_path / "odd.toml"
    adapter.write_text(
        'name = "odd"\nroles = ["tag-library"]\n[tag_library]\ncommand = ["./none"]\n'
    )
    with pytest.raises(InvariantError, match="odd: names no deciders"):
        read_deciders(read_adapter(adapter))
