"""The day of a release, and what it would have been installed with on that day.

The index says when each file came to it (``upload-time``, PEP 700); of the ordinary
clients uv writes that down, in a ``pylock.toml`` (PEP 751), and resolves as of a day.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from packaging.requirements import Requirement

from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.sandbox.provide import NotProvided, ProvidedTool, provide
from manylinux_conformance.tools.adapters import Adapter, read_adapter

COMPILE = ("pip", "compile", "--no-config", "--quiet")
DAY = ("--no-deps", "--universal", "--format=pylock.toml")
PINS = ("--no-header", "--no-annotate")
# What builds a package that had no wheel then; it answers no question about tags.
BUILDER = "setuptools"
OF_ANY_DAY = "--exclude-newer-package={}=9000-01-01"
SECONDS = 120
# Of projects that are released together, one may come after midnight.
AFTER = dt.timedelta(days=1)


class _File(msgspec.Struct, frozen=True, rename="kebab"):
    upload_time: dt.datetime | None = None


class _Package(msgspec.Struct, frozen=True):
    wheels: tuple[_File, ...] = ()
    sdist: _File = _File()


class _Lock(msgspec.Struct, frozen=True):
    packages: tuple[_Package, ...] = ()


def newest_uv(cache: Path) -> ProvidedTool | NotProvided:
    """Return the newest uv on file, installed if it is not there yet."""
    adapter = read_adapter(data_folder("tools") / "uv.toml")
    return provide(adapter, adapter.versions[-1], cache)


@dataclass(frozen=True, slots=True)
class DatedRelease:
    """A release of a tool, for a version of Python, as uv finds it on the index.

    ``programs`` is the folder of uv, and ``variables`` are its environment, by default
    that of this process.
    """

    programs: Path | None
    tool: Adapter
    version: str
    python: str
    variables: Mapping[str, str] | None = None

    @property
    def day(self) -> str:
        """The day as ``2019-01-22`` (UTC); empty if the index does not say."""
        return first_day(self._compiled(self.tool.provide.pypi[:1], *DAY))

    def pins(self, day: str) -> str:
        """Return a version of each package, none newer than the day, as constraints.

        What an adapter adds to its tool is of any day.  Empty if nothing can be found.
        """
        until = dt.date.fromisoformat(day) + AFTER
        newest = f"--exclude-newer={until.isoformat()}T23:59:59Z"
        _, *added = self.tool.provide.pypi
        free = {BUILDER, *(Requirement(each).name for each in added)}
        exempt = [OF_ANY_DAY.format(name) for name in sorted(free)]
        return self._compiled(self.tool.provide.pypi, newest, *exempt, *PINS)

    def _compiled(self, requirements: tuple[str, ...], *options: str) -> str:
        if not (self.programs and requirements):
            return ""
        wanted = "\n".join(requirements).replace("{version}", self.version)
        options = (*COMPILE, *options, f"--python-version={self.python}", "-")
        ended = subprocess.run(
            [f"{self.programs}/uv", *options],
            input=wanted,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return ended.stdout if ended.returncode == 0 else ""


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
