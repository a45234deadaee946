"""Asks a build environment: compiles the probes for each of its targets and looks.

    results, not_run = ask_builder(tool, suite, new_folder, cache)

The tool's own ``run`` starts every command, so that a compiler in a container is asked
like one of this machine; probes and results lie in the workplace's folders.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from manylinux_conformance.adapters import Builder, fill
from manylinux_conformance.answers import Answer, broken, declined, landed, not_asked
from manylinux_conformance.builder_targets import Target, targets
from manylinux_conformance.builder_verdicts import (
    REFUSED,
    instruction_set,
    judge_build,
    level_answer,
    needed_libraries,
)
from manylinux_conformance.cases import Asked, Build
from manylinux_conformance.circumstances import Environment
from manylinux_conformance.oracle.unpacked_wheel import UNREADABLE
from manylinux_conformance.provide import ProvidedTool
from manylinux_conformance.questions import fill as filled
from manylinux_conformance.questions import selected
from manylinux_conformance.results import NotRun, Result
from manylinux_conformance.running import LARGEST_OUTPUT, Ended
from manylinux_conformance.suite import Suite
from manylinux_conformance.verdicts import Verdict
from manylinux_conformance.workplace import Workplace, make_workplace

PROBES = Path(__file__).parent / "probes"
MODULE = ("-shared", "-fPIC", "-O2")
STANDARD = {".cpp": ("-std=c++17",), ".c": ()}
PROGRAM = "program.c"  # the one probe that is no extension module
FIND = "import glob, sys; print(*sorted(glob.glob(sys.argv[1])), sep='\\n')"
READ = "import sys; sys.stdout.buffer.write(open(sys.argv[1], 'rb').read())"
MACHINE = "import os; print(os.uname().machine)"
PLATFORM = "import sysconfig; print(sysconfig.get_platform())"
NO_COMPILER = "has no compiler for this"


def ask_builder(
    tool: ProvidedTool,
    suite: Suite,
    folder: Path,
    cache: Path,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> tuple[list[Result], tuple[NotRun, ...]]:
    """Return a result for each question and target, and the targets nobody can judge.

    ``folder`` is a new one to work in, ``cache`` one that stays.  A target is not
    asked about if the tool's compiler cannot be started.  Targets come one after the
    other: the compilers use several processors by themselves.
    """
    builder = tool.adapter.builder
    if builder is None:
        raise ValueError(f"{tool.adapter.name} builds nothing")
    own = cache / "builders" / tool.adapter.name
    own.mkdir(parents=True, exist_ok=True)
    results: list[Result] = []
    missing: list[NotRun] = []
    found = list(targets(tool, builder, cache, suite.wanted.platform))
    for done, target in enumerate(found):
        progress(done, len(found))
        if isinstance(target, NotRun):
            missing.append(target)
            continue
        platform = target.platform
        place = make_workplace(
            tool, Environment(platform), folder / platform.name, None
        )
        asking = _Asking(tool, builder, target, place, own)
        if reason := asking.why_not():
            missing.append(NotRun(platform=platform.name, reason=reason))
            continue
        chosen = (build for build in suite.builds if selected(build, platform))
        results += [asking.result(filled(build, platform)) for build in chosen]
    progress(len(found), len(found))
    shutil.rmtree(folder, ignore_errors=True)
    return results, tuple(missing)


@dataclass(frozen=True, slots=True)
class _Asking:
    tool: ProvidedTool
    builder: Builder
    target: Target
    workplace: Workplace
    cache: Path

    def why_not(self) -> str:
        """Say why the compilers cannot be started; empty if they can, or are none."""
        for compiler in filter(None, (self.builder.c, self.builder.cxx)):
            ended = self._run([*compiler, "--version"])
            if ended.status != 0:
                return ended.crash or f"its compiler does not start: {ended.words}"
        return ""

    def result(self, build: Build) -> Result:
        """Ask one question and have the answer judged."""
        answer = self._answer(build)
        judged = judge_build(build, answer)
        return Result(
            case=build.id,
            rule=build.rule,
            platform=self.target.platform.name,
            fidelity=self.target.platform.fidelity,
            verdict=judged.verdict,
            expected=judged.expected,
            answer=judged.answer,
            reason=answer.reason,
        )

    def _answer(self, build: Build) -> Answer:
        match build.ask:
            case Asked.LEVEL | Asked.INSTRUCTIONS:
                return self._compiled(build)
            case Asked.BACK_END:
                return self._wheel()
            case _ if self.builder.cross or not self._has_compiler:
                return declined("nothing runs on its target")
            case Asked.INTERPRETERS:
                return self._interpreters()
            case Asked.MACHINE:
                return self._said(MACHINE)
            case Asked.PLATFORM:
                return self._said(PLATFORM)

    @property
    def _has_compiler(self) -> bool:
        return bool(self.builder.c or self.builder.cxx)

    def _compiled(self, build: Build) -> Answer:
        probe = PROBES / build.probe
        compiler = self.builder.cxx if probe.suffix == ".cpp" else self.builder.c
        if not compiler:
            return declined(NO_COMPILER)
        out = self.workplace.place("work") / build.name / f"{probe.stem}.so"
        out.parent.mkdir()
        source = shutil.copy(probe, out.parent)
        options = () if build.probe == PROGRAM else MODULE
        command = [*compiler, *STANDARD[probe.suffix], *options]
        ended = self._run([*command, "-o", str(out), str(source), *build.flags])
        if outcome := _broken(ended):
            return outcome
        if ended.status != 0:
            return landed(REFUSED, ended.words)
        if not out.is_file():
            return broken("the compiler succeeded and wrote nothing")
        if build.ask is Asked.INSTRUCTIONS:
            return instruction_set(out)
        return level_answer(out, self.target.witness)

    def _wheel(self) -> Answer:
        if not self.builder.back_end:
            return declined("is no build back end")
        work, out = self.workplace.place("work"), self.workplace.folder / "out"
        out.mkdir()
        for name, content in self.builder.files.items():
            (work / name).write_text(content, encoding="utf-8")
        shutil.copy(PROBES / "extension.c", work)
        ended = self._run(self.builder.back_end, out=str(out))
        wheels = sorted(out.glob("*.whl"))
        if outcome := _broken(ended):
            return outcome
        if ended.status != 0 or not wheels:
            return broken(f"made no wheel: {ended.words}")
        return landed(wheels[0].stem.rpartition("-")[2])

    def _interpreters(self) -> Answer:
        """Read the files of the interpreters; what each needs is in its own words."""
        patterns = self.builder.interpreters
        paths = [path for each in patterns for path in self._python(FIND, each).split()]
        if not paths:
            return not_asked("there is no interpreter under the paths of the adapter")
        needing = []
        for path in map(bytes.decode, paths):
            content = self._python(READ, path)
            if len(content) >= LARGEST_OUTPUT:
                return not_asked(f"{PurePath(path).name} is too large to read")
            try:
                needs = needed_libraries(content)
            except UNREADABLE:
                continue  # a script that starts an interpreter, such as a wrapper
            if any(name.startswith("libpython") for name in needs):
                needing.append(PurePath(path).name)
        return landed(" ".join(sorted(needing)) or "none")

    def _said(self, program: str) -> Answer:
        said = self._python(program).decode(errors="replace").strip()
        return landed(said) if said else broken("the interpreter says nothing")

    def _python(self, program: str, *arguments: str) -> bytes:
        python = str(self.tool.interpreter.path)
        return self._run([python, "-I", "-c", program, *arguments]).output

    def _run(self, command: Sequence[str], **more: str) -> Ended:
        values = {
            **self.workplace.places,
            "target": self.target.name,
            "cache": str(self.cache),
            **more,
        }
        variables = self.builder.variables.items()
        return self.tool.run(
            [fill(argument, values) for argument in command],
            folder=self.workplace.place("work"),
            variables={
                **self.workplace.variables,
                **{name: fill(text, values) for name, text in variables},
            },
            seconds=self.builder.seconds,
        )


def _broken(ended: Ended) -> Answer | None:
    if not ended.crash:
        return None
    outcome = Verdict.TIMEOUT if ended.timed_out else Verdict.ERROR
    return Answer(outcome, reason=ended.crash)
