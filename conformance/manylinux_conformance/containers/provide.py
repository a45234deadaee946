"""Provides tools for a container: fetched on the host, for another machine's Python."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from manylinux_spec.aliases import spellings
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.platforms.interpreters import (
    Interpreter,
    allows,
    find_interpreter,
)
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.sandbox.provide import (
    COMPLETE,
    NotProvided,
    ProvidedTool,
    constraints,
    is_no_wheel,
    locked,
    pip,
    why_not,
)
from manylinux_conformance.sandbox.tool_description import ToolDescription

OLDEST_MINOR = 5  # of glibc: manylinux1, the oldest level, is 2.5
SCRIPT = b"#!"
REFUSED = ".refused"  # the file that keeps why the index has no such tool


@dataclass(frozen=True, slots=True)
class TargetPython:
    """What a tool is installed for: a platform and its Python."""

    platform: Platform
    interpreter: Interpreter


@dataclass(frozen=True, slots=True)
class DownloadPolicy:
    """Whether the package index may be asked, and who is told that it is."""

    offline: bool
    progress: Callable[[str], None]


def provide_in_container(
    adapter: ToolDescription,
    version: str,
    target: TargetPython,
    cache: Path,
    policy: DownloadPolicy,
) -> ProvidedTool | NotProvided:
    """Return a tool for a container, from the package index or from the cache.

    Wheels only: nothing is built, and nothing of the tool runs on this machine.
    How it is run and served to there is the container's to say; its ``run`` and
    ``serve`` are still this machine's.
    """
    needs = adapter.provide.python_for(version)
    if not allows(needs, target.interpreter.release):
        found = target.interpreter.version
        reason = f"needs Python {needs}; this platform has {found}"
        return NotProvided(reason, unsupported=True)
    tool = ProvidedTool(adapter, version, target.interpreter)
    if not adapter.provide.pypi:
        return tool
    folder = cache / "tools" / _key(adapter, version, target)
    with locked(folder):
        if not (folder / COMPLETE).exists():
            if policy.offline:
                return _offline(folder)
            name = f"{adapter.name} {version}".strip()
            policy.progress(f"fetching {name} for {target.platform.arch}")
            if reason := why_not(_install, adapter, version, target, folder):
                return _refused(folder, reason)
            (folder / COMPLETE).touch()
    if adapter.provide.inside:
        return replace(tool, packages=_packages(folder, target.interpreter))
    return replace(tool, programs=folder / "venv" / "bin")


def _refused(folder: Path, reason: str) -> NotProvided:
    """Say why a tool was not installed; a run without the index remembers it."""
    if not is_no_wheel(reason):
        return NotProvided(reason)
    folder.with_name(f"{folder.name}{REFUSED}").write_text(reason)
    return NotProvided(f"not for this platform: {reason}", unsupported=True)


def _offline(folder: Path) -> NotProvided:
    refused = folder.with_name(f"{folder.name}{REFUSED}")
    if refused.exists():
        reason = f"not for this platform: {refused.read_text()}"
        return NotProvided(reason, unsupported=True)
    return NotProvided("is not installed yet, and this run is offline")


def platform_tags(platform: Platform) -> Iterator[str]:
    """Yield the tags that fit a platform, newest first, as pip's ``--platform``.

    Legacy tags (PEP 600) are among them for the architectures that have them.
    """
    for minor in range(platform.minor or 0, OLDEST_MINOR - 1, -1):
        yield from reversed(spellings(f"{platform.major}.{minor}", platform.arch))


def _key(adapter: ToolDescription, version: str, target: TargetPython) -> str:
    """Name a folder by everything that decides what is installed into it."""
    provide, platform = adapter.provide, target.platform
    where = (str(target.interpreter.path), target.interpreter.purelib, platform.glibc)
    digest = hashlib.sha256("\0".join((*provide.pypi, *where)).encode())
    if provide.constraints:
        digest.update(read_bytes(constraints(adapter, version)))
    arch = f"{platform.arch}-{target.interpreter.version}"
    return f"{adapter.name}-{version}-{arch}-{digest.hexdigest()[:8]}"


def _packages(folder: Path, interpreter: Interpreter) -> Path:
    return folder / "venv" / interpreter.purelib


def _install(
    adapter: ToolDescription, version: str, target: TargetPython, folder: Path
) -> str:
    """Install into an empty folder; return what went wrong, if anything.

    The folder becomes a virtual environment of the container's interpreter.
    """
    shutil.rmtree(folder, ignore_errors=True)
    packages = _packages(folder, target.interpreter)
    packages.parent.mkdir(parents=True)
    requirements = [each.replace("{version}", version) for each in adapter.provide.pypi]
    if adapter.provide.constraints:
        requirements.append(f"--constraint={constraints(adapter, version)}")
    where = [f"--platform={tag}" for tag in platform_tags(target.platform)]
    reason = pip(
        "install",
        "--no-compile",
        "--only-binary=:all:",
        f"--target={packages}",
        f"--python-version={target.interpreter.version}",
        *where,
        *requirements,
    )
    if not reason:
        _make_environment(folder / "venv", packages, target.interpreter)
        _compile(packages, target.interpreter)
    return reason


def _make_environment(venv: Path, packages: Path, interpreter: Interpreter) -> None:
    """Add what makes a folder of packages a virtual environment (PEP 405)."""
    programs = venv / "bin"
    if (packages / "bin").is_dir():
        (packages / "bin").rename(programs)
    programs.mkdir(exist_ok=True)
    python = programs / "python"
    python.symlink_to(interpreter.path)
    (venv / "pyvenv.cfg").write_text(f"home = {interpreter.path.parent}\n")
    for program in programs.iterdir():
        if not program.is_symlink() and program.read_bytes().startswith(SCRIPT):
            _, _, rest = program.read_bytes().partition(b"\n")
            program.write_bytes(SCRIPT + os.fsencode(python) + b"\n" + rest)


def _compile(packages: Path, interpreter: Interpreter) -> None:
    """Compile with a Python of the same version, if this machine has one.

    Compiled files are alike on all architectures.  Sources of other Python versions
    in the packages do not compile; that is fine.
    """
    here = find_interpreter(f"=={interpreter.version}")
    if here is not None:
        command = [str(here.path), "-m", "compileall", "-q", str(packages)]
        subprocess.run(command, capture_output=True, check=False)
