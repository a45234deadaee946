"""A sandbox: the folder in which one run of a tool happens, and what it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import Interpreter
from manylinux_conformance.sandbox.own_prefix import (
    make_own_prefix,
    make_own_programs,
)
from manylinux_conformance.sandbox.process import Run
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.shim_environment import (
    prepare_header,
    shim_variables,
)
from manylinux_conformance.sandbox.simple_index import Serve
from manylinux_conformance.sandbox.target_venv import make_target_environment

CLOSED = "http://127.0.0.1:9"  # the discard port: nothing listens there


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Where a tool runs: ``placeholders`` are what its adapter may name.

    ``variables`` are all environment variables that it sees.
    ``run`` runs a command there, ``serve`` serves wheels to it.
    """

    folder: Path
    placeholders: Mapping[str, str]
    variables: Mapping[str, str]
    run: Run
    serve: Serve

    def path_of(self, name: str) -> Path:
        """Return the folder or file that a placeholder stands for."""
        return Path(self.placeholders[name])


def make_sandbox(
    tool: ProvidedTool,
    environment: Environment,
    folder: Path,
    shim: Path | None,
    used_home: Path | None = None,
) -> Sandbox:
    """Lay out a new folder with a target environment and a home of its own.

    ``used_home`` is one that a tool has left behind; it is moved here.
    The tool sees no setting of the user's, and no way out to the network.
    Without a ``shim`` it sees this machine as it is.
    """
    work, home, temporary = _own_folders(folder, used_home)
    interpreter, programs = _programs(tool, environment, folder, work)
    target = make_target_environment(
        folder / "environment",
        interpreter,
        environment,
        work=work,
        packages=tool.packages,
    )
    placeholders = {
        "python": str(target.python),
        "py_version_nodot": tool.interpreter.version.replace(".", ""),
        "environment": str(target.folder),
        "site_packages": str(target.site_packages),
        "tool": str(programs or ""),
        "work": str(work),
        "home": str(home),
    }
    variables = {**_closed_in(home, temporary), **target.variables}
    if shim is not None:
        platform, python = environment.platform, target.python
        header = prepare_header(platform, python, folder / "shown")
        variables |= shim_variables(
            platform, shim, python, header, environment.tool_glibc
        )
    return Sandbox(folder, placeholders, variables, tool.run, tool.serve)


def _own_folders(folder: Path, used_home: Path | None) -> tuple[Path, Path, Path]:
    """Make the folders where a tool works, is at home and keeps what passes."""
    folder.mkdir(parents=True)
    work, home, temporary = folder / "work", folder / "home", folder / "tmp"
    for each in (work, temporary):
        each.mkdir()
    if used_home is None:
        home.mkdir()
    else:
        used_home.rename(home)
    return work, home, temporary


def _programs(
    tool: ProvidedTool, environment: Environment, folder: Path, work: Path
) -> tuple[Interpreter, Path | None]:
    """Return the interpreter and the tool's programs, a distributor's if need be."""
    interpreter, programs = tool.interpreter, tool.programs
    if environment.distributed:
        module = environment.module
        interpreter = make_own_prefix(
            folder / "prefix", interpreter, module, work=work, run=tool.run
        )
        if programs is not None:
            programs = make_own_programs(folder / "tool", programs, interpreter)
    return interpreter, programs


def _closed_in(home: Path, temporary: Path) -> dict[str, str]:
    """Return variables that name no folder of the user's and no way to the network."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "XDG_CONFIG_DIRS": str(home),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "http_proxy": CLOSED,
        "https_proxy": CLOSED,
        "all_proxy": CLOSED,
        "no_proxy": "127.0.0.1",
    }
