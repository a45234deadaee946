"""Asking an auditor: by JSON lines, by exit status, and by what a repair leaves."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.asking.auditor import MOST_BREAKDOWNS, ask_auditor
from manylinux_conformance.corpus.hostile import HOSTILE
from manylinux_conformance.corpus.manifest import Corpus
from manylinux_conformance.errors import InputError
from manylinux_conformance.judging.audits import (
    EXIT_STATUS,
    NO_ELF,
    NOTHING_LEFT,
    OLDEST_LEVEL,
    REMOVES_FALSE,
    REPAIRED_CONFORMS,
    AuditAnswer,
    audit_result,
)
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.sandbox.provide import ProvidedTool, provide
from manylinux_conformance.tools.adapters import read_adapter
from manylinux_fixtures.corpus.manifest import ManifestEntry
from manylinux_fixtures.recipes.recipe import Expectation

SCRIPT = Path(__file__).parents[1] / "fake_tools" / "auditor.py"
TAG = "manylinux_2_17_x86_64"
Make = Callable[..., ProvidedTool]
Ask = Callable[..., list[Result]]


def line(
    name: str, *, rule: str = "wheel.needed.allowed", **more: object
) -> ManifestEntry:
    facts = {
        "id": f"{rule}/{name}/x86_64",
        "path": f"{rule}/{name}-1-cp36-abi3-{TAG}.whl",
        "sha256": "0",
        "rule": rule,
        "arch": "x86_64",
        "expectation": Expectation.HOLDS,
        "tags": (TAG,),
        "false": (),
        "oldest": "2_17",
        "twin": "",
        "about": "",
        "probe": "",
        "unloadable": {},
    }
    return msgspec.convert(facts | more, ManifestEntry)


def false(
    name: str, *, rule: str = "wheel.needed.allowed", **more: object
) -> ManifestEntry:
    """Return a line for a wheel whose one claim is false."""
    refused = {"expectation": Expectation.VIOLATES, "false": (TAG,)}
    return line(name, rule=rule, **refused | more)


@pytest.fixture
def auditor(tmp_path: Path) -> Make:
    """Return a function that provides the made-up auditor."""

    def make(seconds: int = 60, **commands: tuple[str, ...]) -> ProvidedTool:
        table = [
            f"{key} = {json.dumps(['{python}', str(SCRIPT), *words])}"
            for key, words in commands.items()
        ]
        path = tmp_path / "fake.toml"
        head = ['name = "fake"', 'roles = ["auditor"]', "[auditor]"]
        path.write_text("\n".join([*head, *table, f"seconds = {seconds}"]))
        tool = provide(read_adapter(path), "", tmp_path / "cache")
        assert isinstance(tool, ProvidedTool)
        return tool

    return make


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Return a function that puts wheels to an auditor."""

    def ask(tool: ProvidedTool, *lines: ManifestEntry) -> list[Result]:
        corpus = Corpus(tmp_path / "corpus", lines)
        for each in lines:
            corpus.wheel(each).parent.mkdir(parents=True, exist_ok=True)
            corpus.wheel(each).write_bytes(b"a wheel")
        return ask_auditor(tool, corpus, tmp_path / "asked")

    return ask


def verdicts(results: Sequence[Result]) -> list[Verdict]:
    return [result.verdict for result in results]


@pytest.mark.parametrize(
    "commands",
    [{"lines": ("lines", "good")}, {"command": ("status", "good", "{wheel}")}],
)
def test_a_claim_is_confirmed_or_denied(
    commands: dict[str, tuple[str, ...]], auditor: Make, ask: Ask
) -> None:
    wheels = (line("true"), false("false"), line("false-too"), false("true-too"))
    results = ask(auditor(**commands), *wheels)
    assert [(each.case, each.answer) for each in results] == [
        ("wheel.needed.allowed/true", "conforms"),
        ("wheel.needed.allowed/false", "violates"),
        ("wheel.needed.allowed/false-too", "violates"),
        ("wheel.needed.allowed/true-too", "conforms"),
    ]
    assert verdicts(results) == [Verdict.PASS, Verdict.PASS, Verdict.FAIL, Verdict.FAIL]
    assert {each.where for each in results} == {"x86_64"}
    assert {(each.platform, each.fidelity) for each in results} == {("", None)}


def test_a_wheel_that_cannot_be_read_is_no_verdict(auditor: Make, ask: Ask) -> None:
    tool = auditor(command=("status", "good", "{wheel}"))
    (result,) = ask(tool, line("unreadable"))
    assert result.verdict is Verdict.ERROR
    assert result.reason == "exit status 2: no answer"


@pytest.mark.parametrize(
    ("way", "verdict"), [("good", Verdict.PASS), ("traceback", Verdict.ERROR)]
)
def test_a_hostile_wheel_is_refused_without_a_traceback(
    way: str, verdict: Verdict, auditor: Make, ask: Ask
) -> None:
    tool = auditor(command=("status", way, "{wheel}"))
    assert verdicts(ask(tool, false("unreadable", rule=HOSTILE))) == [verdict]


@pytest.mark.parametrize(
    ("way", "verdict", "reason"),
    [
        ("garbage", Verdict.ERROR, "exit status 0: no answer"),
        ("error", Verdict.ERROR, "gave up"),
        ("crash", Verdict.ERROR, "was ended by SIGKILL"),
        ("declines", Verdict.DECLINED, "never looks at this"),
    ],
)
def test_a_breakdown_is_of_its_wheel_alone(
    way: str, verdict: Verdict, reason: str, auditor: Make, ask: Ask
) -> None:
    wheels = (line("before"), line("culprit"), false("false-after"))
    before, culprit, after = ask(auditor(lines=("lines", way)), *wheels)
    assert (culprit.verdict, culprit.reason) == (verdict, reason)
    assert (before.verdict, after.verdict) == (Verdict.PASS, Verdict.PASS)


def test_a_hang_is_a_timeout(auditor: Make, ask: Ask) -> None:
    tool = auditor(command=("status", "hang", "{wheel}"), seconds=1)
    assert verdicts(ask(tool, line("culprit"))) == [Verdict.TIMEOUT]


def test_an_auditor_of_its_own_machine_is_asked_about_no_other(
    auditor: Make, ask: Ask
) -> None:
    tool = auditor(lines=("lines", "good"))
    adapter = tool.adapter
    assert adapter.auditor is not None
    table = msgspec.structs.replace(adapter.auditor, own_machine=(tool.version,))
    narrow = replace(tool, adapter=msgspec.structs.replace(adapter, auditor=table))
    here = line("here", arch=platform.machine())
    first, second = ask(narrow, line("there", arch="of-nobody"), here)
    assert (first.verdict, first.answer) == (Verdict.NOT_ASKED, "")
    assert first.reason.startswith("takes every wheel for one of the machine")
    assert second.verdict is Verdict.PASS


def test_too_many_breakdowns_end_the_asking(auditor: Make, ask: Ask) -> None:
    wheels = [line(f"culprit-{number}") for number in range(MOST_BREAKDOWNS + 2)]
    results = ask(auditor(lines=("lines", "garbage")), *wheels)
    assert verdicts(results) == [Verdict.ERROR] * len(wheels)
    assert "not asked" in results[-1].reason


def test_more_answers_than_questions_are_not_counted(auditor: Make, ask: Ask) -> None:
    results = ask(auditor(lines=("lines", "chatty")), line("culprit"))
    assert verdicts(results) == [Verdict.PASS]


def test_a_tool_that_only_repairs_declines_to_audit(auditor: Make, ask: Ask) -> None:
    tool = auditor(repair=("repair", "good", "{wheel}", "{out}", "{tag}"))
    (result,) = ask(tool, line("true"))
    assert result.verdict is Verdict.DECLINED
    assert result.reason == "repairs and does not audit"


def test_a_tool_that_only_audits_declines_to_repair(auditor: Make, ask: Ask) -> None:
    tool = auditor(lines=("lines", "good"))
    (result,) = ask(tool, false("stale", rule=REMOVES_FALSE))
    assert result.verdict is Verdict.DECLINED


@pytest.mark.parametrize(
    ("way", "rule", "verdict"),
    [
        ("good", REMOVES_FALSE, Verdict.PASS),
        ("keeps", REMOVES_FALSE, Verdict.FAIL),
        ("fails", REMOVES_FALSE, Verdict.DECLINED),
        ("fails", NOTHING_LEFT, Verdict.PASS),
        ("fails-late", NOTHING_LEFT, Verdict.FAIL),
        ("crash", NOTHING_LEFT, Verdict.ERROR),
    ],
)
def test_a_repair_is_judged_by_what_it_leaves(
    way: str, rule: str, verdict: Verdict, auditor: Make, ask: Ask
) -> None:
    tool = auditor(repair=("repair", way, "{wheel}", "{out}", "{tag}"))
    assert verdicts(ask(tool, false("stale", rule=rule, oldest="2_36"))) == [verdict]


@pytest.mark.parametrize(
    ("name", "way", "verdict"),
    [
        ("true", "good", Verdict.PASS),
        ("false", "good", Verdict.FAIL),
        ("true", "fails", Verdict.DECLINED),
    ],
)
def test_a_repaired_wheel_is_audited_again(
    name: str, way: str, verdict: Verdict, auditor: Make, ask: Ask
) -> None:
    tool = auditor(
        lines=("lines", "good"), repair=("repair", way, "{wheel}", "{out}", "{tag}")
    )
    built = line(name, rule=REPAIRED_CONFORMS, oldest="unstated")
    assert verdicts(ask(tool, built)) == [verdict]


def test_a_wheel_that_should_be_repaired_and_is_not_fails(
    auditor: Make, ask: Ask
) -> None:
    tool = auditor(repair=("repair", "fails", "{wheel}", "{out}", "{tag}"))
    (result,) = ask(tool, line("repairable", rule=NOTHING_LEFT))
    assert (result.verdict, result.answer) == (Verdict.FAIL, "no wheel")


@pytest.mark.parametrize(
    ("wheel", "answer", "verdict"),
    [
        (line("a", rule=OLDEST_LEVEL), AuditAnswer(conforms=True), Verdict.DECLINED),
        (
            line("a", rule=OLDEST_LEVEL),
            AuditAnswer(conforms=True, oldest=TAG),
            Verdict.PASS,
        ),
        (
            line("a", rule=OLDEST_LEVEL),
            AuditAnswer(conforms=True, oldest="manylinux_2_5_x86_64"),
            Verdict.FAIL,
        ),
        (
            line("a", rule=OLDEST_LEVEL),
            AuditAnswer(conforms=True, oldest=None),
            Verdict.FAIL,
        ),
        (
            false("a", rule=EXIT_STATUS),
            AuditAnswer(conforms=False, status=0),
            Verdict.FAIL,
        ),
        (
            false("a", rule=EXIT_STATUS),
            AuditAnswer(conforms=False, status=1),
            Verdict.PASS,
        ),
        (
            line("a", rule=EXIT_STATUS),
            AuditAnswer(conforms=True, status=0),
            Verdict.PASS,
        ),
        (
            line("a", expectation=Expectation.DISCOURAGED),
            AuditAnswer(conforms=True),
            Verdict.PASS,
        ),
        (
            line("a", expectation=Expectation.DISCOURAGED),
            AuditAnswer(conforms=True, advises=False),
            Verdict.FAIL,
        ),
        (
            line("a", expectation=Expectation.DISCOURAGED),
            AuditAnswer(conforms=True, advises=True),
            Verdict.PASS,
        ),
        (line("a"), AuditAnswer(conforms=True, advises=True), Verdict.FAIL),
        (false("a"), AuditAnswer(conforms=False, advises=True), Verdict.PASS),
        (
            false("a", rule=NO_ELF),
            AuditAnswer(conforms=False, pure=False),
            Verdict.FAIL,
        ),
        (false("a", rule=NO_ELF), AuditAnswer(conforms=False, pure=True), Verdict.PASS),
        (false("a", rule=NO_ELF), AuditAnswer(conforms=True, pure=True), Verdict.FAIL),
        (false("a", rule=NO_ELF), AuditAnswer(conforms=False), Verdict.PASS),
        (line("a", rule=NO_ELF), AuditAnswer(conforms=True, pure=False), Verdict.PASS),
        (
            false("a", rule=HOSTILE),
            AuditAnswer(refused=True, error="unreadable"),
            Verdict.PASS,
        ),
        (false("a", rule=HOSTILE), AuditAnswer(error="Traceback"), Verdict.ERROR),
        (false("a", rule=HOSTILE), AuditAnswer(conforms=True), Verdict.FAIL),
        (line("a", rule=HOSTILE), AuditAnswer(refused=True, error="x"), Verdict.FAIL),
        (line("a"), AuditAnswer(error="broke"), Verdict.ERROR),
        (false("a"), AuditAnswer(conforms=False, error="cannot be read"), Verdict.PASS),
    ],
)
def test_each_kind_of_rule_has_its_own_right_answer(
    wheel: ManifestEntry, answer: AuditAnswer, verdict: Verdict
) -> None:
    assert audit_result(wheel, answer).verdict is verdict


def test_a_tool_without_an_auditor_table_cannot_be_asked(
    fake_library: Make, ask: Ask
) -> None:
    with pytest.raises(ValueError, match="fake is no auditor"):
        ask(fake_library("good"), line("true"))


def test_an_auditor_needs_its_table(tmp_path: Path) -> None:
    path = tmp_path / "fake.toml"
    path.write_text('name = "fake"\nroles = ["auditor"]\n')
    with pytest.raises(InputError, match=r"needs a table \[auditor\]"):
        read_adapter(path)


def test_an_unknown_placeholder_of_an_auditor_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fake.toml"
    path.write_text(
        'name = "fake"\nroles = ["auditor"]\n[auditor]\ncommand = ["x", "{wheels}"]\n'
    )
    with pytest.raises(InputError, match=r"unknown placeholder \{wheels\}"):
        read_adapter(path)
