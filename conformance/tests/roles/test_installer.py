"""Asking an installer: what answered is the answer, and misbehaviour is told apart."""

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from manylinux_conformance.asking import isolation
from manylinux_conformance.asking.plain_machine import PlainMachine
from manylinux_conformance.asking.plan import CaseBatch
from manylinux_conformance.asking.probe_projects import ProbeCache, write_probe_projects
from manylinux_conformance.judging.judge import result_of
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.platform import Libc
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.questions.probe_project import Offer, ProbeProject
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.roles.installer import (
    Installer,
    InstallerRole,
    ask_installer,
)
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.tool_description import Fact
from tests.builders import choose, platform, table_of

Make = Callable[..., ProvidedTool]
Ask = Callable[..., dict[str, Answer]]

GOOD = ("manylinux_2_17_x86_64", "linux_x86_64")
CULPRIT = "culprit_x86_64"
# Options for explicit targets of one kind.
NAMED = 'explicit_target = ["-p"]\nexplicit_targets = "manylinux_.*"\n'
LOCK = 'lock = ["true"]\n'


def questions(*tags: str) -> list[ProbeProject]:
    return [ProbeProject(f"rule/{tag}", (Offer(tag),)) for tag in tags]


@pytest.fixture
def ask(tmp_path: Path, here: Environment) -> Ask:
    def ask(
        tool: ProvidedTool, *tags: str, environment: Environment = here
    ) -> dict[str, Answer]:
        probes = write_probe_projects(questions(*tags), tmp_path / "links")
        before = {path.name: path.read_bytes() for path in probes.links.iterdir()}
        table, folder = table_of(tool, Installer), tmp_path / "asked"
        answers = ask_installer(tool, table, environment, probes, folder)
        after = {path.name: path.read_bytes() for path in probes.links.iterdir()}
        assert after == before, "the wheels are as they were, for the next tool"
        return {case.removeprefix("rule/"): answer for case, answer in answers.items()}

    return ask


def evidence(tmp_path: Path) -> Sequence[Any]:
    paths = sorted((tmp_path / "asked").glob("run-*.json"))
    return [json.loads(path.read_text()) for path in paths]


def test_the_wheel_that_landed_is_the_answer(fake_installer: Make, ask: Ask) -> None:
    answers = ask(fake_installer("last"), *GOOD, "any")
    assert {tag: answer.answer for tag, answer in answers.items()} == {
        "manylinux_2_17_x86_64": "manylinux_2_17_x86_64",
        "linux_x86_64": "linux_x86_64",
        "any": "any",
    }


def test_one_run_answers_all_questions(
    fake_installer: Make, ask: Ask, tmp_path: Path
) -> None:
    tags = [f"manylinux_2_{minor}_x86_64" for minor in range(40)]
    assert len(ask(fake_installer("any"), *tags)) == 40
    (run,) = evidence(tmp_path)
    assert run["ended"]["status"] == 0
    assert run["command"][1].endswith("installer.py")


def test_nothing_but_the_evidence_is_left(
    fake_installer: Make, ask: Ask, tmp_path: Path
) -> None:
    ask(fake_installer("any"), *GOOD)
    assert [path.name for path in (tmp_path / "asked").iterdir()] == ["run-1.json"]


@pytest.mark.parametrize("tag", GOOD)
def test_two_wheels_of_one_project_are_an_error(
    fake_installer: Make, ask: Ask, tag: str
) -> None:
    answer = ask(fake_installer("both"), *GOOD)[tag]
    assert answer.outcome is Verdict.ERROR
    assert answer.reason == f"installed more than one candidate: {tag} and any"


def test_a_file_that_no_candidate_holds_is_an_error(
    fake_installer: Make, ask: Ask
) -> None:
    answer = ask(fake_installer("drop-strangers"), "any")["any"]
    assert answer.outcome is Verdict.ERROR
    assert "'stranger'" in answer.reason


@pytest.mark.parametrize("tags", [GOOD[:1], GOOD])
def test_success_that_installs_nothing_is_an_error(
    fake_installer: Make, ask: Ask, tags: tuple[str, ...]
) -> None:
    answer = ask(fake_installer("nothing"), *tags)[tags[0]]
    assert answer.outcome is Verdict.ERROR
    assert "exit status 0, but nothing was installed" in answer.reason


def test_a_project_left_out_is_asked_again_and_is_an_error(
    fake_installer: Make, ask: Ask
) -> None:
    answers = ask(fake_installer("skip-first"), *GOOD)
    first, second = (answers[tag] for tag in GOOD)
    assert first.outcome is Verdict.ERROR
    assert second.answer == "any"


def test_failure_after_a_partial_installation_is_an_error(
    fake_installer: Make, ask: Ask
) -> None:
    answer = ask(fake_installer("fail-halfway"), *GOOD)[GOOD[0]]
    assert answer.outcome is Verdict.ERROR
    assert "installed any, yet exit status 1" in answer.reason


def test_a_culprit_stands_alone_and_spoils_no_other_answer(
    fake_installer: Make, ask: Ask
) -> None:
    answers = ask(
        fake_installer("refuse-culprits"), *GOOD, CULPRIT, "win32", "win_ia64"
    )
    assert answers[CULPRIT].answer == "nothing"
    assert {answers[tag].answer for tag in (*GOOD, "win32", "win_ia64")} == {"any"}


def test_a_file_name_that_upsets_the_whole_folder_is_isolated(
    fake_installer: Make, ask: Ask
) -> None:
    answers = ask(fake_installer("refuse-tagged"), "any", "culprit")
    assert answers["any"].answer == "any"
    assert answers["culprit"].answer == "nothing"


def test_the_reason_of_a_refusal_names_no_path(fake_installer: Make, ask: Ask) -> None:
    answer = ask(fake_installer("refuse-culprits"), CULPRIT)[CULPRIT]
    assert answer.reason == "exit status 1: error: see ..."


def test_a_tool_that_refuses_everything_everywhere_is_broken(
    fake_installer: Make, ask: Ask
) -> None:
    answer = ask(fake_installer("refuse"), *GOOD)[GOOD[0]]
    assert answer.outcome is Verdict.ERROR
    assert answer.reason.startswith("cannot install a wheel on this machine as it is")


def test_batches_with_refusals_share_one_run_on_the_machine_as_it_is(
    fake_installer: Make, here: Environment, tmp_path: Path
) -> None:
    tool, plain = fake_installer("refuse-culprits"), PlainMachine()
    probes = write_probe_projects(questions(CULPRIT), tmp_path / "links")
    table, runs = table_of(tool, Installer), []
    for name in ("one", "two", "three"):
        folder = tmp_path / name
        answers = ask_installer(tool, table, here, probes, folder, plain=plain)
        assert answers[f"rule/{CULPRIT}"].answer == "nothing"
        runs.append(len(list(folder.glob("run-*.json"))))
    assert runs == [2, 1, 1]


@pytest.mark.parametrize(
    ("kept", "at_home"),
    [('["program"]', "program"), ('["nothing/there"]', ""), ("[]", "")],
)
def test_what_a_first_use_unpacks_is_there_for_every_later_one(
    fake_installer: Make, here: Environment, tmp_path: Path, kept: str, at_home: str
) -> None:
    tool = fake_installer("unpack-itself", more=f"kept_in_home = {kept}\n")
    table, plain = table_of(tool, Installer), PlainMachine()
    probes = write_probe_projects(questions(*GOOD), tmp_path / "links")
    for name in ("one", "two"):
        ask_installer(tool, table, here, probes, tmp_path / name, plain=plain)
        record = json.loads((tmp_path / name / "run-1.json").read_bytes())
        assert record["ended"]["stderr_tail"].strip() == at_home


def test_a_tool_that_refuses_an_environment_installs_nothing_there(
    fake_installer: Make, ask: Ask, here: Environment
) -> None:
    module = "raise RuntimeError('no')\n"
    environment = Environment(here.platform, module=module)
    answer = ask(fake_installer("ask-module"), *GOOD, environment=environment)[GOOD[0]]
    assert answer.answer == "nothing"
    assert answer.reason == (
        "not even a lone py3-none-any wheel: exit status 1: RuntimeError: no"
    )


UNSUPPORTED = 'unsupported = ["machine .* is not supported"]\n'
NO_MACHINE = "refuses the platform: the machine of ... is not supported: ? vax"


@pytest.mark.parametrize("tags", [GOOD[:1], GOOD], ids=["one", "several"])
def test_a_tool_that_refuses_a_platform_declines_every_question_there(
    fake_installer: Make, ask: Ask, here: Environment, tags: tuple[str, ...]
) -> None:
    tool = fake_installer("refuse-platform", more=UNSUPPORTED)
    environment = Environment(here.platform, module="vax = True\n")
    answers = ask(tool, *tags, environment=environment)
    assert {one.outcome for one in answers.values()} == {Verdict.DECLINED}
    assert {one.reason for one in answers.values()} == {NO_MACHINE}


def test_a_question_that_is_refused_is_no_platform(
    fake_installer: Make, ask: Ask
) -> None:
    tool = fake_installer("refuse-culprits", more='unsupported = ["error: see"]\n')
    answers = ask(tool, *GOOD, CULPRIT)
    assert (answers[CULPRIT].outcome, answers[CULPRIT].answer) == (None, "nothing")
    assert answers[GOOD[0]].answer == "any"


def test_whether_it_should_have_gone_on_is_asked_by_cases_of_their_own(
    fake_installer: Make, tmp_path: Path, here: Environment
) -> None:
    tool = fake_installer("refuse-platform", more=UNSUPPORTED)
    goes_on = choose(name="goes-on", refusal_counts=True)
    batch = CaseBatch(
        name="here",
        platform=here.platform,
        questions=(choose(), goes_on),
        environment=Environment(here.platform, module="vax = True\n"),
        shim=None,
    )
    places = ProbeCache(tmp_path / "probes")
    resources = Resources(tmp_path / "asked", tmp_path / "cache", places)
    table = table_of(tool, Installer)
    answers = InstallerRole().ask(tool, table, batch, resources)
    results = [
        result_of(one, answers[one.key], here.platform) for one in batch.questions
    ]
    assert [(one.verdict, one.answer) for one in results] == [
        (Verdict.DECLINED, ""),
        (Verdict.FAIL, "nothing"),
    ]
    assert {one.reason for one in results} == {NO_MACHINE}


def test_a_crash_is_an_error_of_its_question_alone(
    fake_installer: Make, ask: Ask
) -> None:
    answers = ask(fake_installer("crash-at-culprits"), *GOOD, CULPRIT)
    assert answers[CULPRIT].outcome is Verdict.ERROR
    assert answers[CULPRIT].reason == "was ended by SIGSEGV"
    assert answers[GOOD[0]].answer == "any"


def test_a_hang_is_a_timeout_of_its_question_alone(
    fake_installer: Make, ask: Ask
) -> None:
    answers = ask(fake_installer("hang-at-culprits", seconds=4), GOOD[0], CULPRIT)
    assert answers[CULPRIT].outcome is Verdict.TIMEOUT
    assert answers[GOOD[0]].answer == "any"


def test_many_culprits_end_the_search(
    fake_installer: Make, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolation, "MOST_RUNS", 3)
    culprits = [f"culprit{number}" for number in range(8)]
    answers = ask(fake_installer("refuse-culprits"), *culprits)
    assert "not isolated within 3 runs of the tool" in {
        answer.reason for answer in answers.values()
    }


@pytest.mark.parametrize("way", ["write-in-links", "write-beside"])
def test_writing_outside_the_target_is_an_error(
    fake_installer: Make, ask: Ask, way: str
) -> None:
    answer = ask(fake_installer(way), *GOOD)[GOOD[0]]
    assert answer.outcome is Verdict.ERROR
    assert "wrote outside its target: " in answer.reason
    assert answer.reason.endswith("stray")


def test_code_that_an_interpreter_compiled_is_no_stray(
    fake_installer: Make, ask: Ask
) -> None:
    assert ask(fake_installer("compile-beside"), *GOOD)[GOOD[0]].answer == "any"


@pytest.mark.parametrize("way", ["remove-links", "swap-links", "remove-everything"])
def test_taking_away_what_is_not_its_own_is_an_error_too(
    fake_installer: Make, ask: Ask, way: str
) -> None:
    answer = ask(fake_installer(way), *GOOD)[GOOD[0]]
    assert answer.outcome is Verdict.ERROR
    assert "wrote outside its target: " in answer.reason


def test_a_knot_of_links_is_nothing_installed(fake_installer: Make, ask: Ask) -> None:
    answer = ask(fake_installer("tie-knots"), *GOOD)[GOOD[0]]
    assert answer.outcome is Verdict.ERROR
    assert "exit status 0, but nothing was installed" in answer.reason


def test_noise_without_end_is_bounded_and_does_no_harm(
    fake_installer: Make, ask: Ask, tmp_path: Path
) -> None:
    answers = ask(fake_installer("shout"), *GOOD)
    assert answers[GOOD[0]].answer == "any"
    (record,) = (tmp_path / "asked").glob("*.json")
    assert record.stat().st_size < 100_000


def test_a_process_left_behind_is_killed(
    fake_installer: Make, ask: Ask, tmp_path: Path
) -> None:
    child = tmp_path / "child"
    tool = fake_installer("leave-child", more=f'variables = {{ CHILD = "{child}" }}\n')
    assert ask(tool, *GOOD)[GOOD[0]].answer == "any"
    assert gone(int(child.read_text()))


def gone(process: int) -> bool:
    """Whether a process ends within a while; a zombie of init counts as ended."""
    for _ in range(100):
        try:
            os.kill(process, signal.SIG_DFL)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{process}/stat").read_text().split()[2] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_rules_that_a_tool_declines_are_not_put_to_it(
    fake_installer: Make, ask: Ask, tmp_path: Path
) -> None:
    tool = fake_installer("any", more='declines = { "ru*" = "has no order" }\n')
    answer = ask(tool, *GOOD)[GOOD[0]]
    assert (answer.outcome, answer.reason) == (Verdict.DECLINED, "has no order")
    assert evidence(tmp_path) == []


def test_what_a_tool_declines_it_declines_also_where_it_cannot_be_asked(
    fake_installer: Make, ask: Ask, here: Environment
) -> None:
    environment = Environment(here.platform, target="win32")
    tool = fake_installer("any", more='declines = { "ru*" = "has no order" }\n')
    assert ask(tool, *GOOD, environment=environment)[GOOD[0]].reason == "has no order"


def test_the_other_rules_are_put_to_it(
    fake_installer: Make, here: Environment, tmp_path: Path
) -> None:
    tool = fake_installer("any", more='declines = { "one" = "has no order" }\n')
    asked = [ProbeProject("one/name", ()), ProbeProject("other/name", ())]
    probes = write_probe_projects(asked, tmp_path / "links")
    table = table_of(tool, Installer)
    answers = ask_installer(tool, table, here, probes, tmp_path / "asked")
    assert answers["one/name"].outcome is Verdict.DECLINED
    assert answers["other/name"].answer == "any"


def test_a_tool_may_want_another_prefix(fake_installer: Make, ask: Ask) -> None:
    tool = fake_installer("last", more='prefix = "zz9-none"\n')
    assert ask(tool, *GOOD)[GOOD[0]].answer == GOOD[0]


def test_a_tool_without_the_option_declines_an_explicit_target(
    fake_installer: Make, ask: Ask, here: Environment, tmp_path: Path
) -> None:
    environment = Environment(here.platform, target="manylinux_2_28_x86_64")
    answer = ask(fake_installer("any"), *GOOD, environment=environment)[GOOD[0]]
    assert answer.outcome is Verdict.DECLINED
    assert answer.reason == "installs for the running environment alone"
    assert evidence(tmp_path) == []


def test_a_target_of_another_kind_is_declined(
    fake_installer: Make, ask: Ask, here: Environment, tmp_path: Path
) -> None:
    environment = Environment(here.platform, target="win32")
    tool = fake_installer("any", more=NAMED)
    answer = ask(tool, *GOOD, environment=environment)[GOOD[0]]
    assert answer.outcome is Verdict.DECLINED
    assert answer.reason == "has no targets like win32"
    assert evidence(tmp_path) == []


def test_a_target_of_its_kind_is_asked_for(
    fake_installer: Make, ask: Ask, here: Environment
) -> None:
    environment = Environment(here.platform, target="manylinux_2_28_x86_64")
    tool = fake_installer("any", more=NAMED)
    assert ask(tool, *GOOD, environment=environment)[GOOD[0]].answer == "any"


def test_what_a_tool_cannot_be_shown_is_not_asked(
    fake_installer: Make, ask: Ask, tmp_path: Path
) -> None:
    tool = fake_installer("any")
    blind = msgspec.structs.replace(
        tool.description, cannot_see={Fact.MUSL: "looks away"}
    )
    environment = Environment(platform(libc=Libc.MUSL))
    answer = ask(replace(tool, description=blind), *GOOD, environment=environment)
    assert answer[GOOD[0]] == Answer(Verdict.NOT_ASKED, reason="looks away")
    assert evidence(tmp_path) == []


def test_a_refusal_after_the_lock_file_is_an_answer_of_its_own(
    fake_installer: Make, ask: Ask
) -> None:
    answers = ask(fake_installer("refuse-culprits", more=LOCK), *GOOD, CULPRIT)
    assert answers[CULPRIT].answer == "a lock that cannot be installed"
    assert {answers[tag].answer for tag in GOOD} == {"any"}


@pytest.mark.parametrize("stored_on", ["", "2.5"])
def test_a_tool_that_was_used_before_finds_its_home_again(
    fake_installer: Make, ask: Ask, here: Environment, stored_on: str
) -> None:
    tool = fake_installer("by-turns", more='variables = { TURN = "{home}/turn" }\n')
    offered = "py3-none-win32"  # its file name stands last
    environment = replace(here, stored_on=stored_on)
    found = ask(tool, offered, environment=environment)[offered].answer
    assert found == (offered if stored_on else "any")
