"""Asks a platform's own loader: wheels are installed and their modules imported."""

from __future__ import annotations

import functools
import importlib.metadata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from manylinux_fixtures.compiled import FLAGS, Compiled, compiled_wheel
from manylinux_fixtures.corpus import digest, place
from manylinux_fixtures.data_folders import data_path
from manylinux_fixtures.fixture_error import FixtureError

from manylinux_conformance.errors import InputError
from manylinux_conformance.judging.answers import Answer, broken, landed
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.sandbox.process import ProcessResult, fit_for_report
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import Sandbox, make_sandbox
from manylinux_conformance.suite.cases import Case, Load, Loaded
from manylinux_conformance.tools.adapters import Loader, fill

FOLDER = "imports"  # of the cache: the compiled wheels


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the importing process: a package and what became of it.

    ``works``: its functions returned what their source says; ``error``: why it could
    not be imported.
    """

    package: str
    imported: bool
    works: bool = False
    error: str = ""


def compiled_for(case: Load, arch: str) -> Compiled:
    """Return the wheel that a filled case is about."""
    return compiled_wheel(arch, case.language, case.built, case.claim)


def compile_wheels(cases: Iterable[Load], arch: str, cache: Path) -> None:
    """Compile what the cases are about, unless it was compiled before.

    Raises InputError if a source does not compile.
    """
    for case in cases:
        try:
            wheel = compiled_for(case, arch)
            path = _path(wheel, cache)
            if not path.exists():
                place(path, wheel.content())
        except FixtureError as error:
            raise InputError(case.id, str(error)) from error


def ask_loader(
    tool: ProvidedTool,
    environment: Environment,
    cases: Sequence[Case],
    folder: Path,
    cache: Path,
) -> dict[str, Answer]:
    """Return, by case, whether the compiled wheels can be imported on a platform.

    One installation and one process serve all; a process that crashes is started again
    for the packages that it did not reach.
    """
    loader = tool.adapter.loader
    if loader is None:
        raise ValueError(f"{tool.adapter.name} is no loader")
    arch = environment.platform.arch
    wheels = {
        case.id: compiled_for(case, arch) for case in cases if isinstance(case, Load)
    }
    sandbox = make_sandbox(tool, environment, folder, None)
    target = folder / "target"
    target.mkdir()
    run = functools.partial(_run, loader, sandbox, target)
    unique = dict.fromkeys(_path(wheel, cache) for wheel in wheels.values())
    tags = sorted({tag for one in wheels.values() for tag in one.fixture.recipe.tags})
    arguments = [*_repeated(loader.install, tags), *map(str, unique)]
    installed = run(arguments)
    if installed.failure or installed.status:
        reason = f"cannot install: {installed.failure or installed.last_error}"
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
            yield culprit, broken(ended.failure or f"no answer: {ended.last_error}")


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
        [fill(argument, places) for argument in command],
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
        return landed(Loaded.REFUSED, fit_for_report(said.error))
    if not said.works:
        return broken("was imported, and its functions return something else")
    return landed(Loaded.IMPORTED)


def _path(wheel: Compiled, cache: Path) -> Path:
    """Return where a wheel is kept: another source or compiler, another folder."""
    source = (data_path("sources") / wheel.source.file).read_bytes()
    compiler = "\0".join((*FLAGS, importlib.metadata.version("ziglang")))
    made_of = digest(source + compiler.encode())[:16]
    return cache / FOLDER / made_of / Path(wheel.fixture.path).name


def _package(wheel: Compiled) -> str:
    return wheel.fixture.recipe.text[0].path.partition("/")[0]
