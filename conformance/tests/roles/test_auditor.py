"""Asking an auditor: by JSON lines, by exit status, and by what a repair leaves."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.corpus.build import built_corpus
from manylinux_conformance.corpus.manifest import Corpus
from manylinux_conformance.errors import InputError
from manylinux_conformance.judging.judge import result_of
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.roles.auditor import (
    BATCH,
    MOST_BREAKDOWNS,
    Auditor,
    AuditorRole,
    ask_auditor,
    wheel_questions,
)
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.suite.filters import Wanted
from manylinux_conformance.suite.load import load_suite, narrowed
from manylinux_fixtures.corpus.manifest import ManifestEntry
from manylinux_fixtures.recipes.recipe import Ask
from tests.builders import (
    adapter_text,
    auditor_table,
    false_line,
    provided,
    table_of,
    wheel_line,
    write_adapter,
)

Make = Callable[..., ProvidedTool]
AskAbout = Callable[..., list[Result]]
REPAIR = ("{wheel}", "{out}", "{tag}")


@pytest.fixture
def auditor(tmp_path: Path) -> Make:
    """Return a function that provides the made-up auditor."""

    def make(seconds: int = 60, **commands: tuple[str, ...]) -> ProvidedTool:
        text = adapter_text(Role.AUDITOR, auditor_table(seconds, **commands))
        return provided(write_adapter(tmp_path, text), tmp_path / "cache")

    return make


@pytest.fixture
def ask(tmp_path: Path) -> AskAbout:
    """Return a function that puts wheels to an auditor and has its answers judged."""

    def ask(
        tool: ProvidedTool, *lines: ManifestEntry, own_machine: tuple[str, ...] = ()
    ) -> list[Result]:
        corpus = Corpus(tmp_path / "corpus", lines)
        for each in lines:
            corpus.wheel(each).parent.mkdir(parents=True, exist_ok=True)
            corpus.wheel(each).write_bytes(b"a wheel")
        table = msgspec.structs.replace(
            table_of(tool, Auditor), own_machine=own_machine
        )
        questions = wheel_questions(corpus)
        answers = ask_auditor(tool, table, questions, tmp_path / "asked")
        return [result_of(each, answers[each.key], None) for each in questions]

    return ask


def verdicts(results: Sequence[Result]) -> list[Verdict]:
    return [result.verdict for result in results]


@pytest.mark.parametrize(
    "commands",
    [{"lines": ("lines", "good")}, {"command": ("status", "good", "{wheel}")}],
)
def test_a_claim_is_confirmed_or_denied(
    commands: dict[str, tuple[str, ...]], auditor: Make, ask: AskAbout
) -> None:
    wheels = (
        wheel_line("true"),
        false_line("false"),
        wheel_line("false-too"),
        false_line("true-too"),
    )
    results = ask(auditor(**commands), *wheels)
    assert [(each.case, each.answer) for each in results] == [
        ("wheel.needed.allowed/true", "conforms"),
        ("wheel.needed.allowed/false", "violates"),
        ("wheel.needed.allowed/false-too", "violates"),
        ("wheel.needed.allowed/true-too", "conforms"),
    ]
    assert verdicts(results) == [Verdict.PASS, Verdict.PASS, Verdict.FAIL, Verdict.FAIL]
    assert {each.arch for each in results} == {"x86_64"}
    assert {(each.platform, each.fidelity) for each in results} == {("", None)}


def test_a_wheel_that_cannot_be_read_is_no_verdict(
    auditor: Make, ask: AskAbout
) -> None:
    tool = auditor(command=("status", "good", "{wheel}"))
    (result,) = ask(tool, wheel_line("unreadable"))
    assert result.verdict is Verdict.ERROR
    assert result.reason == "exit status 2: it said nothing"


@pytest.mark.parametrize(
    ("way", "verdict"), [("good", Verdict.PASS), ("traceback", Verdict.ERROR)]
)
def test_a_hostile_wheel_is_refused_without_a_traceback(
    way: str, verdict: Verdict, auditor: Make, ask: AskAbout
) -> None:
    tool = auditor(command=("status", way, "{wheel}"))
    assert verdicts(ask(tool, false_line("unreadable", ask=Ask.UNREADABLE))) == [
        verdict
    ]


@pytest.mark.parametrize(
    ("way", "verdict", "reason"),
    [
        ("garbage", Verdict.ERROR, "exit status 0: ? no JSON"),
        ("error", Verdict.ERROR, "gave up"),
        ("crash", Verdict.ERROR, "was ended by SIGKILL"),
        ("declines", Verdict.DECLINED, "never looks at this"),
    ],
)
def test_a_breakdown_is_of_its_wheel_alone(
    way: str, verdict: Verdict, reason: str, auditor: Make, ask: AskAbout
) -> None:
    wheels = (wheel_line("before"), wheel_line("culprit"), false_line("false-after"))
    before, culprit, after = ask(auditor(lines=("lines", way)), *wheels)
    assert (culprit.verdict, culprit.reason) == (verdict, reason)
    assert (before.verdict, after.verdict) == (Verdict.PASS, Verdict.PASS)


def test_a_hang_is_a_timeout(auditor: Make, ask: AskAbout) -> None:
    tool = auditor(command=("status", "hang", "{wheel}"), seconds=1)
    assert verdicts(ask(tool, wheel_line("culprit"))) == [Verdict.TIMEOUT]


def test_an_auditor_of_its_own_machine_is_asked_about_no_other(
    auditor: Make, ask: AskAbout
) -> None:
    tool = auditor(lines=("lines", "good"))
    here = wheel_line("here", arch=platform.machine())
    first, second = ask(
        tool, wheel_line("there", arch="of-nobody"), here, own_machine=("",)
    )
    assert (first.verdict, first.answer) == (Verdict.NOT_ASKED, "")
    assert first.reason.startswith("takes every wheel for one of the machine")
    assert second.verdict is Verdict.PASS


def test_too_many_breakdowns_end_the_asking(auditor: Make, ask: AskAbout) -> None:
    wheels = [wheel_line(f"culprit-{number}") for number in range(MOST_BREAKDOWNS + 2)]
    results = ask(auditor(lines=("lines", "garbage")), *wheels)
    assert verdicts(results) == [Verdict.ERROR] * len(wheels)
    assert "not asked" in results[-1].reason


def test_more_answers_than_questions_are_not_counted(
    auditor: Make, ask: AskAbout
) -> None:
    results = ask(auditor(lines=("lines", "chatty")), wheel_line("culprit"))
    assert verdicts(results) == [Verdict.PASS]


def test_a_tool_that_only_repairs_declines_to_audit(
    auditor: Make, ask: AskAbout
) -> None:
    tool = auditor(repair=("repair", "good", *REPAIR))
    (result,) = ask(tool, wheel_line("true"))
    assert result.verdict is Verdict.DECLINED
    assert result.reason == "repairs and does not audit"


def test_a_tool_that_only_audits_declines_to_repair(
    auditor: Make, ask: AskAbout
) -> None:
    tool = auditor(lines=("lines", "good"))
    (result,) = ask(tool, false_line("stale", ask=Ask.RETAG))
    assert result.verdict is Verdict.DECLINED


@pytest.mark.parametrize(
    ("way", "asked", "verdict"),
    [
        ("good", Ask.RETAG, Verdict.PASS),
        ("keeps", Ask.RETAG, Verdict.FAIL),
        ("fails", Ask.RETAG, Verdict.DECLINED),
        ("fails", Ask.LEFT_BEHIND, Verdict.PASS),
        ("fails-late", Ask.LEFT_BEHIND, Verdict.FAIL),
        ("crash", Ask.LEFT_BEHIND, Verdict.ERROR),
    ],
)
def test_a_repair_is_judged_by_what_it_leaves(
    way: str, asked: Ask, verdict: Verdict, auditor: Make, ask: AskAbout
) -> None:
    tool = auditor(repair=("repair", way, *REPAIR))
    assert verdicts(ask(tool, false_line("stale", ask=asked, oldest="2_36"))) == [
        verdict
    ]


@pytest.mark.parametrize(
    ("name", "way", "verdict"),
    [
        ("true", "good", Verdict.PASS),
        ("false", "good", Verdict.FAIL),
        ("true", "fails", Verdict.DECLINED),
    ],
)
def test_a_repaired_wheel_is_audited_again(
    name: str, way: str, verdict: Verdict, auditor: Make, ask: AskAbout
) -> None:
    tool = auditor(lines=("lines", "good"), repair=("repair", way, *REPAIR))
    built = wheel_line(name, ask=Ask.REPAIR, oldest="unstated")
    assert verdicts(ask(tool, built)) == [verdict]


def test_a_wheel_that_should_be_repaired_and_is_not_fails(
    auditor: Make, ask: AskAbout
) -> None:
    tool = auditor(repair=("repair", "fails", *REPAIR))
    (result,) = ask(tool, wheel_line("repairable", ask=Ask.LEFT_BEHIND))
    assert (result.verdict, result.answer) == (Verdict.FAIL, "no wheel")


def test_an_auditor_needs_its_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"needs a table \[auditor\]"):
        write_adapter(tmp_path, 'name = "fake"\nroles = ["auditor"]\n')


def test_an_unknown_placeholder_of_an_auditor_is_refused(tmp_path: Path) -> None:
    text = adapter_text(Role.AUDITOR, 'command = ["x", "{wheels}"]')
    with pytest.raises(InputError, match=r"unknown placeholder \{wheels\}"):
        write_adapter(tmp_path, text)


def test_every_wheel_that_is_wanted_is_asked_about_once_in_batches(
    auditor: Make, tmp_path: Path, session_cache: Path
) -> None:
    tool = auditor(lines=("lines", "good"))
    resources = Resources(tmp_path, session_cache, ProbeCache(tmp_path / "probes"))
    suite = narrowed(load_suite(), Wanted(platforms=("s390x",)))
    plan = AuditorRole().plan(suite, tool, table_of(tool, Auditor), (), resources)
    asked = [each.key for batch in plan.batches for each in batch.questions]
    here = built_corpus(session_cache).only(lambda line: line.arch == "s390x")
    assert asked == [line.id for line in here.lines]
    assert {len(batch.questions) for batch in plan.batches[:-1]} == {BATCH}
    assert {batch.platform for batch in plan.batches} == {None}
    assert len({batch.name for batch in plan.batches}) == len(plan.batches) > 1
