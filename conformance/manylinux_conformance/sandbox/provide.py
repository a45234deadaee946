"""Providing tools: pinned releases from the package index, kept in a cache."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from manylinux_spec.input_files import read_bytes

from manylinux_conformance.exclusive_lock import exclusive_lock
from manylinux_conformance.platforms.interpreters import Interpreter, find_interpreter
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.sandbox.process import Run, run
from manylinux_conformance.sandbox.simple_index import Serve, serve_here
from manylinux_conformance.sandbox.tool_description import ToolDescription

COMPLETE = "complete"  # the file that says that a folder was filled to the end
INSTALL_TIMEOUT = 600  # seconds for one installation from the package index


@dataclass(frozen=True, slots=True)
class ProvidedTool:
    """A tool that can be started.

    ``interpreter`` is the Python of the target environments in which it is asked.
    ``packages`` is a folder for their import path, where the tool runs inside.
    ``programs`` is the ``bin`` folder of the tool's own environment.
    ``run`` runs a command where the tool and the interpreter are, ``serve`` serves
    wheels there.
    ``image`` is the platform of the image that the tool is part of, if it is.
    """

    description: ToolDescription
    version: str
    interpreter: Interpreter
    packages: Path | None = None
    programs: Path | None = None
    run: Run = run
    serve: Serve = serve_here
    image: Platform | None = None


@dataclass(frozen=True, slots=True)
class NotProvided:
    """Why a tool cannot be asked here."""

    reason: str


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
    needs = adapter.provide.python.get(version, "")
    interpreter, reason = find_interpreter(needs), _unsupported_reason(adapter)
    if reason or interpreter is None:
        return NotProvided(reason or f"needs Python {needs}")
    if not adapter.provide.pypi:
        return ProvidedTool(adapter, version, interpreter)
    folder = cache / "tools" / _key(adapter, version, interpreter)
    with locked(folder):
        if not (folder / COMPLETE).exists():
            if offline:
                return NotProvided("is not installed yet, and this run is offline")
            progress(f"installing {adapter.name} {version}")
            if reason := _install(adapter, version, interpreter, folder):
                return NotProvided(reason)
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
        venv = folder / "venv"
        # Not of the suite's own interpreter: some tools answer by the one they run on.
        python = str(interpreter.path)
        made = finish([python, "-m", "venv", "--without-pip", str(venv)])
        return made or pip(f"--python={venv}/bin/python", "install", *requirements)
    packages = folder / "packages"
    # Wheels only: what is installed for another Python cannot be built by this one.
    where = (f"--target={packages}", f"--python-version={interpreter.version}")
    if reason := pip("install", *where, "--only-binary=:all:", *requirements):
        return reason
    # Sources of other Python versions in the packages do not compile; that is fine.
    finish([str(interpreter.path), "-m", "compileall", "-q", str(packages)])
    return ""


def pip(*arguments: str) -> str:
    """Run the suite's own pip; return the last thing it said if it failed."""
    return finish([sys.executable, "-m", "pip", *arguments])


def finish(command: Sequence[str]) -> str:
    """Run a command of the suite's own; return the last thing it said if it failed."""
    quiet = {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_QUIET": "1",
    }
    try:
        subprocess.run(
            command,
            env=os.environ | quiet,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=INSTALL_TIMEOUT,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines()
        return said[-1] if said else f"exit status {error.returncode}"
    except subprocess.TimeoutExpired:
        return f"took longer than {INSTALL_TIMEOUT} seconds to install"
    return ""
