"""Asking loaders: made-up ones that misbehave, and this machine's own."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_conformance.asking.loader import ask_loader, compile_wheels
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.judging.answers import Answer
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import running_interpreter
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.suite.cases import Load, Loaded
from manylinux_conformance.tools.adapters import Adapter, Loader, read_adapter

FAKE = Path(__file__).parents[1] / "fake_tools" / "loader.py"
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


CASES = tuple(map(case, (FOR_2_28, FOR_2_17, FOR_2_31)))


@pytest.fixture
def environment(here_container: Container) -> Environment:
    return Environment(here_container.platform())


@pytest.fixture
def ask(tmp_path: Path, environment: Environment) -> Ask:
    """Return a function that asks the made-up loader about three wheels."""

    def asked(way: str, *, installs: str = "install", seconds: int = 60) -> Answers:
        adapter = tmp_path / "fake.toml"
        script = json.dumps(str(FAKE))
        adapter.write_text(
            'name = "fake"\nroles = ["loader"]\n[loader]\n'
            f'install = ["{{python}}", {script}, "{installs}", "{{target}}", "{{tag}}"]'
            f'\ncommand = ["{{python}}", {script}, "{way}", "{{target}}"]\n'
            f"seconds = {seconds}\n"
        )
        tool = ProvidedTool(read_adapter(adapter), "", running_interpreter())
        folder = tmp_path / "asked"
        answers = ask_loader(tool, environment, CASES, folder, tmp_path / "cache")
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
        ("noise", Verdict.ERROR, "no answer: "),
        ("stranger", Verdict.ERROR, "no answer: "),
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


def test_tool_in_another_role_is_a_mistake_of_ours(
    environment: Environment, tmp_path: Path
) -> None:
    adapter = Adapter(name="fake", roles=(Role.INSTALLER,))
    tool = ProvidedTool(adapter, "", running_interpreter())
    with pytest.raises(ValueError, match="fake is no loader"):
        ask_loader(tool, environment, CASES, tmp_path / "asked", tmp_path)


def test_source_that_cannot_be_compiled_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"for-2.17: .*has no 'c' for 'vax'"):
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
    adapter = Adapter(name="cpython", roles=(Role.LOADER,), loader=loader)
    tool = ProvidedTool(adapter, "", running_interpreter())
    known, future = case("2.28"), case("2.43")
    compile_wheels([known, future], platform.arch, tmp_path)
    answers = ask_loader(
        tool, environment, [known, future], tmp_path / "asked", tmp_path
    )
    assert answers[known.id].answer == "imported"
    if (platform.major, platform.minor) < (2, 43):
        assert answers[future.id].answer == "refused"
        assert "GLIBC_2.43" in answers[future.id].reason
