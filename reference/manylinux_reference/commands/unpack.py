"""Unpacking: pure wheels into a folder, all of them or none."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST_WHEEL = 256 * 1024 * 1024  # bytes, unpacked
MOST_MEMBERS = 10_000
PIECE = 1024 * 1024


class UnpackError(Exception):
    """A wheel cannot be unpacked safely; the message names the file and the reason."""


def unpack(wheels: Iterable[Path], target: Path) -> None:
    """Unpack wheels into a folder, which is created if need be.

    Nothing appears in the folder before every wheel has been unpacked beside it.

    Raises UnpackError if a wheel is unsafe, too large or collides with what is there.
    """
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target, prefix=".unpacking-") as name:
        staging = Path(name)
        for wheel in wheels:
            try:
                with zipfile.ZipFile(wheel) as archive:
                    _extract(archive, staging)
            except (OSError, RuntimeError, zipfile.BadZipFile, ValueError) as error:
                raise UnpackError(f"{wheel}: {error}") from error
        for entry in staging.iterdir():
            if (target / entry.name).exists():
                raise UnpackError(f"{target / entry.name}: already exists")
        for entry in staging.iterdir():
            entry.rename(target / entry.name)


def _extract(archive: zipfile.ZipFile, folder: Path) -> None:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MOST_MEMBERS:
        raise ValueError(f"more than {MOST_MEMBERS} members")
    left = LARGEST_WHEEL
    for member in members:
        path = folder / _safe(member.filename)
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, path.open("xb") as file:
            while piece := source.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise ValueError(f"more than {LARGEST_WHEEL} bytes unpacked")
                file.write(piece)


def _safe(name: str) -> PurePosixPath:
    """Return a member's path, which stays below the folder it is unpacked into."""
    path = PurePosixPath(name)
    if not path.parts or path.is_absolute() or {"..", "\\", ":"} & {*path.parts, *name}:
        raise ValueError(f"the member {name!r} leaves its folder")
    if path.parts[0].endswith(".data"):
        raise ValueError(f"the member {name!r} needs more than unpacking")
    return path
