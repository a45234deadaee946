"""A build environment at one of its targets: it compiles, builds, and is looked at.

The sandbox's ``run`` starts every command, so that a compiler in a container is asked
like one of this machine; sources and results lie in the sandbox's folders.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import ClassVar

import msgspec

from manylinux_conformance.asking.builder_targets import Target
from manylinux_conformance.asking.role_table import (
    PLACEHOLDERS,
    Filename,
    RoleTable,
    fill,
)
from manylinux_conformance.errors import InputError
from manylinux_conformance.loader.policy_check import (
    REFUSED,
    instruction_set,
    level_answer,
    libpython,
    why_no_file,
)
from manylinux_conformance.loader.unpacked_wheel import unpack_elf_files
from manylinux_conformance.questions.answer import (
    Answer,
    answered,
    broken,
    declined,
    not_asked,
)
from manylinux_conformance.questions.build import PROBES, Asked, Build
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.sandbox.process import (
    LONGEST_REPORTED,
    STDERR_TAIL,
    ProcessResult,
)
from manylinux_conformance.sandbox.sandbox import Sandbox

EXTENSION, PROGRAM = "extension.c", "program.c"
MODULE = ("-shared", "-fPIC", "-O2")
STANDARD = {".cpp": ("-std=c++17",), ".c": ()}
# Compiles wherever anything does, so that other refusals can be believed.
CONTROL = ("-DHEADER=<stdlib.h>", "-DFUNCTION=malloc")
FIND = "import glob, sys\nfor path in sorted(glob.glob(sys.argv[1])): print(path)"
MACHINE = "import os; print(os.uname().machine)"
PLATFORM = "import sysconfig; print(sysconfig.get_platform())"


class MisplacedError(Exception):
    """A tool has put something where the suite has to write.

    In a container it may do less than the suite, which is not to follow its links.
    """


class BuildTools(RoleTable, frozen=True, kw_only=True):
    """How what a build environment has is started.

    ``c`` and ``cxx`` are compilers that take GCC's options, which are appended.
    ``{target}`` is the tool's own name for a target, ``{cache}`` a folder that stays
    between runs.
    ``cxx_targets`` are patterns of the tags that are asked about C++ too.
    ``cross``: nothing can be run on the targets, so neither they nor their
    interpreters are asked.
    ``interpreters`` are patterns of paths, as ``/opt/python/*/bin/python3``.
    ``back_end`` builds the project that ``files`` describe, in ``{work}`` beside the
    source ``extension.c``, into a wheel in ``{out}``.
    """

    COMMANDS: ClassVar = ("c", "cxx", "back_end")
    PLACEHOLDERS: ClassVar = PLACEHOLDERS | {"target", "cache", "out"}

    c: tuple[str, ...] = ()
    cxx: tuple[str, ...] = ()
    cxx_targets: tuple[str, ...] = ("*",)
    cross: bool = False
    interpreters: tuple[str, ...] = ()
    back_end: tuple[str, ...] = ()
    files: dict[Filename, str] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BuildEnvironment:
    """A tool at one target.

    ``python`` is an interpreter where the tool runs, ``cache`` a folder that stays
    between runs, ``record`` a file that keeps what was run and how it ended.
    """

    builder: BuildTools
    target: Target
    sandbox: Sandbox
    python: Path
    cache: Path
    record: Path

    def unsupported_reason(self) -> str:
        """Say what the environment lacks of what its adapter names; empty: nothing."""
        for compiler in filter(None, (self.builder.c, self.builder.cxx)):
            ended = self._run([*compiler, "--version"])
            if ended.status != 0:
                said = f"its compiler does not start: {ended.complaint}"
                return ended.failure or said
        if self.builder.interpreters and not self._found_interpreters():
            return f"has no interpreter {' or '.join(self.builder.interpreters)}"
        return ""

    def answer(self, build: Build) -> Answer:
        """Ask one question."""
        try:
            return self._answer(build)
        except MisplacedError as error:
            return broken(str(error))

    def _answer(self, build: Build) -> Answer:
        match build.ask:
            case Asked.LEVEL | Asked.INSTRUCTIONS:
                return self._not_compiled(build) or self._compiled(build)
            case Asked.WHEEL_TAG | Asked.WHEEL_LEVEL:
                return self._wheel(build)
            case Asked.INTERPRETERS:
                return self._not_inside() or self._interpreters()
            case Asked.MACHINE:
                return self._not_inside() or self._said(MACHINE)
            case Asked.PLATFORM:
                return self._not_inside() or self._said(PLATFORM)

    def _not_inside(self) -> Answer | None:
        """Say why there is no inside to look at; None if there is one."""
        if self.builder.cross:
            return declined("nothing runs on its target")
        if not (self.builder.c or self.builder.cxx):
            return declined("is a build back end and no environment")
        return None

    def _not_compiled(self, build: Build) -> Answer | None:
        if not self._compiler(build.probe):
            return declined("has no compiler for this")
        tag, asked = self.target.platform.name, self.builder.cxx_targets
        if _is_cxx(build.probe) and not any(fnmatchcase(tag, each) for each in asked):
            return not_asked("C++ is asked for other targets of this tool")
        return None

    def _compiler(self, probe: str) -> tuple[str, ...]:
        return self.builder.cxx if _is_cxx(probe) else self.builder.c

    def _compiled(self, build: Build) -> Answer:
        folder, compiler = self._new_folder(build.name), self._compiler(build.probe)
        ended, out = self._compile(compiler, build.probe, build.flags, folder)
        if outcome := _broken_off(ended):
            return outcome
        if ended.status != 0:
            return self._refusal(compiler, _first_error(ended), folder / "control")
        if reason := why_no_file(out):
            return broken(f"the compiler succeeded and {reason}")
        if build.ask is Asked.INSTRUCTIONS:
            return instruction_set(out)
        return level_answer([out], folder, self.target.loader_check)

    def _compile(
        self, compiler: Sequence[str], probe: str, flags: Sequence[str], folder: Path
    ) -> tuple[ProcessResult, Path]:
        source = Path(shutil.copy(PROBES / probe, folder))
        out = folder / f"{source.stem}.so"
        options = () if probe == PROGRAM else MODULE
        command = [*compiler, *STANDARD[source.suffix], *options, "-o", str(out)]
        return self._run([*command, str(source), *flags], folder), out

    def _refusal(self, compiler: Sequence[str], words: str, folder: Path) -> Answer:
        """Believe a refusal if the compiler compiles something else."""
        self._make(folder)
        control, _ = self._compile(compiler, "newer.c", CONTROL, folder)
        if control.status != 0:
            return broken(f"compiles nothing: {words}")
        return answered(REFUSED, words)

    def _wheel(self, build: Build) -> Answer:
        if not self.builder.back_end:
            return declined("is no build back end")
        folder = self._new_folder(build.name)
        ended, wheels = self._built(folder / "project", folder / "out")
        if outcome := _broken_off(ended):
            return outcome
        if ended.status != 0:
            return broken(f"made no wheel: {_first_error(ended)}")
        if len(wheels) != 1 or why_no_file(wheels[0]):
            return broken(f"succeeded and made {len(wheels) or 'no'} wheels")
        if build.ask is Asked.WHEEL_TAG:
            return answered(_shown(os.fsencode(wheels[0].stem.rpartition("-")[2])))
        return self._wheel_level(wheels[0], folder / "unpacked")

    def _built(self, project: Path, out: Path) -> tuple[ProcessResult, list[Path]]:
        self._make(project)
        self._make(out)
        for name, content in self.builder.files.items():
            (project / name).write_text(content, encoding="utf-8")
        shutil.copy(PROBES / EXTENSION, project)
        ended = self._run(self.builder.back_end, project, out=str(out))
        return ended, sorted(out.glob("*.whl"))

    def _wheel_level(self, wheel: Path, folder: Path) -> Answer:
        try:
            files = unpack_elf_files(wheel, self._make(folder))
        except InputError as error:
            return broken(f"made a wheel that {error.reason}")
        if not files:
            return broken("made a wheel without compiled code")
        return level_answer(files, folder, self.target.loader_check)

    def _interpreters(self) -> Answer:
        """Let the loader list what each interpreter needs to start."""
        if not self.builder.interpreters:
            return declined("brings no interpreters")
        needing = []
        for path in self._found_interpreters():
            trace = {"LD_TRACE_LOADED_OBJECTS": "1"}
            ended = self._run([path, "--version"], variables=trace)
            if outcome := _broken_off(ended):
                return outcome
            if needed := libpython(ended.output):
                needing.append(f"{Path(path).name}: {needed}")
        return answered(", ".join(needing) or "none")

    def _found_interpreters(self) -> list[str]:
        asked = (
            self._run([str(self.python), "-I", "-c", FIND, pattern])
            for pattern in self.builder.interpreters
        )
        found = [line for ended in asked for line in ended.output.splitlines()]
        return [os.fsdecode(path) for path in found]

    def _said(self, program: str) -> Answer:
        ended = self._run([str(self.python), "-I", "-c", program])
        if outcome := _broken_off(ended):
            return outcome
        said = _shown(ended.output.strip())
        return answered(said) if said else broken("its interpreter says nothing")

    def _new_folder(self, name: str) -> Path:
        return self._make(self.sandbox.path_of("work") / name)

    def _make(self, folder: Path) -> Path:
        """Make a folder where nothing is yet, not even a link on the way to it."""
        top = self.record.parent
        way = [folder, *(each for each in folder.parents if each.is_relative_to(top))]
        if any(each.is_symlink() for each in way):
            raise MisplacedError(f"put a link on the way to {folder.name}")
        try:
            folder.mkdir()
        except OSError as error:
            raise MisplacedError(f"left no place for {folder.name}") from error
        return folder

    def _run(
        self,
        command: Sequence[str],
        folder: Path | None = None,
        *,
        variables: Mapping[str, str] | None = None,
        out: str = "",
    ) -> ProcessResult:
        """Run a command in a folder, which is ``{work}``, and keep a record of it."""
        folder = folder or self.sandbox.path_of("work")
        places = {
            **self.sandbox.placeholders,
            "work": str(folder),
            "out": out,
            "cache": str(self.cache),
            "target": self.target.name,
        }
        more = self.builder.variables.items()
        own = {name: fill(text, places) for name, text in more}
        filled = [fill(argument, places) for argument in command]
        ended = self.sandbox.run(
            filled,
            folder=folder,
            variables={**self.sandbox.variables, **own, **(variables or {})},
            seconds=self.builder.seconds,
        )
        with self.record.open("ab") as file:
            kept = replace(ended, output=ended.output[-STDERR_TAIL:])
            file.write(msgspec.json.encode({"command": filled, "ended": kept}) + b"\n")
        return ended


def _is_cxx(probe: str) -> bool:
    return probe.endswith(".cpp")


def _broken_off(ended: ProcessResult) -> Answer | None:
    if not ended.failure:
        return None
    outcome = Verdict.TIMEOUT if ended.timed_out else Verdict.ERROR
    return Answer(outcome, reason=ended.failure)


def _first_error(ended: ProcessResult) -> str:
    """Say what a compiler complains about first; the rest mostly follows from it."""
    lines = ended.stderr_tail.splitlines()
    first = next((line for line in lines if "error:" in line), ended.stderr_tail)
    return replace(ended, stderr_tail=first).complaint


def _shown(said: bytes) -> str:
    """Return text from outside, fit for a line of a report."""
    text = said[:LONGEST_REPORTED].decode(errors="replace")
    return "".join(char if char.isprintable() else "?" for char in text)
