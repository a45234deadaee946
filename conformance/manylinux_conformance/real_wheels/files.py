"""The pinned list of real wheels: which, why, with which hash, and fetching them."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from manylinux_fixtures.files.atomic_file import whole_file
from manylinux_spec.input_files import read_toml
from packaging.tags import Tag
from packaging.utils import (
    InvalidWheelFilename,
    NormalizedName,
    parse_wheel_filename,
)
from packaging.version import Version

from manylinux_conformance.errors import FetchError, InputError

DOWNLOAD_TIMEOUT = 900  # seconds
ANY_PYTHON = "3.11"  # for wheels that name none in particular


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
        with whole_file(path) as new:
            _download(wheel, new.parent)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != wheel.sha256:
        raise FetchError(path, "does not have the hash of the lock")
    return path


def platform_tags(file: str) -> tuple[str, ...]:
    """Return the platform tags of a wheel's file name, sorted.

    Raises InputError if it is not a wheel's.
    """
    return tuple(sorted({tag.platform for tag in _parsed(file)[2]}))


def _download(wheel: RealWheel, scratch: Path) -> None:
    requirements = scratch / "requirements.txt"
    name, version, tags = _parsed(wheel.file)
    requirements.write_text(f"{name}=={version} --hash=sha256:{wheel.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary=:all:"]
    command += ["--require-hashes", f"--dest={scratch}", "--implementation=cp"]
    command += [f"--python-version={_python(tags)}"]
    command += [f"--abi={abi}" for abi in sorted({tag.abi for tag in tags})]
    command += [f"--platform={tag}" for tag in platform_tags(wheel.file)]
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
        reason = f"no download in {DOWNLOAD_TIMEOUT} seconds"
        raise FetchError(wheel.file, reason) from error
    if not (scratch / wheel.file).exists():
        said = ended.stderr.strip().splitlines() or ["pip downloaded something else"]
        raise FetchError(wheel.file, said[-1])


def _parsed(file: str) -> tuple[NormalizedName, Version, frozenset[Tag]]:
    try:
        name, version, _, tags = parse_wheel_filename(file)
    except InvalidWheelFilename as error:
        raise InputError(file, str(error)) from error
    return name, version, tags


def _python(tags: Iterable[Tag]) -> str:
    """Return the newest Python version of the tags, as pip takes it."""
    digits = (re.sub(r"\D", "", tag.interpreter) for tag in tags)
    numbers = [int(each) for each in digits if len(each) > 1]
    return str(max(numbers)) if numbers else ANY_PYTHON
