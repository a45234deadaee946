"""The cache: what earlier runs stored, how large it is, and how it is removed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from manylinux_conformance.exclusive_lock import exclusive_lock

# Folders whose parts are told apart: one for each tool, each corpus, ...
DIVIDED = ("tools", "containers", "corpus", "pythons")


@dataclass(frozen=True, slots=True)
class Stored:
    """Something in the cache, by its path there, and its size on the disk."""

    name: str
    path: Path
    size: int


def stored(cache: Path, pattern: str = "*") -> Iterator[Stored]:
    """Yield what is in the cache, the largest first."""
    found = (Stored(_name(path, cache), path, _size(path)) for path in _parts(cache))
    wanted = (one for one in found if fnmatchcase(one.name, pattern))
    yield from sorted(wanted, key=lambda one: -one.size)


def remove(one: Stored) -> None:
    """Remove something; a tool that is being installed is waited for."""
    lock = one.path.with_name(f"{one.path.name}.lock")
    if one.path.is_dir() and not one.path.is_symlink():
        with exclusive_lock(lock):
            shutil.rmtree(one.path, ignore_errors=True)
    else:
        one.path.unlink(missing_ok=True)
    lock.unlink(missing_ok=True)


def _parts(cache: Path) -> Iterator[Path]:
    for path in sorted(cache.glob("*")):
        inner = path.glob("*") if path.name in DIVIDED else (path,)
        yield from (each for each in inner if each.suffix != ".lock")


def _name(path: Path, cache: Path) -> str:
    return path.relative_to(cache).as_posix()


def _size(path: Path) -> int:
    """Return the bytes on the disk, a file with several names counted once."""
    seen: dict[tuple[int, int], int] = {}
    folders = [path]
    while folders:
        each = folders.pop()
        facts = each.lstat()
        seen[facts.st_dev, facts.st_ino] = facts.st_blocks * 512
        if each.is_dir() and not each.is_symlink():
            folders += [Path(entry.path) for entry in os.scandir(each)]
    return sum(seen.values())
