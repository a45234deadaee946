"""Temporary folders: those of a run that was killed are removed by the next one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "manylinux-conformance-"
UNLOCKED = ".manylinux-conformance-"  # for the moment until the lock is held


@contextlib.contextmanager
def temporary_folder(place: Path | None = None) -> Iterator[Path]:
    """Yield a new folder that is removed at the end, whatever lies in it then.

    ``place`` is where it is made, by default the usual one.
    The kernel releases its lock if the process dies, also by SIGKILL (flock(2)); such
    folders are removed first.
    """
    place = place or Path(tempfile.gettempdir())
    remove_orphans(place)
    made = Path(tempfile.mkdtemp(prefix=UNLOCKED, dir=place))
    with _locked(made):
        folder = made.rename(place / made.name.replace(UNLOCKED, PREFIX, 1))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def remove_orphans(place: Path) -> None:
    """Remove what killed runs of this user left in a place."""
    for folder in place.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid == os.getuid():
                with _locked(folder):
                    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; raises BlockingIOError if somebody else does."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
