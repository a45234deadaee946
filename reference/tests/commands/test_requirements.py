"""Requirements: names, and perhaps a version."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_reference.commands.requirements import (
    Requirement,
    RequirementError,
    read_requirements,
    wheels,
)
from manylinux_reference.reading.wheel.filename import normalized


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


@pytest.mark.parametrize(
    ("pinned", "versions"),
    [
        ("", ["1.0", "1.0+local", "2", "2.0rc1"]),
        ("2", ["2"]),
        ("2.0.0", ["2"]),
        ("v2.0-RC1", ["2.0rc1"]),
        ("1", ["1.0", "1.0+local"]),
        ("1+LOCAL", ["1.0+local"]),
        ("3", []),
        ("latest", []),
    ],
)
def test_wheels_of_the_wanted_version_are_listed(
    pinned: str, versions: list[str], tmp_path: Path
) -> None:
    for version in ("1.0", "1.0+local", "2", "2.0rc1"):
        (tmp_path / f"P.q-{version}-py3-none-any.whl").touch()
    for name in ("q-2-py3-none-any.whl", "p_q-2.tar.gz", "p_q-2-py3-none-any.whl.asc"):
        (tmp_path / name).touch()
    for malformed in ("p_q-2-x-py3-none-any.whl", "p_q-2-py3-none-2-py3-none-any.whl"):
        (tmp_path / malformed).touch()
    assert wheels(tmp_path, Requirement("p_q", pinned)) == sorted(
        f"P.q-{version}-py3-none-any.whl" for version in versions
    )
