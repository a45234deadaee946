"""The folders of a root file system that this machine puts together."""

from __future__ import annotations

import tarfile

FOLDERS = ("etc", "lib64", "opt", "proc", "tmp", "usr", "usr/bin", "usr/lib")
LINKS = {"lib": "lib64", "bin": "usr/bin"}  # a loader's own name is /lib or /lib64
OPEN_TO_ALL = 0o1777


def lay_out(root: tarfile.TarFile) -> None:
    """Add the folders that every system has."""
    for name in FOLDERS:
        folder = tarfile.TarInfo(name)
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        if name == "tmp":
            folder.mode = OPEN_TO_ALL
        root.addfile(folder)
    for name, target in LINKS.items():
        link = tarfile.TarInfo(name)
        link.type, link.linkname = tarfile.SYMTYPE, target
        root.addfile(link)
