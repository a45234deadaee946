"""One installation: the real tool, its command, and what it left behind."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import msgspec

from manylinux_conformance.asking.probe_projects import ProbeProjects, read_answer
from manylinux_conformance.asking.role_table import (
    PLACEHOLDERS,
    Command,
    Filename,
    HomeFolder,
    RoleTable,
    fill,
    fill_command,
)
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.sandbox.process import (
    STDERR_TAIL,
    ProcessResult,
    fit_for_report,
)
from manylinux_conformance.sandbox.sandbox import Sandbox
from manylinux_conformance.sandbox.simple_index import Served
from manylinux_conformance.sandbox.tool_description import Text

# A platform tag's family and architecture, as explicit targets are spelled.
TARGET = re.compile(r"(linux|manylinux(?:\d+|_\d+_\d+))_(.+)", re.ASCII)
REQUIREMENT = re.compile(r"([\w.-]+)(.*)", re.ASCII)  # a name, and of which versions
ALLOWED = ("work", "home", "tmp")  # where a tool may write besides its target
COMPILED = "__pycache__"

Listing = dict[str, tuple[int, int, int]]


class InstallCommand(RoleTable, frozen=True, kw_only=True):
    """How one installation is started, and where it leaves what it installs.

    ``files`` are written into ``{work}`` before the command runs.
    ``explicit_target`` are arguments to add to it for another platform than the running
    one: ``{platform_tag}`` is ``manylinux2014_x86_64``, ``{family}`` and ``{arch}`` are
    its two parts.  ``unversioned_target`` are these arguments where a target names no
    glibc version and they differ, ``running_target`` those for the running platform.
    ``lock`` is a command that runs before the other and writes a lock file; it is told
    no target.
    ``kept_in_home`` are folders in the home, as ``pex/pip``, that a first use on this
    machine as it is leaves for every later one.  What depends on a platform is not
    among them.
    ``unsupported`` are regular expressions of what the tool says when it refuses a
    platform as such; there it declines, and whether it should have gone on is a
    question of a rule of its own.
    """

    COMMANDS: ClassVar = ("lock", "command")
    PLACEHOLDERS: ClassVar = PLACEHOLDERS | {
        *("links", "index", "requirements", "dependencies", "dependency_table"),
        *("target", "site_packages", "environment"),
    }
    TARGET_PLACEHOLDERS: ClassVar = frozenset(("platform_tag", "arch", "family"))

    command: Command
    lock: tuple[Text, ...] = ()
    files: dict[Filename, str] = msgspec.field(default_factory=dict)
    lands_in: str = "{target}"
    explicit_target: tuple[str, ...] = ()
    unversioned_target: tuple[str, ...] = ()
    running_target: tuple[str, ...] = ()
    kept_in_home: tuple[HomeFolder, ...] = ()
    unsupported: tuple[str, ...] = ()

    def filled_in(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield each text that is filled in, with the placeholders that it may have."""
        yield from super().filled_in()
        for text in (*self.files.values(), self.lands_in):
            yield text, self.PLACEHOLDERS
        for text in (*self.explicit_target, *self.unversioned_target):
            yield text, self.PLACEHOLDERS | self.TARGET_PLACEHOLDERS
        for text in self.running_target:
            yield text, self.PLACEHOLDERS

    def refusal(self, ended: ProcessResult) -> str:
        """Return the words by which a run refused the platform; empty if none did."""
        if not ended.status or ended.failure:
            return ""
        output = ended.output[-STDERR_TAIL:].decode(errors="replace")
        for line in (*ended.stderr_tail.splitlines(), *output.splitlines()):
            if any(re.search(each, line) for each in self.unsupported):
                return fit_for_report(line)
        return ""


@dataclass(frozen=True, slots=True)
class Installation:
    """What one run of an installer did.

    ``found``: by case, what landed; a question of which nothing landed is absent.
    ``stray``: a path outside the target that the tool wrote; empty if none.
    ``locked``: a lock file was written without complaint.
    """

    command: tuple[str, ...]
    ended: ProcessResult
    found: dict[str, Answer]
    stray: str = ""
    locked: bool = False

    @property
    def clean(self) -> bool:
        """Whether what landed may be believed."""
        return self.ended.status == 0 and not self.ended.timed_out and not self.stray


def install(
    installer: InstallCommand, target: str, sandbox: Sandbox, probes: ProbeProjects
) -> Installation:
    """Install all probe projects in one run and look at what landed.

    ``target`` is an explicit target as a platform tag; empty: the running machine.
    """
    with _places(installer, sandbox, probes) as (places, served):
        destination = Path(fill(installer.lands_in, places))
        for name, content in installer.files.items():
            (sandbox.path_of("work") / name).write_text(fill(content, places))
        allowed = (
            *(sandbox.folder / name for name in ALLOWED),
            _owned(destination, sandbox.path_of("environment")),
        )
        before = _listing(sandbox.folder, allowed) | _listing(probes.links)
        added = {key: fill(text, places) for key, text in installer.variables.items()}
        for number, command in enumerate(commands(installer, target)):
            full = (*served.before, *fill_command(command, places))
            locked = number > 0
            ended = sandbox.run(
                full,
                folder=sandbox.path_of("work"),
                variables={**sandbox.variables, **added},
                seconds=installer.seconds,
            )
            if ended.status != 0 or ended.timed_out:
                break
        after = _listing(sandbox.folder, allowed) | _listing(probes.links)
    answers = {each.case: read_answer(each, destination) for each in probes.projects}
    found = {case: answer for case, answer in answers.items() if answer is not None}
    changed = sorted({path for path, _ in before.items() ^ after.items()})
    stray = os.path.relpath(changed[0], sandbox.folder) if changed else ""
    stray = stray.removeprefix("../" * stray.count("../"))
    return Installation(full, ended, found, stray, locked)


def _owned(destination: Path, environment: Path) -> Path:
    """Return the environment for a tool that manages it, else the target folder."""
    return environment if destination.is_relative_to(environment) else destination


def commands(installer: InstallCommand, target: str) -> Iterator[tuple[str, ...]]:
    """Yield the command, and before it the one that locks, if there is one.

    What names the target is filled in; the places of one run are not yet.
    """
    parts = TARGET.fullmatch(target)
    named = {"platform_tag": target, "family": "", "arch": ""}
    if parts:
        named |= {"family": parts[1], "arch": parts[2]}
    unversioned = installer.unversioned_target if named["family"] == "linux" else ()
    explicit = unversioned or installer.explicit_target
    options = explicit if target else installer.running_target
    values = {name: f"{{{name}}}" for name in installer.PLACEHOLDERS} | named
    for command in filter(None, (installer.lock, (*installer.command, *options))):
        yield tuple(fill(argument, values) for argument in command)


@contextlib.contextmanager
def _places(
    installer: InstallCommand, sandbox: Sandbox, probes: ProbeProjects
) -> Iterator[tuple[dict[str, str], Served]]:
    """Yield what placeholders stand for; an index is served only if it is named."""
    requirements = sandbox.folder / probes.disguise.path("requirements.txt")
    target = sandbox.folder / probes.disguise.path("target")
    target.mkdir()
    requirements.write_text("".join(f"{line}\n" for line in probes.requirements))
    places = {
        **sandbox.placeholders,
        "links": str(probes.links),
        "requirements": str(requirements),
        "dependencies": json.dumps(probes.requirements),
        "dependency_table": _dependency_table(probes.requirements),
        "target": str(target),
    }
    texts = (*installer.arguments, *installer.files.values())
    if not any("{index}" in text for text in (*texts, *installer.variables.values())):
        yield places, Served("")
        return
    with sandbox.serve(probes.links) as served:
        yield {**places, "index": served.address}, served


def _dependency_table(requirements: Sequence[str]) -> str:
    """Return requirements as lines of a TOML table, as Poetry 1 has them."""
    found = (REQUIREMENT.fullmatch(line) for line in requirements)
    return "\n".join(f'{each[1]} = "{each[2] or "*"}"' for each in found if each)


def _listing(folder: Path, skipped: tuple[Path, ...] = ()) -> Listing:
    """Return every path below a folder with its size, time and file number.

    What a tool took away, or made unreadable, is missing.  So is compiled code: any
    interpreter that a tool starts keeps it beside what it imports (PEP 3147).
    """
    found: Listing = {}
    skip = {str(path) for path in skipped}
    folders = [str(folder)]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.path in skip or entry.name == COMPILED:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    found[entry.path] = (0, 0, 0)
                    folders.append(entry.path)
                else:
                    facts = entry.stat(follow_symlinks=False)
                    found[entry.path] = (facts.st_size, facts.st_mtime_ns, facts.st_ino)
    return found
