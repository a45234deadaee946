"""Requirements: the projects that a file asks for, and the wheels there are of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

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


def normalized(name: str) -> str:
    """Return a project's name as in wheel file names (PyPA, name normalization)."""
    return re.sub(r"[-_.]+", "_", name).lower()


def wheels(folder: Path, requirement: Requirement) -> list[str]:
    """Return the file names of the wheels of a project, all of one version.

    Raises RequirementError if the folder cannot be read, or has several versions of
    the project and none is asked for: comparing versions is another program's job.
    """
    found: dict[str, list[str]] = {}
    try:
        for path in folder.iterdir():
            name, _, rest = path.name.partition("-")
            if path.suffix == ".whl" and normalized(name) == requirement.name:
                found.setdefault(rest.partition("-")[0], []).append(path.name)
    except OSError as error:
        raise RequirementError(f"{folder}: {error.strerror}") from error
    if requirement.version:
        return sorted(found.get(requirement.version, []))
    if len(found) > 1:
        raise RequirementError(f"{requirement.name}: which version? there are several")
    return sorted(name for names in found.values() for name in names)
