"""The role loader: wheels are installed on a platform and their modules imported."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import msgspec
from manylinux_fixtures.compiled.compiler import FLAGS, CompilerError
from manylinux_fixtures.compiled.tier import (
    CompiledWheel,
    compiled_tier,
    compiled_wheel,
)
from manylinux_fixtures.files.data_folder import data_path
from manylinux_fixtures.files.write import digest, write_atomically

from manylinux_conformance.asking.plan import (
    CaseBatch,
    Plan,
    ShownPlatform,
    asks_any,
    plan_cases,
)
from manylinux_conformance.asking.role_table import (
    PLACEHOLDERS,
    Command,
    RoleTable,
    fill,
    fill_command,
)
from manylinux_conformance.errors import (
    InputError,
    InvariantError,
    MissingProgramError,
    UnavailableError,
)
from manylinux_conformance.loader.glibc_exports import INSTALL
from manylinux_conformance.platforms.environment import Environment, this_machine
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.answer import Answer, answered, broken
from manylinux_conformance.questions.load import Load, Loaded
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.roles.smoke import unstable
from manylinux_conformance.sandbox.process import ProcessResult, fit_for_report
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import Sandbox, make_sandbox
from manylinux_conformance.suite.load import Suite

FOLDER = "imports"  # of the cache: the compiled wheels


class Loader(RoleTable, frozen=True, kw_only=True):
    """How wheels are installed and imported on a platform.

    ``install`` installs the wheels whose paths are appended into ``{target}``, whether
    their tags fit or not: it is the loader that is asked, no installer.
    ``command`` imports packages from ``{target}``; it reads their names, one a line,
    and answers each by a line of JSON.
    """

    COMMANDS: ClassVar = ("install", "command")
    PLACEHOLDERS: ClassVar = PLACEHOLDERS | {"target", "tag"}

    install: Command
    command: Command


class LoaderRole:
    """What a platform's loader is asked: can these modules be imported?"""

    role: ClassVar[Role] = Role.LOADER
    table: ClassVar[type[RoleTable]] = Loader
    on_platforms: ClassVar[bool] = True
    on_host: ClassVar[bool] = False
    in_containers: ClassVar[bool] = True
    concurrent: ClassVar[bool] = True

    def has_questions(self, suite: Suite, platforms: Sequence[Platform]) -> bool:
        """Return whether a case is asked on one of the platforms."""
        return asks_any(self.role, suite.cases, suite.rules, platforms)

    def plan(
        self,
        suite: Suite,
        tool: ProvidedTool,
        _table: Loader,
        shown: Sequence[ShownPlatform],
        resources: Resources,
    ) -> Plan[CaseBatch[Load]]:
        """Return the cases of imports, with their wheels compiled.

        Raises UnavailableError if the compiler is missing, fails or takes too long.
        """
        python = tool.interpreter.version
        cases = [case for case in suite.cases if isinstance(case, Load)]
        batches = plan_cases(self.role, cases, suite.rules, shown, python)
        for batch in batches:
            arch = batch.environment.platform.arch
            compile_wheels(batch.questions, arch, resources.cache)
        return Plan(batches)

    def ask(
        self,
        tool: ProvidedTool,
        table: Loader,
        batch: CaseBatch[Load],
        resources: Resources,
    ) -> Mapping[str, Answer]:
        """Install and import the wheels of a batch; see ``ask_loader``."""
        environment, cases = batch.environment, batch.questions
        return ask_loader(tool, table, environment, cases, resources)

    def smoke(
        self, tool: ProvidedTool, table: Loader, resources: Resources
    ) -> Iterator[str]:
        """Install and import the oldest wheel of this machine's architecture, twice."""
        here = this_machine(tool.interpreter).platform
        here = msgspec.structs.replace(here, arch=here.machine)
        cases = _oldest(here.arch)
        if not cases:
            yield f"there is no compiled wheel for {here.arch}"
            return
        compile_wheels(cases, here.arch, resources.cache)
        first, second = (
            ask_loader(tool, table, Environment(here), cases, each)
            for each in _attempts(resources)
        )
        yield from unstable(first, second)
        for case in cases:
            if first[case.key].answer == Loaded.REFUSED:
                yield f"{case.key} is refused: {first[case.key].reason}"


def _oldest(arch: str) -> tuple[Load, ...]:
    """Return a case that every loader of an architecture passes, if there is any."""
    for wheel in compiled_tier():
        if wheel.fixture.recipe.arch == (arch,) and wheel.source.language == "c":
            glibc = wheel.fixture.recipe.level.replace("_", ".")
            case = Load(
                rule="smoke",
                name="import",
                built=glibc,
                claim=glibc,
                expect=Loaded.IMPORTED,
            )
            return (case,)
    return ()


def _attempts(resources: Resources) -> Iterator[Resources]:
    for name in ("first", "second"):
        yield replace(resources, folder=resources.folder / name)


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the importing process: a package and what became of it.

    ``works``: its functions returned what their source says; ``error``: why it could
    not be imported.
    """

    package: str
    imported: bool
    works: bool = False
    error: str = ""


def compiled_for(case: Load, arch: str) -> CompiledWheel:
    """Return the wheel that a filled case is about."""
    return compiled_wheel(arch, case.language, case.built, case.claim)


def compile_wheels(cases: Iterable[Load], arch: str, cache: Path) -> None:
    """Compile what the cases are about, unless it was compiled before.

    Raises UnavailableError if the compiler is missing, fails or takes too long, and
    InvariantError if a case is about a wheel that cannot be described.
    """
    for case in cases:
        try:
            wheel = compiled_for(case, arch)
            path = compiled_path(wheel, cache)
            if not path.exists():
                write_atomically(path, wheel.content())
        except CompilerError as error:
            raise UnavailableError(case.id, f"{case.id}: {error}") from error
        except InputError as error:
            raise InvariantError(case.id, str(error)) from error


def ask_loader(
    tool: ProvidedTool,
    loader: Loader,
    environment: Environment,
    cases: Sequence[Load],
    resources: Resources,
) -> dict[str, Answer]:
    """Return, by case, whether the compiled wheels can be imported on a platform.

    One installation and one process serve all; a process that crashes is started again
    for the packages that it did not reach.
    """
    arch, folder = environment.platform.arch, resources.folder
    wheels = {case.id: compiled_for(case, arch) for case in cases}
    sandbox = make_sandbox(tool, environment, folder, None)
    target = folder / "target"
    target.mkdir()
    run = functools.partial(_run, loader, sandbox, target)
    cache = resources.cache
    unique = dict.fromkeys(compiled_path(wheel, cache) for wheel in wheels.values())
    tags = sorted({tag for one in wheels.values() for tag in one.fixture.recipe.tags})
    arguments = [*_repeated(loader.install, tags), *map(str, unique)]
    installed = run(arguments)
    if installed.failure or installed.status:
        reason = f"cannot install: {installed.failure or installed.complaint}"
        return {case: broken(reason) for case in wheels}
    packages = {case: _package(wheel) for case, wheel in wheels.items()}
    said = dict(_imports(run, loader, list(dict.fromkeys(packages.values()))))
    return {case: said[package] for case, package in packages.items()}


def _imports(
    run: functools.partial[ProcessResult], loader: Loader, packages: list[str]
) -> Iterator[tuple[str, Answer]]:
    """Yield what became of each package, starting again after one that crashed."""
    while packages:
        ended = run(loader.command, "\n".join(packages))
        answers = [*_lines(ended.output, packages)]
        yield from ((line.package, _answer(line)) for line in answers)
        if len(answers) == len(packages):
            return
        culprit, packages = packages[len(answers)], packages[len(answers) + 1 :]
        if ended.timed_out:
            yield culprit, Answer(Verdict.TIMEOUT, reason=ended.failure)
        else:
            said = ended.after(len(answers)).complaint
            yield culprit, broken(ended.failure or f"no answer: {said}")


def _run(
    loader: Loader,
    sandbox: Sandbox,
    target: Path,
    command: Sequence[str],
    questions: str = "",
) -> ProcessResult:
    places = {**sandbox.placeholders, "target": str(target)}
    added = {name: fill(text, places) for name, text in loader.variables.items()}
    return sandbox.run(
        fill_command(command, places),
        folder=sandbox.path_of("work"),
        variables={**sandbox.variables, **added},
        seconds=loader.seconds,
        questions=questions.encode(),
    )


def _repeated(command: Iterable[str], tags: Iterable[str]) -> Iterator[str]:
    """Yield the arguments, those with ``{tag}`` once for each tag."""
    for argument in command:
        if "{tag}" in argument:
            yield from (argument.replace("{tag}", tag) for tag in tags)
        else:
            yield argument


def _lines(output: bytes, packages: Iterable[str]) -> Iterator[Said]:
    """Yield the answers of a process, up to the first that is none to its question."""
    for line, package in zip(output.splitlines(), packages, strict=False):
        try:
            said = msgspec.json.decode(line, type=Said)
        except msgspec.DecodeError:
            return
        if said.package != package:
            return
        yield said


def _answer(said: Said) -> Answer:
    if not said.imported:
        return answered(Loaded.REFUSED, fit_for_report(said.error))
    if not said.works:
        return broken("was imported, and its functions return something else")
    return answered(Loaded.IMPORTED)


def compiled_path(wheel: CompiledWheel, cache: Path) -> Path:
    """Return where a wheel is kept: another source or compiler, another folder."""
    source = (data_path("sources") / wheel.source.file).read_bytes()
    if importlib.util.find_spec("ziglang") is None:
        raise MissingProgramError("ziglang", "is not installed", INSTALL)
    compiler = "\0".join((*FLAGS, importlib.metadata.version("ziglang")))
    made_of = digest(source + compiler.encode())[:16]
    return cache / FOLDER / made_of / Path(wheel.fixture.path).name


def _package(wheel: CompiledWheel) -> str:
    return wheel.fixture.recipe.text[0].path.partition("/")[0]
