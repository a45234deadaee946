"""Checks an adapter before its tool is asked anything that counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from manylinux_conformance.asking.builder import ask_builder
from manylinux_conformance.asking.installer import ask_installer
from manylinux_conformance.asking.probe_projects import Question, write_probe_projects
from manylinux_conformance.asking.tag_library import ask_library
from manylinux_conformance.finding import Finding
from manylinux_conformance.judging.answers import Answer
from manylinux_conformance.platforms.environment import this_machine
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.sandbox.provide import NotProvided, ProvidedTool, provide
from manylinux_conformance.suite.cases import (
    ANY,
    Asked,
    Build,
    Case,
    Choose,
    Expand,
    Listing,
    Offer,
    Parse,
)
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.adapters import read_adapter

FOREIGN = "manylinux_2_17_pdp11"  # nobody's architecture
SETS = f"{FOREIGN}.macosx_11_0_arm64"
# What no conforming tool can take on any Linux machine, spelled well and badly.
REFUSED = (
    *(FOREIGN, SETS, "win_amd64", "macosx_11_0_arm64", "manylinux_99_0_pdp11"),
    *("manylinux_2_17_", "manylinux", "MANYLINUX_2_17_PDP11", "manylinux-2-17-pdp11"),
    *("manylinux_\uff12_17_pdp11", f"{FOREIGN}..{FOREIGN}"),
)

BUILDS = (
    Build(rule="smoke", name="c", ask=Asked.LEVEL, probe="extension.c", expect=()),
    Build(rule="smoke", name="wheel", ask=Asked.WHEEL_TAG, expect=()),
)


def check_adapter(
    path: Path,
    cache: Path,
    folder: Path,
    *,
    offline: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Finding]:
    """Ask a dozen smoke questions, twice; return what is wrong with the adapter.

    Every version of the tool is asked in every role, on this machine as it is.
    ``folder`` is a new folder for the runs.  Raises InputError if the adapter file
    itself cannot be used.
    """
    adapter = read_adapter(path)
    findings: list[Finding] = []
    for version in adapter.versions:
        tool = provide(adapter, version, cache, offline=offline, progress=progress)
        name = f"{adapter.name} {version}".strip()
        if isinstance(tool, NotProvided):
            messages = [tool.reason]
        else:
            progress(f"asking {name}")
            messages = [*_check(tool, folder / (version or "tool"), cache)]
        findings += [Finding(str(path), 0, f"{name}: {text}") for text in messages]
    return findings


def _check(tool: ProvidedTool, folder: Path, cache: Path) -> Iterator[str]:
    if tool.adapter.installer is not None:
        yield from _check_installer(tool, folder / "installer")
    if tool.adapter.tag_library is not None:
        yield from _check_library(tool, folder / "tag-library")
    if tool.adapter.builder is not None:
        yield from _check_builder(tool, folder / "builder", cache)


def _check_installer(tool: ProvidedTool, folder: Path) -> Iterator[str]:
    questions = [Question(f"smoke/{tag}", (Offer(tag),)) for tag in REFUSED]
    questions.append(Question("smoke/any", ()))
    probes = write_probe_projects(questions, folder / "links")
    environment = this_machine(tool.interpreter)
    answers = ask_installer(tool, environment, probes, folder / "first")
    again = ask_installer(tool, environment, probes, folder / "second")
    yield from _complaints(answers, again)
    yield from _taken(answers)


def _check_library(tool: ProvidedTool, folder: Path) -> Iterator[str]:
    choices = [Choose(rule="smoke", name=tag, offer=(tag,)) for tag in REFUSED]
    cases: list[Case] = [
        *choices,
        Parse(rule="smoke", name="parse", tag=FOREIGN, valid=True),
        Expand(rule="smoke", name="expand", set=f"py3-none-{SETS}"),
        Listing(rule="smoke", name="listing"),
    ]
    environment = this_machine(tool.interpreter)
    answers = ask_library(tool, environment, cases, folder / "first")
    again = ask_library(tool, environment, cases, folder / "second")
    yield from _complaints(answers, again)
    yield from _taken({case.id: answers[case.id] for case in choices})


def _check_builder(tool: ProvidedTool, folder: Path, cache: Path) -> Iterator[str]:
    """Have each target compile something plain and build a wheel, as far as it can."""
    smoke = Suite(rules={}, cases=(), platforms=(), lock_digest="", builds=BUILDS)
    results, missing = ask_builder(tool, smoke, folder, cache)
    for target in missing:
        where = ", ".join(target.platforms) or "this machine"
        yield f"{where}: {target.explanation}"
    for result in results:
        if result.verdict in {Verdict.ERROR, Verdict.TIMEOUT}:
            yield f"{result.case} on {result.where}: {result.reason}"


def _complaints(
    answers: Mapping[str, Answer], again: Mapping[str, Answer]
) -> Iterator[str]:
    """Yield what broke, and what is answered otherwise when it is asked again.

    Questions at which a tool broke in one and the same way are one line.
    """
    broken: dict[str, list[str]] = {}
    for case, answer in answers.items():
        if answer.outcome in {Verdict.ERROR, Verdict.TIMEOUT}:
            broken.setdefault(_words(answer), []).append(case)
        elif _words(answer) != _words(again[case]):
            words = f"{_words(answer)}, and the second time {_words(again[case])}"
            yield f"{case} is answered {words}"
    for words, cases in broken.items():
        more = f" and {len(cases) - 1} more" if len(cases) > 1 else ""
        yield f"{cases[0]}{more}: {words}"


def _taken(answers: Mapping[str, Answer]) -> Iterator[str]:
    """Yield where something else than the wheel for any platform was taken."""
    for case, answer in answers.items():
        if answer.outcome is None and answer.answer != ANY:
            yield f"{case} is answered {_words(answer)}, not {ANY}"


def _words(answer: Answer) -> str:
    outcome = answer.outcome.value if answer.outcome else ""
    words = outcome or answer.answer or " ".join(sorted(answer.tags)) or "refused"
    return f"{words} ({answer.reason})" if answer.reason else words
