"""Forcing: the gate, and references that misbehave on purpose."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from manylinux_conformance.asking.role_table import RoleTable
from manylinux_conformance.cli import force as cli_force
from manylinux_conformance.cli.force import force_command
from manylinux_conformance.corpus.build import built_corpus
from manylinux_conformance.corpus.manifest import Corpus
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError, InvariantError, MissingProgramError
from manylinux_conformance.forcing import forcing
from manylinux_conformance.forcing.forcing import Report, run
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.tag_library import TagLibrary
from manylinux_conformance.suite.load import Suite, load_suite
from manylinux_conformance.tools.adapters import Adapter, read_adapter

RULE = "installer.tag.leading-zeros"
NO_WHEELS = Corpus(Path("nowhere"), ())

# A reference that answers right, with one flaw in how it treats its questions.
FLAWED = """
import json, sys
from manylinux_reference.commands.target import running_target
from manylinux_reference.commands.serve import respond

for line in sys.stdin:
    question = json.loads(line)
    {flaw}
    print(respond(json.dumps(question), running_target), flush=True)
"""


@pytest.fixture(scope="module")
def suite() -> Suite:
    return load_suite()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return built_corpus(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def reference() -> Adapter:
    return read_adapter(data_folder("tools") / "reference.toml")


def script(folder: Path, source: str) -> Adapter:
    path = folder / "reference.py"
    path.write_text(source)
    table = TagLibrary(command=("{python}", str(path)))
    tables: dict[Role, RoleTable] = {Role.TAG_LIBRARY: table}
    return Adapter(name="fake", roles=(Role.TAG_LIBRARY,), tables=tables)


def flawed(folder: Path, flaw: str) -> Adapter:
    source = FLAWED.replace("{flaw}", flaw)
    return script(
        folder,
        source.replace("print(respond(", "print(json.dumps(respond(").replace(
            "running_target)", "running_target))"
        ),
    )


def narrow(suite: Suite, rule: str = RULE) -> Suite:
    return replace(
        suite,
        rules={rule: suite.rules[rule]},
        cases=tuple(case for case in suite.cases if case.rule == rule),
        platforms=tuple(p for p in suite.platforms if p.name == "glibc-2.36"),
    )


def test_every_forced_rule_has_a_case_that_notices_it(
    suite: Suite, corpus: Corpus, reference: Adapter
) -> None:
    report = run(suite, corpus, reference, sys.executable)
    tried = len(report.killed)
    *listed, last = report.lines()
    assert last == f"{report.questions} questions, {tried} of {tried} noticed"
    assert all(line.startswith("no case notices on ") for line in listed)
    assert report.holds
    assert report.questions > len(report.killed) > 0


def test_rule_without_its_refusing_case_is_survived(
    suite: Suite, reference: Adapter
) -> None:
    small = narrow(suite)
    kept = tuple(case for case in small.cases if not case.name.startswith("zero-"))
    report = run(replace(small, cases=kept), NO_WHEELS, reference, sys.executable)
    assert report.survived == (f"{RULE}:off",)
    assert not report.holds
    assert f"no case notices: {RULE}:off" in report.lines()


def test_architecture_on_which_no_case_notices_is_listed(
    suite: Suite, reference: Adapter
) -> None:
    rule = "installer.glibc.at-least"
    cases = tuple(case for case in suite.cases if case.rule == rule)
    there = tuple(p for p in suite.platforms if p.name in {"aarch64", "s390x"})
    small = replace(
        suite, rules={rule: suite.rules[rule]}, cases=cases, platforms=there
    )
    assert run(small, NO_WHEELS, reference, sys.executable).unnoticed == {}
    only = tuple(
        msgspec.structs.replace(
            case, platform=msgspec.structs.replace(case.platform, arch=("s390x",))
        )
        if case.name == "next-version"
        else msgspec.structs.replace(case, offer=("any",), pick="any", allowed=())
        for case in cases
        if isinstance(case, Choose) and not case.target
    )
    report = run(replace(small, cases=only), NO_WHEELS, reference, sys.executable)
    assert report.unnoticed == {rule: ("aarch64",)}
    assert f"no case notices on aarch64 alone: {rule}" in report.lines()


def test_case_of_another_rule_is_told_apart(suite: Suite, reference: Adapter) -> None:
    rules = {name: suite.rules[name] for name in (RULE, "tag.form")}
    small = narrow(suite)
    borrowing = tuple(
        msgspec.structs.replace(each, rule="tag.form") for each in small.cases
    )
    killed_by_other_rule = replace(small, rules=rules, cases=borrowing)
    report = run(killed_by_other_rule, NO_WHEELS, reference, sys.executable)
    assert f"{RULE}:off" in {killed.mutation for killed in report.killed_by_other_rule}
    assert any(line.startswith("only another rule") for line in report.lines())


def test_rule_whose_violating_wheels_are_gone_is_survived(
    suite: Suite, corpus: Corpus, reference: Adapter
) -> None:
    rule = "wheel.stack.executable"
    only = replace(suite, rules={rule: suite.rules[rule]}, cases=())
    wheels = corpus.only(lambda line: line.rule == rule)
    kept = wheels.only(lambda line: not line.false)
    assert run(only, wheels, reference, sys.executable).holds
    report = run(only, kept, reference, sys.executable)
    assert report.survived == (f"{rule}:off",)


def test_rule_that_the_reference_cannot_break_is_without_mutants(
    suite: Suite, reference: Adapter
) -> None:
    invented = msgspec.structs.replace(suite.rules[RULE], id="tag.invented")
    small = narrow(suite)
    rules = {**small.rules, "tag.invented": invented}
    report = run(replace(small, rules=rules), NO_WHEELS, reference, sys.executable)
    assert report.without_mutants == ("tag.invented",)
    assert "has no mutation: tag.invented" in report.lines()
    assert not report.holds


def test_reference_that_stays_right_when_broken_is_noticed(
    suite: Suite, tmp_path: Path
) -> None:
    adapter = flawed(tmp_path, "question.pop('mutation', None)")
    report = run(narrow(suite), NO_WHEELS, adapter, sys.executable)
    assert report.killed == ()
    assert report.survived == (f"{RULE}:off",)


def test_wrong_answer_is_no_evidence(suite: Suite, tmp_path: Path) -> None:
    adapter = flawed(tmp_path, "question['offer'] = question.get('offer', [])[-1:]")
    report = run(narrow(suite), NO_WHEELS, adapter, sys.executable)
    assert {flip.platform for flip in report.failing_baseline} == {"glibc-2.36"}
    assert not report.holds
    assert next(report.lines()).startswith("wrong without any mutation: ")


def test_error_is_no_noticed_mutation(suite: Suite, tmp_path: Path) -> None:
    adapter = flawed(tmp_path, "question.get('mutation') and question.pop('ask')")
    assert run(narrow(suite), NO_WHEELS, adapter, sys.executable).survived == (
        f"{RULE}:off",
    )


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "ended instead of answering"),
        ("import sys; sys.stdin.close()", "ended instead of answering"),
        ("while True: print('{}', flush=True)", "names no mutations"),
    ],
)
def test_reference_that_does_not_answer_is_one_line(
    suite: Suite, tmp_path: Path, source: str, reason: str
) -> None:
    with pytest.raises(InvariantError, match=reason):
        run(narrow(suite), NO_WHEELS, script(tmp_path, source), sys.executable)


def test_reference_that_hangs_is_ended(
    suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forcing, "RUN_TIMEOUT", 0.2)
    slow = script(tmp_path, "input(); input(); input()")
    with pytest.raises(InvariantError, match="ended instead of answering"):
        run(narrow(suite), NO_WHEELS, slow, sys.executable)


def test_reference_that_cannot_be_started_is_named(
    suite: Suite, tmp_path: Path
) -> None:
    adapter = script(tmp_path, "")
    with pytest.raises(MissingProgramError, match="No such file"):
        run(suite, NO_WHEELS, adapter, str(tmp_path / "no-python"))


def test_installer_alone_cannot_be_forced(suite: Suite) -> None:
    pip = Adapter(name="pip", roles=(Role.INSTALLER,))
    with pytest.raises(InvariantError, match="pip: has no table TagLibrary"):
        run(suite, NO_WHEELS, pip, sys.executable)


@pytest.mark.parametrize(("survived", "status"), [((), 0), (("tag.form:off",), 1)])
def test_command_prints_the_report_and_fails_for_a_hole(
    monkeypatch: pytest.MonkeyPatch, survived: tuple[str, ...], status: int
) -> None:
    report = Report(3, (), survived, (), ())
    monkeypatch.setattr(forcing, "run", lambda *_: report)
    monkeypatch.setattr(cli_force, "built_corpus", lambda _: NO_WHEELS)
    result = CliRunner().invoke(force_command, ["--rule", "tag.*"])
    assert result.exit_code == status
    assert result.output.splitlines() == list(report.lines())


def test_pattern_that_matches_no_rule_is_an_error() -> None:
    result = CliRunner().invoke(force_command, ["--rule", "no.such.rule"])
    assert isinstance(result.exception, InputError)
