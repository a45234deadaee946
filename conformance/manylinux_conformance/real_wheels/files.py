"""The pinned list of real wheels: which, why, with which hash, and fetching them."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
from manylinux_spec.input_files import read_toml

from manylinux_conformance.errors import FetchError, InputError

DOWNLOAD_TIMEOUT = 900  # seconds
CHUNK = 1 << 20
ANY_PYTHON = "3.11"  # for wheels that name none in particular
WHEEL_NAME = re.compile(
    r"(?P<name>[^-]+)-(?P<version>[^-]+)(?:-[^-]+)?"
    r"-(?P<python>[^-]+)-(?P<abi>[^-]+)-(?P<platform>[^-]+)\.whl"
)


class RealWheel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One wheel of the package index; ``why`` it is interesting."""

    file: str
    why: str
    sha256: str = ""


class _List(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    wheel: tuple[RealWheel, ...]


class _Lock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sha256: dict[str, str]


def read_real_wheels(folder: Path) -> list[RealWheel]:
    """Read ``wheels.toml`` and ``wheels.lock``.

    Raises InputError unless both can be read and name the same files.
    """
    listed = read_toml(folder / "wheels.toml", _List).wheel
    locked = read_toml(folder / "wheels.lock", _Lock).sha256
    files = {wheel.file for wheel in listed}
    for file in sorted(files ^ locked.keys()):
        raise InputError(folder / "wheels.lock", f"{file} is only in one of the two")
    return [
        msgspec.structs.replace(wheel, sha256=locked[wheel.file]) for wheel in listed
    ]


def fetch(wheel: RealWheel, folder: Path, progress: Callable[[str], None]) -> Path:
    """Return a wheel's path below a folder, downloaded by pip if it is not there yet.

    Raises FetchError if it cannot be had or does not have the locked hash.
    """
    path = folder / wheel.file
    if not path.exists():
        progress(f"downloading {wheel.file}")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            _download(wheel, Path(scratch))
            (Path(scratch) / wheel.file).replace(path)
    if _digest(path) != wheel.sha256:
        raise FetchError(path, "does not have the hash of the lock")
    return path


def _download(wheel: RealWheel, scratch: Path) -> None:
    requirements = scratch / "requirements.txt"
    parts = name_parts(wheel.file)
    pinned = f"{parts['name']}=={parts['version']} --hash=sha256:{wheel.sha256}\n"
    requirements.write_text(pinned)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary=:all:"]
    command += ["--require-hashes", f"--dest={scratch}", "--implementation=cp"]
    command += [f"--python-version={_python(parts['python'])}"]
    command += [f"--abi={abi}" for abi in parts["abi"].split(".")]
    command += [f"--platform={tag}" for tag in parts["platform"].split(".")]
    command += [f"--requirement={requirements}"]
    try:
        ended = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FetchError(
            wheel.file, f"no download in {DOWNLOAD_TIMEOUT} seconds"
        ) from error
    if not (scratch / wheel.file).exists():
        said = ended.stderr.strip().splitlines() or ["pip downloaded something else"]
        raise FetchError(wheel.file, said[-1])


def name_parts(file: str) -> dict[str, str]:
    """Split a wheel's filename; InputError if it is none."""
    found = WHEEL_NAME.fullmatch(file)
    if found is None:
        raise InputError(file, "is no name of a wheel")
    return found.groupdict()


def _python(tags: str) -> str:
    """Return a Python version that a set of Python tags fits."""
    digits = re.sub(r"\D", "", tags.rpartition(".")[2])
    return digits if len(digits) > 1 else ANY_PYTHON


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
