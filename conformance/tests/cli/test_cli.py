import json
import re
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from manylinux_conformance.cli.main import main
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.results.blocks import read_blocks, write_blocks
from manylinux_conformance.results.lines import Result as Answer
from manylinux_conformance.results.verdicts import Verdict

FAKE = Path(__file__).parents[1] / "fake_tools" / "installer.py"


SHIPPED = str(data_folder("tools") / "uv.toml")


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def own_tool(tmp_path: Path) -> Path:
    """Return the adapter file of an installer that always takes the any wheel."""
    path = tmp_path / "own.toml"
    path.write_text(
        'name = "own"\nroles = ["installer"]\n[installer]\ncommand = ["{python}", '
        f'{json.dumps(str(FAKE))}, "any", "{{links}}", "{{requirements}}",'
        ' "{target}"]\n'
    )
    return path


def asked(tool: str, folder: Path, *more: str) -> Result:
    where = ("--platform", "glibc-2.17", "--output", str(folder))
    return command("run", "--tool", tool, *where, *more)


def timed_out(result: Answer) -> Answer:
    return msgspec.structs.replace(result, verdict=Verdict.TIMEOUT)


def test_every_command_explains_itself_with_an_example() -> None:
    for name in main.commands:
        said = command(name, "--help").output
        assert re.search(r"Examples?:\n\s+manylinux-conformance", said), name


def test_the_suite_as_committed_has_nothing_to_complain_about() -> None:
    said = command("lint")
    assert said.exit_code == 0, said.output
    assert "nothing to complain about" in said.output


def test_rules_are_listed_for_people_and_machines() -> None:
    assert "installer.glibc.at-least" in command("rules").output
    rules = json.loads(command("rules", "--json").output)
    assert {"id", "level", "text"} <= rules[0].keys()


def test_cases_are_written_for_runners_without_python() -> None:
    document = json.loads(command("cases", "--rule", "installer.glibc.at-least").output)
    assert {case["kind"] for case in document["cases"]} == {"choose"}
    assert document["platforms"]


def test_the_reference_answers_right(tmp_path: Path) -> None:
    rule = ("--rule", "installer.glibc.at-least")
    said = asked("reference", tmp_path, *rule)
    assert said.exit_code == 0, said.output
    written = {path.name for path in tmp_path.iterdir()}
    reports = {"results.jsonl", "junit.xml", "report.html", "report.md", "evidence"}
    assert written == reports
    installer, library = read_blocks(tmp_path / "results.jsonl")
    assert {result.verdict.value for result in installer.results} == {"pass"}
    assert {result.verdict.value for result in library.results} == {"pass"}


def test_a_wrong_tool_from_outside_the_checkout_fails(
    own_tool: Path, tmp_path: Path
) -> None:
    rule = ("--rule", "installer.glibc.at-least")
    said = asked(str(own_tool), tmp_path / "out", *rule)
    assert said.exit_code == 1
    assert "expected manylinux_2_17_" in said.output
    assert "got any" in said.output


def test_result_lines_are_printed_for_machines(own_tool: Path, tmp_path: Path) -> None:
    rule = ("--rule", "installer.glibc.at-least", "--json")
    said = asked(str(own_tool), tmp_path / "out", *rule)
    lines = [json.loads(line) for line in said.stdout.splitlines()]
    assert [line["line"] for line in (lines[0], lines[-1])] == ["header", "footer"]
    assert lines[-1]["lines"] == len(lines) - 2


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--tool", "nobody"), "nobody: no such tool"),
        (("--tool", "absent.toml"), "absent.toml: No such file"),
        (("--platform", "mars"), "mars: no platform has such a name"),
        (("--rule", "weather.*"), "weather.*: no rule has such a name"),
        (("--update", "--check"), "--update: does not go together with --check"),
        (("--platform", "musl", "--platform", "mars"), "mars: no platform has"),
        (("--check", "--tool", SHIPPED), "--check: only pinned tools have"),
    ],
)
def test_what_is_not_there_is_named_in_one_line(
    arguments: tuple[str, ...], reason: str
) -> None:
    said = command("run", *arguments)
    assert said.exit_code == 2
    assert said.output.startswith(f"error: {reason}")
    assert len(said.output.splitlines()) == 1


def test_a_folder_that_cannot_be_written_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = asked("reference", tmp_path / "file" / "out")
    assert said.exit_code == 2
    (line,) = said.output.splitlines()
    assert line == f"error: {tmp_path}/file/out: Not a directory"


def test_a_tool_that_is_not_installed_is_not_run_offline(tmp_path: Path) -> None:
    adapter = tmp_path / "later.toml"
    adapter.write_text(
        'name = "later"\nroles = ["installer"]\n[provide]\npypi = ["later==1"]\n'
        '[installer]\ncommand = ["{tool}/later"]\n'
    )
    said = asked(str(adapter), tmp_path / "out", "--offline")
    assert "not run" in said.output
    assert "offline" in said.output
    assert "no question was put to any tool" in said.output
    assert said.exit_code == 1


def test_a_misspelt_case_is_told_from_those_that_there_are(tmp_path: Path) -> None:
    said = asked("reference", tmp_path, "--case", "upload-arch64")
    assert "to any tool; did you mean upload-aarch64" in said.output
    assert said.exit_code == 1


def test_committed_answers_are_what_a_rerun_gives(tmp_path: Path) -> None:
    rule = ("--rule", "installer.glibc.at-least", "--check")
    said = asked("reference", tmp_path, *rule)
    assert said.exit_code == 0, said.output


def test_a_silent_rule_change_is_not_locked(tmp_path: Path) -> None:
    chapter = (
        ":::{rule} tag.form\n:level: must\n:subject: installer\n:arch: all\n"
        ":basis: standard\n:source: PEP 600\n:tested: forced\n\n"
        "A tag MUST have four parts.\n:::\n"
    )
    (tmp_path / "tags.md").write_text(chapter)
    (tmp_path / "retired.toml").write_text("")
    assert command("lock", "--spec", str(tmp_path)).output == (
        "1 rules, 0 definitions and 0 data files locked\n"
    )
    (tmp_path / "tags.md").write_text(chapter.replace("four", "five"))
    said = command("lock", "--spec", str(tmp_path))
    assert said.exit_code == 1
    assert "[-four-] {+five+}" in said.output


def test_patterns_may_be_given_several_times(own_tool: Path, tmp_path: Path) -> None:
    cases = ("same-version", "next-version")
    patterns = [f"--case=installer.glibc.at-least/{each}" for each in cases]
    asked(str(own_tool), tmp_path / "out", "--platform=glibc-2.28", *patterns)
    (block,) = read_blocks(tmp_path / "out" / "results.jsonl")
    assert {(one.case.rpartition("/")[2], one.platform) for one in block.results} == {
        (case, platform) for case in cases for platform in ("glibc-2.17", "glibc-2.28")
    }


def test_a_narrowed_update_changes_only_what_it_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "installer-reference.jsonl"
    wrong = [
        replace(block, results=tuple(map(timed_out, block.results)))
        for block in read_blocks(data_folder("results") / name)
    ]
    write_blocks(wrong, tmp_path / name)
    monkeypatch.setattr(
        "manylinux_conformance.cli.run.data_folder",
        lambda kind: tmp_path if kind == "results" else data_folder(kind),
    )
    case = ("--case", "installer.glibc.at-least/next-version", "--update")
    said = asked("reference", tmp_path / "out", "--role", "installer", *case)
    assert said.exit_code == 0, said.output
    before = {(one.case, one.platform): one for one in wrong[0].results}
    for one in next(read_blocks(tmp_path / name)).results:
        is_asked = (one.case, one.platform) == (case[1], "glibc-2.17")
        expected = Verdict.PASS if is_asked else Verdict.TIMEOUT
        assert one.verdict is expected
        assert is_asked or one == before[one.case, one.platform]
