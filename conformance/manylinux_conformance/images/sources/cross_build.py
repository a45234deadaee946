"""The cross-build source: a Python built for an architecture that no archive has.

The C library is that of Debian's cross compiler, the Python is built from Debian's
source package, with what its extension modules need linked into them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from manylinux_fixtures.files.atomic_file import whole_file

from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import (
    DISK_FULL,
    FetchError,
    MissingProgramError,
    is_disk_full,
)
from manylinux_conformance.exclusive_lock import exclusive_lock
from manylinux_conformance.images.engines.interruption import Interruption
from manylinux_conformance.images.sources.mirror import NO_NETWORK
from manylinux_conformance.images.sources.root_layout import lay_out
from manylinux_conformance.platforms.catalogue import Container

COMPILER = "apt-get install gcc-{}-linux-gnu libc6-dev-{}-cross make dpkg-dev"
EPOCH = 1_686_355_200  # 10 June 2023, when Debian 12 was released: no file is newer
RECIPE = "cross-python.sh"
LEFT_OUT = ("__pycache__", "config-", "ensurepip", "idlelib", "lib2to3", "test")
NOT_NEEDED = ("libasan", "libgomp", "libitm", "liblsan", "libtsan", "libubsan")


@contextmanager
def cross_built_root(
    container: Container, say: Callable[[str], None], interruption: Interruption
) -> Iterator[Path]:
    """Build a root file system and yield it as a tar file, which is kept.

    Raises MissingProgramError without the cross compiler, FetchError with the last line
    of what failed, and Interrupted.
    """
    arch = container.arch
    library = Path("/usr", arch.gnu, "lib")
    if not shutil.which(f"{arch.gnu}-gcc") or not (library / "libc.so.6").exists():
        remedy = COMPILER.format(arch.gnu.partition("-")[0], arch.debian)
        raise MissingProgramError(f"{arch.gnu}-gcc", "is not installed", remedy)
    kept = _kept(container, library)
    with exclusive_lock(kept.with_suffix(".lock")):
        if not kept.exists():
            with interruption.folder() as folder:
                say("building Python from Debian's source, which takes minutes")
                _build(container, folder, interruption)
                with whole_file(kept) as new:
                    _pack(container, library, folder / "out", new)
    yield kept


def _kept(container: Container, library: Path) -> Path:
    """Return where a root file system is kept; another recipe or C library, another."""
    release, recipe = container.release, data_folder("platforms") / RECIPE
    made_of = f"{LEFT_OUT}{NOT_NEEDED}{release.python}{release.suite}".encode()
    content = (library / "libc.so.6").read_bytes() + recipe.read_bytes() + made_of
    digest = hashlib.sha256(content).hexdigest()[:16]
    folder = platformdirs.user_cache_path("manylinux-conformance") / "roots"
    return folder / f"{container.name}-{digest}.tar"


def _build(container: Container, folder: Path, interruption: Interruption) -> None:
    release = container.release
    arguments = (container.arch.gnu, release.suite, release.python)
    log = folder / "log"
    with (
        log.open("wb") as file,
        subprocess.Popen(
            ["/bin/bash", data_folder("platforms") / RECIPE, *arguments],
            cwd=folder,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        ) as process,
        interruption.watching(process),
    ):
        process.wait()
    if process.returncode:
        raise FetchError(container.name, _reason(log.read_text(errors="replace")))


def _reason(said: str) -> str:
    if is_disk_full(said):
        return DISK_FULL
    if NO_NETWORK.search(said):
        return "the mirror cannot be reached"
    lines = said.strip().splitlines()
    return f"the build failed: {lines[-1][:500] if lines else 'it says nothing'}"


def _pack(container: Container, library: Path, built: Path, tar: Path) -> None:
    """Write C library and Python into a tar file, in the order of their names."""
    python = f"python{container.release.python}"
    with tarfile.open(tar, "w", format=tarfile.PAX_FORMAT) as root:
        lay_out(root)
        for path in sorted(library.iterdir()):
            shared = ".so" in path.name and path.suffix not in {".so", ".a"}
            if shared and not path.name.startswith(NOT_NEEDED):
                root.add(path, f"lib64/{path.name}", filter=_settled)
        for name in (f"usr/bin/{python}", f"usr/lib/{python}"):
            root.add(built / name, name, filter=_settled)


def _settled(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Return a member that belongs to root and is not newer than the release."""
    if member.name.rpartition("/")[2].startswith(LEFT_OUT):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = min(int(member.mtime), EPOCH)
    return member
