"""Requirements: the projects that a file asks for, and the wheels there are of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from manylinux_reference.reading.wheel.filename import normalized
from manylinux_reference.reading.wheel.version import Key, version_key, without_local
from manylinux_reference.rules.installer.choice import wheel_name

REQUIREMENT = re.compile(r"([A-Za-z0-9._-]*[A-Za-z0-9])\s*(?:==\s*([A-Za-z0-9.!+_]+))?")


class RequirementError(Exception):
    """A requirement cannot be met; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A project, and the version it is pinned to or nothing."""

    name: str
    version: str = ""


def read_requirements(path: Path) -> list[Requirement]:
    """Return the lines of a requirements file: names, or names pinned with ``==``.

    Raises RequirementError for a line that says anything else.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RequirementError(f"{path}: {error}") from error
    return [
        _requirement(path, line) for line in lines if line.strip() and line[0] != "#"
    ]


def _requirement(path: Path, line: str) -> Requirement:
    found = REQUIREMENT.fullmatch(line.strip())
    if found is None:
        raise RequirementError(f"{path}: only names and NAME==VERSION: {line[:80]!r}")
    return Requirement(normalized(found[1]), found[2] or "")


def wheels(folder: Path, requirement: Requirement) -> list[str]:
    """Return the file names of a project's wheels, of the version asked for or of all.

    Raises RequirementError if the folder cannot be read.
    """
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise RequirementError(f"{folder}: {error.strerror}") from error
    wheels = filter(None, map(wheel_name, names))
    return [
        wheel.filename
        for wheel in wheels
        if normalized(wheel.distribution) == requirement.name
        and _is_wanted(wheel.version, requirement.version)
    ]


def _is_wanted(version: Key, pinned: str) -> bool:
    """Return whether a version is the pinned one (PyPA, Version matching).

    Its local label counts only if one is asked for.
    """
    wanted = version_key(pinned) if pinned else None
    if wanted is None:
        return not pinned
    return wanted in (version, without_local(version))
