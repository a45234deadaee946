"""Asking loaders: made-up ones that misbehave, and this machine's own."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InvariantError
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import running_interpreter
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.questions.load import Load, Loaded
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.roles.loader import Loader, ask_loader, compile_wheels
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.tool_description import ToolDescription
from tests.builders import adapter_text, loader_table, write_adapter

FOR_2_17, FOR_2_28, FOR_2_31 = "2.17", "2.28", "2.31"

Answers = dict[str, Answer]
Ask = Callable[..., Answers]


def case(glibc: str) -> Load:
    return Load(
        rule="wheel.promise.mainstream",
        name=f"for-{glibc}",
        built=glibc,
        claim=glibc,
        expect=Loaded.IMPORTED,
    )


def resources(folder: Path) -> Resources:
    return Resources(folder / "asked", folder / "cache", ProbeCache(folder / "probes"))


CASES = tuple(map(case, (FOR_2_28, FOR_2_17, FOR_2_31)))


@pytest.fixture
def environment(here_container: Container) -> Environment:
    return Environment(here_container.platform())


@pytest.fixture
def ask(tmp_path: Path, environment: Environment) -> Ask:
    """Return a function that asks the made-up loader about three wheels."""

    def asked(way: str, *, installs: str = "install", seconds: int = 60) -> Answers:
        table = loader_table(way, installs=installs, seconds=seconds)
        adapter = write_adapter(tmp_path, adapter_text(Role.LOADER, table))
        tool = ProvidedTool(adapter, "", running_interpreter())
        shape, made_of = adapter.table(Loader), resources(tmp_path)
        answers = ask_loader(tool, shape, environment, CASES, made_of)
        return {each.rpartition("-")[2]: answer for each, answer in answers.items()}

    return asked


def runs(folder: Path) -> list[int]:
    """Return how many packages each run of the loader was asked to import."""
    lines = (folder / "asked" / "target" / "runs").read_text().splitlines()
    return [len(line.split()) for line in lines]


def test_every_wheel_gets_its_answer_from_one_process(ask: Ask, tmp_path: Path) -> None:
    assert {answer.answer for answer in ask("good").values()} == {"imported"}
    assert runs(tmp_path) == [3]


def test_wheels_are_installed_under_all_their_tags(ask: Ask, tmp_path: Path) -> None:
    ask("good")
    said = (tmp_path / "asked" / "target" / "asked").read_text().splitlines()
    tags = [each for each in said if not each.endswith(".whl")]
    assert {re.sub(r"(_\d+_\d+)_.*", r"\1", each) for each in tags} >= {
        "manylinux_2_17",
        "manylinux_2_28",
        "manylinux_2_31",
    }
    assert len([each for each in said if each.endswith(".whl")]) == 3


def test_refusal_tells_the_loaders_words_without_paths(ask: Ask) -> None:
    answers = ask("refuse").values()
    assert {(one.answer, one.reason) for one in answers} == {
        ("refused", "... version `GLIBC_2.43' not found")
    }


def test_module_that_works_wrongly_is_an_error(ask: Ask) -> None:
    answer = ask("wrong")[FOR_2_17]
    assert answer.outcome is Verdict.ERROR
    assert "return something else" in answer.reason


@pytest.mark.parametrize(
    ("way", "verdict", "reason"),
    [
        ("crash", Verdict.ERROR, "was ended by SIGSEGV"),
        ("exit", Verdict.ERROR, "no answer: error: no more"),
        ("noise", Verdict.ERROR, "no answer: hello from the module"),
        (
            "stranger",
            Verdict.ERROR,
            'no answer: {"package": "another", "imported": true, "works": true}',
        ),
        ("hang", Verdict.TIMEOUT, "was still running at its time limit"),
    ],
)
def test_culprit_stands_alone(
    ask: Ask, tmp_path: Path, way: str, verdict: Verdict, reason: str
) -> None:
    answers = ask(way, seconds=3)
    assert answers[FOR_2_17] == Answer(verdict, reason=reason)
    assert {answers[FOR_2_28].answer, answers[FOR_2_31].answer} == {"imported"}
    assert runs(tmp_path) == [3, 1]


def test_second_answer_to_one_question_is_none_to_the_next(ask: Ask) -> None:
    answers = ask("twice")
    assert answers[FOR_2_28].answer == "imported"
    assert answers[FOR_2_17].outcome is Verdict.ERROR


def test_installation_that_fails_is_no_refusal(ask: Ask) -> None:
    answers = ask("good", installs="fail").values()
    assert {(one.outcome, one.reason) for one in answers} == {
        (Verdict.ERROR, "cannot install: error: cannot write to ...")
    }


def test_source_that_cannot_be_compiled_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvariantError, match=r"for-2.17: .*has no 'c' for 'vax'"):
        compile_wheels([case(FOR_2_17)], "vax", tmp_path)


def test_compiled_wheel_is_imported_here(
    environment: Environment, tmp_path: Path
) -> None:
    """Compiled for an old and for a future release, imported by the real thing.

    pip's place is taken by what it does with such wheels, so no index is needed.
    """
    platform = environment.platform
    unpack = "import sys, zipfile\nfor each in sys.argv[2:]: "
    unpack += "zipfile.ZipFile(each).extractall(sys.argv[1])"
    script = data_folder("tools") / "import_packages.py"
    loader = Loader(
        install=("{python}", "-c", unpack, "{target}"),
        command=("{python}", str(script), "{target}"),
    )
    tool = ProvidedTool(ToolDescription(name="cpython"), "", running_interpreter())
    known, future = case("2.28"), case("2.43")
    made_of = resources(tmp_path)
    compile_wheels([known, future], platform.arch, made_of.cache)
    answers = ask_loader(tool, loader, environment, [known, future], made_of)
    assert answers[known.id].answer == "imported"
    if (platform.major, platform.minor) < (2, 43):
        assert answers[future.id].answer == "refused"
        assert "GLIBC_2.43" in answers[future.id].reason
