"""Unpacks a wheel's ELF members to the places where they get installed."""

from __future__ import annotations

import contextlib
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile

from manylinux_conformance.errors import InputError

PREFIX = PurePosixPath(".data")  # stands for the environment's folder
SCHEMES = {"data": "", "scripts": "bin", "headers": "include"}
MAGIC = b"\x7fELF"
LARGEST_MEMBER = 2 << 30  # bytes
LARGEST_WHEEL = 4 << 30
MOST_MEMBERS = 200_000
# What pyelftools raises for files that are none; the loader then has the word.
UNREADABLE = (ELFError, OSError, ValueError, KeyError, AttributeError, struct.error)


def unpack_elf_files(wheel: Path, folder: Path) -> list[Path]:
    """Write the ELF members below a folder and return their paths, in archive order.

    What ``NAME.data/platlib`` holds goes to the top, as an installer puts it there, and
    ``data`` with ``scripts`` in its ``bin`` to a folder of their own.
    Raises InputError for an unreadable archive, an unsafe name or too much content.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise InputError(wheel, f"more than {MOST_MEMBERS} members")
            if sum(member.file_size for member in members) > LARGEST_WHEEL:
                raise InputError(wheel, f"more than {LARGEST_WHEEL} bytes unpacked")
            return list(_unpack(archive, members, folder, wheel))
    except (OSError, ValueError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        raise InputError(wheel, f"cannot be unpacked: {error}") from error


def _unpack(
    archive: zipfile.ZipFile,
    members: list[zipfile.ZipInfo],
    folder: Path,
    wheel: Path,
) -> Iterator[Path]:
    for member in members:
        if member.is_dir():
            continue
        if member.file_size > LARGEST_MEMBER:
            raise InputError(
                wheel, f"{member.filename}: more than {LARGEST_MEMBER} bytes"
            )
        with archive.open(member) as source:
            start = source.read(len(MAGIC))
            if start != MAGIC:
                continue
            target = folder / installed_path(member.filename, wheel)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                file.write(start)
                shutil.copyfileobj(source, file)
        target.chmod(0o755)
        yield target


def installed_path(name: str, wheel: Path) -> PurePosixPath:
    """Return where a member is installed; raises InputError if that is outside."""
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts or "\\" in name or "\0" in name:
        raise InputError(wheel, f"member {name!r} leaves its folder")
    if place.parts[0].endswith(".data") and place.parts[2:]:
        inside = PurePosixPath(*place.parts[2:])
        if place.parts[1] in {"platlib", "purelib"}:
            return inside
        return PREFIX / SCHEMES.get(place.parts[1], place.parts[1]) / inside
    return place


def needed_names(file: Path) -> set[str] | None:
    """Return the DT_NEEDED base names of a file; None if it is readable and static.

    A file that cannot be read needs nothing: what it is the loader will say.
    """
    found: set[str] = set()
    with contextlib.suppress(*UNREADABLE), file.open("rb") as stream:
        segments = list(ELFFile(stream).iter_segments("PT_DYNAMIC"))
        if not segments:
            return None
        for segment in segments:
            if isinstance(segment, DynamicSegment):
                for tag in segment.iter_tags("DT_NEEDED"):
                    found.add(PurePosixPath(vars(tag)["needed"]).name)
    return found


def is_program(file: Path) -> bool:
    """Return whether a file names a loader of its own, as programs do."""
    with contextlib.suppress(*UNREADABLE), file.open("rb") as stream:
        return any(ELFFile(stream).iter_segments("PT_INTERP"))
    return False


def starting_points(files: list[Path]) -> list[Path]:
    """Return the dynamic files that nothing else in the wheel needs, or all of them.

    A bundled library is judged together with what needs it, as in a real process,
    where it may rely on libraries that are loaded already.  Static programs and
    relocatable objects are no loader's business.
    """
    needs = {file: names for file in files if (names := needed_names(file)) is not None}
    needed = {name for names in needs.values() for name in names}
    return [file for file in needs if file.name not in needed] or list(needs)
