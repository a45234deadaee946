"""The day of a release: when its first file came to the index.

The index says it (``upload-time``, PEP 700); of the ordinary clients uv writes it down,
in a ``pylock.toml`` (PEP 751).
"""

from __future__ import annotations

import datetime as dt
import subprocess
import tomllib
from pathlib import Path

import msgspec

from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.sandbox.provide import NotProvided, provide
from manylinux_conformance.sandbox.tool_description import ToolDescription
from manylinux_conformance.tools.adapters import read_adapter

LOCK = ("pip", "compile", "--no-deps", "--no-config", "--quiet", "--universal")
SECONDS = 120


class _File(msgspec.Struct, frozen=True, rename="kebab"):
    upload_time: dt.datetime | None = None


class _Package(msgspec.Struct, frozen=True):
    wheels: tuple[_File, ...] = ()
    sdist: _File = _File()


class _Lock(msgspec.Struct, frozen=True):
    packages: tuple[_Package, ...] = ()


def released(tool: ToolDescription, version: str, python: str, cache: Path) -> str:
    """Return the day as ``2019-01-22`` (UTC); empty if the index does not say."""
    if not tool.provide.pypi:
        return ""
    adapter = read_adapter(data_folder("tools") / "uv.toml")
    uv = provide(adapter, adapter.versions[-1], cache)
    if isinstance(uv, NotProvided):
        return ""
    requirement = tool.provide.pypi[0].replace("{version}", version)
    options = ("--format=pylock.toml", f"--python-version={python}", "-")
    locked = subprocess.run(
        [f"{uv.programs}/uv", *LOCK, *options],
        input=requirement,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return first_day(locked.stdout) if locked.returncode == 0 else ""


def first_day(lock: str) -> str:
    """Return the day of the earliest file in a lock; empty if none has a time."""
    packages = msgspec.convert(tomllib.loads(lock), _Lock).packages
    times = [
        file.upload_time
        for package in packages
        for file in (*package.wheels, package.sdist)
        if file.upload_time
    ]
    return min(times).astimezone(dt.UTC).date().isoformat() if times else ""
