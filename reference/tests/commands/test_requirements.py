"""Requirements: names, and perhaps a version."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_reference.commands.requirements import (
    Requirement,
    RequirementError,
    normalized,
    read_requirements,
    wheels,
)


@pytest.mark.parametrize(
    ("line", "requirement"),
    [
        ("probe1", Requirement("probe1")),
        ("  A.B-c == 1.0 ", Requirement("a_b_c", "1.0")),
        ("p==1!2+local", Requirement("p", "1!2+local")),
    ],
)
def test_requirement_is_a_name_and_perhaps_a_version(
    tmp_path: Path, line: str, requirement: Requirement
) -> None:
    (tmp_path / "r.txt").write_text(f"{line}\n")
    assert read_requirements(tmp_path / "r.txt") == [requirement]


def test_unreadable_requirements_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(RequirementError, match="missing"):
        read_requirements(tmp_path / "missing")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(RequirementError, match="binary"):
        read_requirements(tmp_path / "binary")
    with pytest.raises(RequirementError, match="nowhere"):
        wheels(tmp_path / "nowhere", Requirement("p"))


def test_names_are_normalized_as_in_wheel_names() -> None:
    assert normalized("Foo-._-Bar") == "foo_bar"


@pytest.mark.parametrize("version", ["", "2"])
def test_wheels_of_one_version_are_listed(version: str, tmp_path: Path) -> None:
    names = ["p-2-py3-none-any.whl", "P-2-cp312-cp312-any.whl", "q-2-py3-none-any.whl"]
    for name in (*names, "p-2.tar.gz", "p-2-py3-none-any.whl.asc"):
        (tmp_path / name).touch()
    assert wheels(tmp_path, Requirement("p", version)) == sorted(names[:2])


def test_several_versions_are_a_question(tmp_path: Path) -> None:
    for version in "12":
        (tmp_path / f"p-{version}-py3-none-any.whl").touch()
    with pytest.raises(RequirementError, match=r"p: which version[?]"):
        wheels(tmp_path, Requirement("p"))
    assert wheels(tmp_path, Requirement("p", "3")) == []
