"""Scratch folders: for files that live as long as one run, in memory where possible.

A run makes and removes thousands of tiny files and folders.  On some disks that takes
longer than all the work of a fast installer.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from manylinux_fixtures.files.temporary_folder import temporary_folder

MEMORY = Path("/dev/shm")  # noqa: S108 - the file system in memory; names below it are random
ENOUGH = 512 * 1024 * 1024  # bytes; a run of a few hundred questions needs about ten


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a new folder that is removed at the end, whatever lies in it then."""
    with temporary_folder(_place()) as folder:
        yield folder


def _place() -> Path | None:
    """Return the memory file system, or None for the usual place.

    None if the user has named a place in ``TMPDIR``, or if programs cannot be started
    from memory (some containers), or if there is too little of it.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return None
    facts = os.statvfs(MEMORY)
    room = facts.f_bavail * facts.f_frsize
    return MEMORY if room >= ENOUGH and not facts.f_flag & os.ST_NOEXEC else None
