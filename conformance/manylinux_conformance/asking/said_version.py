"""What a tool says of its own version, so that a report tells which one answered."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from manylinux_conformance.asking.role_table import fill_command
from manylinux_conformance.platforms.environment import this_machine
from manylinux_conformance.sandbox.process import fit_for_report
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import make_sandbox

SECONDS = 60
EVIDENCE = "version.json"


class SaidVersion(msgspec.Struct, frozen=True):
    """The command that was run, with the file that it started, and what it said."""

    command: tuple[str, ...]
    status: int | None
    said: str


def said_version(tool: ProvidedTool, folder: Path) -> str:
    """Return the first line that the tool's ``version`` command prints.

    Empty without such a command, or if it prints nothing.  ``version.json`` in
    ``folder`` keeps which file was started.
    """
    if not tool.description.version:
        return ""
    place = folder / "version"
    sandbox = make_sandbox(tool, this_machine(tool.interpreter), place, None)
    command = fill_command(tool.description.version, sandbox.placeholders)
    ended = sandbox.run(
        command,
        folder=sandbox.path_of("work"),
        variables=sandbox.variables,
        seconds=SECONDS,
    )
    said = ended.output.decode(errors="replace") or ended.stderr_tail
    lines = [line for line in said.splitlines() if line.strip()]
    shutil.rmtree(place, ignore_errors=True)
    evidence = msgspec.json.encode(SaidVersion(command, ended.status, said.strip()))
    folder.mkdir(parents=True, exist_ok=True)  # whatever the tool did
    (folder / EVIDENCE).write_bytes(msgspec.json.format(evidence, indent=1))
    return fit_for_report(lines[0]) if lines and not ended.failure else ended.failure
