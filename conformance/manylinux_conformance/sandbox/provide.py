"""Providing tools: pinned releases from the package index, kept in a cache."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import ParamSpec

from manylinux_spec.input_files import read_bytes

from manylinux_conformance.errors import (
    DISK_FULL,
    FetchError,
    UnavailableError,
    UnsupportedError,
)
from manylinux_conformance.exclusive_lock import exclusive_lock
from manylinux_conformance.platforms.interpreters import (
    Interpreter,
    allows,
    find_interpreter,
)
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.sandbox.process import Run, fit_for_report, run
from manylinux_conformance.sandbox.simple_index import Serve, serve_here
from manylinux_conformance.sandbox.tool_description import ToolDescription

P = ParamSpec("P")

COMPLETE = "complete"  # the file that says that a folder was filled to the end
INSTALL_TIMEOUT = 600  # seconds for one installation from the package index
TOOK_TOO_LONG = "took longer than {} seconds to install"
NO_WHEEL = "No matching distribution found"  # pip's words
# What pip's messages show of a cause; see pip._internal.index.collector and urllib3.
CAUSES = {
    DISK_FULL: re.compile(r"No space left on device|Disk quota exceeded"),
    "the package index cannot be reached": re.compile(
        r"Could not fetch URL \S+: (?!404 )|Retrying \(Retry\(|Read timed out"
    ),
}


@dataclass(frozen=True, slots=True)
class ProvidedTool:
    """A tool that can be started.

    ``interpreter`` is the Python of the target environments in which it is asked.
    ``packages`` is a folder for their import path, where the tool runs inside.
    ``programs`` is the ``bin`` folder of the tool's own environment.
    ``run`` runs a command where the tool and the interpreter are, ``serve`` serves
    wheels there.
    ``image`` is the platform of the image that the tool is part of, if it is.
    ``said_version`` is what it says of its own version, where it was asked.
    """

    description: ToolDescription
    version: str
    interpreter: Interpreter
    packages: Path | None = None
    programs: Path | None = None
    run: Run = run
    serve: Serve = serve_here
    image: Platform | None = None
    said_version: str = ""


@dataclass(frozen=True, slots=True)
class NotProvided:
    """Why a tool cannot be asked here.

    ``unsupported``: it is not made for this place; otherwise something went wrong.
    """

    reason: str
    unsupported: bool = False

    def error(self, where: str) -> UnavailableError:
        """Return what to raise where the tool was to be asked."""
        kind = UnsupportedError if self.unsupported else FetchError
        return kind(where, self.reason)


def provide(
    adapter: ToolDescription,
    version: str,
    cache: Path,
    *,
    offline: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> ProvidedTool | NotProvided:
    """Return a tool of one version, installed into the cache if it is not there yet.

    Runs that happen at the same time wait for each other; an installation that was
    broken off is done anew.  ``progress`` is told what is being installed.
    """
    needs = adapter.provide.python_for(version)
    interpreter, reason = find_interpreter(needs), _unsupported_reason(adapter)
    if reason or interpreter is None:
        return NotProvided(reason or f"needs Python {needs}", unsupported=True)
    if not adapter.provide.pypi:
        return ProvidedTool(adapter, version, interpreter)
    folder = cache / "tools" / _key(adapter, version, interpreter)
    with locked(folder):
        if not (folder / COMPLETE).exists():
            if offline:
                return NotProvided("is not installed yet, and this run is offline")
            progress(f"installing {adapter.name} {version}")
            if reason := why_not(_install, adapter, version, interpreter, folder):
                return NotProvided(reason, unsupported=is_no_wheel(reason))
            (folder / COMPLETE).touch()
    if adapter.provide.inside:
        return ProvidedTool(adapter, version, interpreter, packages=folder / "packages")
    return ProvidedTool(adapter, version, interpreter, programs=folder / "venv" / "bin")


def _unsupported_reason(adapter: ToolDescription) -> str:
    """Return why a tool is not asked on this system; empty if it is."""
    if image := adapter.provide.image:
        return f"is asked by 'run', in images of {image!r} only"
    wanted, system = adapter.provide.system, this_system()
    if fnmatchcase(system, wanted):
        return ""
    return f"is asked on {wanted!r}; this system is {system!r}"


def this_system() -> str:
    """Name the system of this machine, as ``debian 12 x86_64``."""
    try:
        facts = platform.freedesktop_os_release()
    except OSError:  # a system without os-release(5)
        facts = {}
    release = facts.get("VERSION_ID", "rolling")
    return f"{facts.get('ID', 'linux')} {release} {platform.machine()}"


def _key(adapter: ToolDescription, version: str, interpreter: Interpreter) -> str:
    """Name a folder by everything that decides what is installed into it."""
    provide = adapter.provide
    parts = [*provide.pypi, str(provide.inside), str(interpreter.path)]
    digest = hashlib.sha256("\0".join(parts).encode())
    if provide.constraints:
        digest.update(read_bytes(constraints(adapter, version)))
    return f"{adapter.name}-{version}-{interpreter.version}-{digest.hexdigest()[:8]}"


def constraints(adapter: ToolDescription, version: str) -> Path:
    """Return the constraints file of a version."""
    return Path(adapter.provide.constraints.replace("{version}", version))


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one run at a time fill a folder."""
    with exclusive_lock(folder.with_name(f"{folder.name}.lock")):
        yield


def _install(
    adapter: ToolDescription, version: str, interpreter: Interpreter, folder: Path
) -> str:
    """Install a tool into an empty folder; return what went wrong, if anything."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    requirements = [each.replace("{version}", version) for each in adapter.provide.pypi]
    if adapter.provide.constraints:
        requirements.append(f"--constraint={constraints(adapter, version)}")
    if not adapter.provide.inside:
        return _install_in_venv(interpreter, folder / "venv", requirements)
    packages = folder / "packages"
    # Wheels only: what is installed for another Python cannot be built by this one.
    where = (f"--target={packages}", f"--python-version={interpreter.version}")
    if reason := pip("install", *where, "--only-binary=:all:", *requirements):
        return reason
    # Sources of other Python versions in the packages do not compile; that is fine.
    finish([str(interpreter.path), "-m", "compileall", "-q", str(packages)])
    return ""


def _install_in_venv(
    interpreter: Interpreter, venv: Path, requirements: Sequence[str]
) -> str:
    """Install into a new environment; return what went wrong, if anything.

    It is not one of the suite's own interpreter: some tools answer by the one they run
    on.  Where that is too old for the suite's pip, the pip that it bundles does it.
    """
    make = (str(interpreter.path), "-m", "venv", str(venv))
    needs = importlib.metadata.metadata("pip")["Requires-Python"] or ""
    if allows(needs, interpreter.release):
        made = finish([*make, "--without-pip"])
        return made or pip(f"--python={venv}/bin/python", "install", *requirements)
    install = (f"{venv}/bin/python", "-m", "pip", "install", *requirements)
    return finish(make) or finish(install)


def pip(*arguments: str) -> str:
    """Run the suite's own pip; return why it failed, if it did, fit for a report."""
    return finish([sys.executable, "-m", "pip", *arguments])


def is_no_fault_of_a_tool(reason: str) -> bool:
    """Return whether an installation failed for lack of network, of room or of time."""
    return reason in CAUSES or reason == TOOK_TOO_LONG.format(INSTALL_TIMEOUT)


def is_no_wheel(reason: str) -> bool:
    """Return whether pip failed since the index has nothing that fits."""
    return NO_WHEEL in reason


def why_not(install: Callable[P, str], *args: P.args, **named: P.kwargs) -> str:
    """Return why an installation failed, also if it could not write a file."""
    try:
        return install(*args, **named)
    except OSError as error:
        return why_failed(str(error))


def why_failed(said: str, details: str = "") -> str:
    """Return why pip failed, from all that it said, the errors apart from details.

    An index that cannot be reached has nothing that fits, either, so the cause is
    looked for before the last line.
    """
    for cause, words in CAUSES.items():
        if words.search(f"{details}{said}"):
            return cause
    lines = said.strip().splitlines()
    return fit_for_report(lines[-1]) if lines else ""


def finish(command: Sequence[str]) -> str:
    """Run a command of the suite's own; return why it failed, if it did."""
    settings = {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_VERBOSE": "2",  # or it keeps to itself why it did not read an index
    }
    try:
        subprocess.run(
            command,
            env=os.environ | settings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=INSTALL_TIMEOUT,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        return (
            why_failed(error.stderr, error.stdout) or f"exit status {error.returncode}"
        )
    except subprocess.TimeoutExpired:
        return TOOK_TOO_LONG.format(INSTALL_TIMEOUT)
    return ""
