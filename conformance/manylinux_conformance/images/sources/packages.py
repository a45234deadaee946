"""The packages source: root file systems put together from published packages."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO

from manylinux_conformance.errors import (
    DISK_FULL,
    FetchError,
    MissingProgramError,
    is_disk_full,
    reason_of,
)
from manylinux_conformance.images.engines.interruption import Interruption
from manylinux_conformance.images.sources.root_layout import lay_out
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.releases import Index, Part

INSTALL_NPM = "apt-get install npm"
MOST_MEMBERS = 50_000
LARGEST_ROOT = 2 << 30  # bytes of a root file system
# What pip and npm show of a network that is down.
NO_NETWORK = ("Retrying (Retry(", "EAI_AGAIN", "ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT")
BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, LZMAError, EOFError)


@contextmanager
def packaged_root(
    container: Container, say: Callable[[str], None], interruption: Interruption
) -> Iterator[Path]:
    """Put a root file system together and yield it as a tar file.

    Nothing of the packages is run, and the same packages give the same file.
    Raises MissingProgramError without the client of an index, FetchError if a package
    cannot be had or is not the one that the catalogue names, and Interrupted.
    """
    with interruption.folder() as folder:
        tar = folder / "root.tar"
        with tarfile.open(tar, "w", format=tarfile.PAX_FORMAT) as root:
            lay_out(root)
            for part in container.parts:
                say(f"downloading {part.package}")
                file = _downloaded(part, folder, interruption)
                say(f"unpacking {part.package}")
                _add(part, file, root)
                file.unlink()
        yield tar


def _downloaded(part: Part, folder: Path, interruption: Interruption) -> Path:
    """Return a package's file, which is the one that the catalogue names."""
    into = folder / "package"
    into.mkdir(exist_ok=True)
    _run(part, _client(part, into), into, interruption)
    files = list(into.iterdir())
    if len(files) != 1:
        raise FetchError(part.package, f"its index gave {len(files)} files, not one")
    with files[0].open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != part.sha256:
        reason = f"its digest is {found}, and the catalogue has {part.sha256}"
        raise FetchError(f"{part.package} {part.version}", reason)
    return files[0]


def _client(part: Part, into: Path) -> list[str]:
    """Return the command that downloads a package, without what it depends on."""
    if part.index is Index.NPM:
        exact = f"{part.package}@{part.version}"
        options = ["--ignore-scripts", "--loglevel=error"]
        return ["npm", "pack", exact, f"--pack-destination={into}", *options]
    return [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--no-input"),
        *("--only-binary=:all:", f"--platform=manylinux2014_{part.arch}"),
        *(f"--dest={into}", f"{part.package}=={part.version}"),
    ]


def _run(
    part: Part, command: list[str], folder: Path, interruption: Interruption
) -> None:
    """Run a client in a folder of ours, by which one that is left behind is known."""
    try:
        with (
            subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                process_group=0,
            ) as process,
            interruption.watching(process),
        ):
            said = process.stderr.read() if process.stderr else ""
    except FileNotFoundError as error:
        raise MissingProgramError(
            command[0], "is not installed", INSTALL_NPM
        ) from error
    if process.returncode:
        raise FetchError(f"{part.package} {part.version}", _reason(said))


def _reason(said: str) -> str:
    """Return why a client failed: what is behind it, or its own first error."""
    if is_disk_full(said):
        return DISK_FULL
    if any(words in said for words in NO_NETWORK):
        return "its index cannot be reached"
    lines = [line for line in said.splitlines() if "error" in line.lower()]
    return lines[0].strip() if lines else "its index does not give it"


def _add(part: Part, file: Path, root: tarfile.TarFile) -> None:
    """Add a part to a root file system."""
    try:
        with _inner(part, file) as stream:
            archive = tarfile.open(fileobj=stream, mode="r|*")  # noqa: SIM115 - the stream is what is closed
            for member, content in _members(part, archive):
                root.addfile(member, content)
                if root.offset > LARGEST_ROOT:
                    raise FetchError(part.package, f"has over {LARGEST_ROOT} bytes")
    except BROKEN as error:
        reason = f"{part.archive} in it is damaged: {error or type(error).__name__}"
        raise FetchError(part.package, reason) from error
    except OSError as error:
        if error.errno is None:
            raise FetchError(part.package, f"{part.archive}: {error}") from error
        raise FetchError(tempfile.gettempdir(), reason_of(error)) from error


@contextmanager
def _inner(part: Part, file: Path) -> Iterator[IO[bytes]]:
    """Open the archive in a package: a wheel, or npm's tar file."""
    try:
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as wheel, wheel.open(part.archive) as stream:
                yield stream
                return
        with tarfile.open(file) as package:
            yield package.extractfile(part.archive) or io.BytesIO()
    except KeyError as error:
        raise FetchError(part.package, f"has no {part.archive}") from error


def _members(
    part: Part, archive: tarfile.TarFile
) -> Iterator[tuple[tarfile.TarInfo, IO[bytes] | None]]:
    """Yield what is in the folder that is taken, under its new names.

    Names that leave their folder and devices have no place in it.
    """
    found = False
    for number, member in enumerate(archive):
        name = _moved(part, member.name)
        plain = member.isreg() or member.isdir() or member.issym() or member.islnk()
        if name is None or not plain:
            continue
        if number > MOST_MEMBERS:
            raise FetchError(part.package, f"has over {MOST_MEMBERS} members")
        found = True
        content = archive.extractfile(member) if member.isreg() else None
        linked = _moved(part, member.linkname) if member.islnk() else member.linkname
        new = member.replace(
            name=name, linkname=linked or "", uid=0, gid=0, uname="", gname=""
        )
        yield new, content
    if not found:
        raise FetchError(part.package, f"{part.archive} has no {part.folder}")


def _moved(part: Part, name: str) -> str | None:
    """Return where a member goes, None if it is not taken."""
    path, folder = PurePosixPath(name), PurePosixPath(part.folder)
    if ".." in path.parts or not path.is_relative_to(folder) or path == folder:
        return None
    inner = path.relative_to(folder)
    if any(inner.is_relative_to(left_out) for left_out in part.without):
        return None
    return str(part.to / inner)
