"""File transfer: files of this machine as an archive, and what comes back of them."""

from __future__ import annotations

import filecmp
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from manylinux_conformance.errors import SuiteError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_MEMBERS = 200_000
MOST_BYTES = 512 << 20  # of one folder that comes back
CHUNK = 1 << 20
READ, ENTER = 0o444, 0o555  # what anybody may do with what is packed

Owner = tuple[int, int]  # user and group


class TransferError(SuiteError):
    """An archive that does not fit the folder that it is for, or is too large."""


def pack(paths: Iterable[tuple[Path, Owner]], top: Path, file: IO[bytes]) -> None:
    """Write an archive of single paths below ``top``, each with its owner.

    Everybody may read what is in it, and only the owner write.
    """
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, (user, group) in paths:
            member = archive.gettarinfo(path, str(path.relative_to(top)))
            member.uid, member.gid, member.uname, member.gname = user, group, "", ""
            member.mode |= ENTER if member.isdir() else READ
            if member.isreg():
                with path.open("rb") as content:
                    archive.addfile(member, content)
            else:
                archive.addfile(member)


def unpack(pieces: Iterable[bytes], folder: Path) -> None:
    """Make a folder what its archive says; what is equal is not touched.

    The archive's one top folder stands for ``folder``.  Links that lead out of it, and
    what is neither file, folder nor link, stay as they are here.
    Raises TransferError for a member that would lie outside, and for more than
    MOST_MEMBERS or MOST_BYTES; the folder is then as it was.
    """
    if not hasattr(tarfile, "data_filter"):  # Debian 12 has Python 3.11.2
        raise TransferError(folder.name, "unpacking it safely needs Python 3.11.4")
    with tempfile.TemporaryDirectory(prefix=".transfer-", dir=folder.parent) as name:
        received = Path(name)
        stream = io.BufferedReader(_Pieces(pieces), CHUNK)
        try:
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                archive.extractall(received, _bounded(archive), filter=_safe)  # noqa: S202 - both guard it
        except (tarfile.TarError, EOFError, KeyError, OSError) as error:
            raise TransferError(folder.name, str(error)) from error
        top = received / folder.name
        if _names(received) != {folder.name} or not _is_folder(top):
            raise TransferError(folder.name, "its archive is of something else")
        _merge(top, folder)


def walk(root: Path) -> Iterator[Path]:
    """Yield a file or folder and everything below it, folders before their content."""
    yield root
    if root.is_dir() and not root.is_symlink():
        for parent, folders, files in os.walk(root):
            for name in (*folders, *files):
                yield Path(parent, name)


def _bounded(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    size = 0
    for number, member in enumerate(archive, 1):
        size += member.size
        if number > MOST_MEMBERS or size > MOST_BYTES:
            bounds = f"{MOST_MEMBERS} files or {MOST_BYTES} bytes"
            raise TransferError(member.name, f"more than {bounds}")
        yield member


def _safe(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    try:
        return tarfile.data_filter(member, folder)
    except (
        tarfile.AbsoluteLinkError,
        tarfile.LinkOutsideDestinationError,
        tarfile.SpecialFileError,
    ):
        return None


def _merge(new: Path, old: Path) -> None:
    """Let what is new or different take its place, and remove what is gone."""
    names = _names(new)
    for name in names:
        if _is_folder(new / name) and _is_folder(old / name):
            _merge(new / name, old / name)
        elif not _same(new / name, old / name):
            _remove(old / name)
            (new / name).replace(old / name)
    for name in _names(old) - names:
        if not (old / name).is_symlink():
            _remove(old / name)


def _same(new: Path, old: Path) -> bool:
    """Return whether both are links to the same path, or files alike."""
    if new.is_symlink() or old.is_symlink():
        both = new.is_symlink() and old.is_symlink()
        return both and new.readlink() == old.readlink()
    return (
        new.is_file()
        and old.is_file()
        and os.access(new, os.X_OK) == os.access(old, os.X_OK)
        and filecmp.cmp(new, old, shallow=False)
    )


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _remove(path: Path) -> None:
    if _is_folder(path):
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


class _Pieces(io.RawIOBase):
    """An engine's answer as a file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        while not self._left:
            try:
                self._left = next(self._pieces)
            except StopIteration:
                return 0
        taken, self._left = self._left[: len(view)], self._left[len(view) :]
        view[: len(taken)] = taken
        return len(taken)
