"""The day of a release: the newest date in its wheel."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

from manylinux_fixtures.files.temporary_folder import temporary_folder

from manylinux_conformance.sandbox.provide import pip
from manylinux_conformance.sandbox.tool_description import ToolDescription

# Tools for reproducible archives write one of these instead: the first that an archive
# can have, and those of flit, Poetry and others.
FIXED_BEFORE = dt.date(2016, 1, 2)


def released(tool: ToolDescription, version: str) -> str:
    """Return the day as ``2019-01-22``; empty if the wheel does not say.

    A wheel's newest member agrees with pip's NEWS for each release compared.
    """
    if not tool.provide.pypi:
        return ""
    requirement = tool.provide.pypi[0].replace("{version}", version)
    with temporary_folder() as folder:
        where = ("--no-deps", "--only-binary=:all:", "--ignore-requires-python")
        if pip("download", *where, f"--dest={folder}", requirement):
            return ""
        return _newest(next(folder.glob("*.whl")))


def _newest(wheel: Path) -> str:
    with zipfile.ZipFile(wheel) as archive:
        days = [dt.date(*info.date_time[:3]) for info in archive.infolist()]
    newest = max(days)
    return newest.isoformat() if newest > FIXED_BEFORE else ""
