"""Runs glibc's loader in its tracing mode on one file, and reads what it says.

``LD_TRACE_LOADED_OBJECTS`` with ``LD_WARN`` and ``LD_BIND_NOW`` is the mechanism of
``ldd -r``: the loader maps the file and what it needs, checks every version, resolves
every symbol, reports, and ends before any code of theirs runs.
"""

from __future__ import annotations

import enum
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.sandbox.process import run

TRACE_TIMEOUT = 30  # seconds for one file


class Complaint(enum.StrEnum):
    """What kind of message it is, the gravest first."""

    BROKEN = "other loader message"
    LIBRARY = "library not found"
    VERSION = "version not found"
    SYMBOL = "undefined symbol"


@dataclass(frozen=True, slots=True)
class Message:
    """One complaint: ``subject`` is a library, a node, a symbol, or the whole text.

    ``about`` is the symbol's version or the node's library; ``file`` is what needs it.
    """

    complaint: Complaint
    subject: str
    about: str = ""
    file: str = ""

    def __str__(self) -> str:
        """Say it without any path."""
        about = f" ({self.about})" if self.about else ""
        return f"{self.complaint}: {self.subject}{about}"


@dataclass(frozen=True, slots=True)
class Trace:
    """What the loader said about one file: libraries found, by name, and complaints."""

    found: dict[str, str]
    messages: tuple[Message, ...]


# sysdeps: elf/rtld.c and elf/dl-version.c, elf/dl-lookup.c, elf/dl-load.c of glibc.
FOUND = re.compile(r"\t(?P<name>\S+) => (?P<path>/.+) \(0x[0-9a-f]+\)")
MISSING = re.compile(r"\t(?P<name>\S+) => not found")
VERSION = re.compile(
    r"(?P<file>.+): (?P<library>.+): version `(?P<node>.+)' not found "
    r"\(required by (?P<needing>.+)\)"
)
SYMBOL = re.compile(
    r"undefined symbol: (?P<symbol>[^\t,]+)(?:, version (?P<node>\S+))?\t"
    r"\((?P<file>.+)\)"
)
LINKED = re.compile(
    r"symbol (?P<symbol>\S+), version (?P<node>\S+) not defined "
    r"in file (?P<library>\S+) with link time reference\t\((?P<file>.+)\)"
)
HARMLESS = re.compile(
    r"|\t(linux-\S+|\S*/\S+) \(0x[0-9a-f]+\)"  # the vDSO, the loader, a path as name
    r"|\tstatically linked"
    r"|.*: no version information available \(required by .*\)"
    r"|.*: weak version `.*' not found \(required by .*\)"
    r"|warning: copy relocation against non-copyable protected symbol .*"
)


def trace(
    command: Sequence[str],
    file: Path,
    sysroot: Path,
    *,
    emulated: bool,
    preloaded: Sequence[str] = (),
) -> Trace:
    """Run the loader on a file; one that crashes or hangs is a complaint like others.

    ``command`` is the loader, behind its emulator if it has one.
    ``preloaded`` are libraries of the sysroot that the process has loaded before.
    """
    settings = [
        *("LD_TRACE_LOADED_OBJECTS=1", "LD_WARN=1", "LD_BIND_NOW=1"),
        *(f"LD_LIBRARY_PATH={sysroot}", "LC_ALL=C"),
        "LD_PRELOAD=" + ":".join(str(sysroot / name) for name in preloaded),
    ]
    if emulated:  # the emulator itself is not to be traced
        inner = [command[0], *(part for each in settings for part in ("-E", each))]
        inner += [*command[1:], str(file)]
    else:
        inner = ["env", *settings, *command, str(file)]
    ended = run(
        ["sh", "-c", 'exec "$@" 2>&1', "sh", *inner],
        folder=file.parent,
        variables={"PATH": os.defpath},
        seconds=TRACE_TIMEOUT,
    )
    said = read_trace(ended.output.decode(errors="replace"))
    if ended.failure:
        broken = Message(Complaint.BROKEN, f"the loader {ended.failure}")
        return Trace(said.found, (*said.messages, broken))
    return said


def read_trace(text: str) -> Trace:
    """Read the loader's output; what is not understood is a complaint of its own."""
    found: dict[str, str] = {}
    messages = []
    for line in text.splitlines():
        if match := FOUND.fullmatch(line):
            found[match["name"]] = match["path"]
        elif not HARMLESS.fullmatch(line):
            messages.append(_message(line))
    return Trace(found, tuple(dict.fromkeys(messages)))


def _message(line: str) -> Message:
    for message in _readings(line):
        return message
    return Message(Complaint.BROKEN, re.sub(r"(?:/[^\s:]*)?/([^\s:/]+)", r"\1", line))


def _readings(line: str) -> Iterator[Message]:
    if match := MISSING.fullmatch(line):
        yield Message(Complaint.LIBRARY, match["name"])
    if match := VERSION.fullmatch(line):
        library = Path(match["library"]).name
        yield Message(Complaint.VERSION, match["node"], library, match["needing"])
    if match := LINKED.fullmatch(line):
        yield Message(Complaint.SYMBOL, match["symbol"], match["node"], match["file"])
    if match := SYMBOL.fullmatch(line):
        yield Message(
            Complaint.SYMBOL, match["symbol"], match["node"] or "", match["file"]
        )
