import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from manylinux_conformance.cli.main import main
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.blocks import Block, read_blocks, write_blocks
from manylinux_conformance.results.lines import EDITION, NotRun
from manylinux_conformance.results.lines import Result as Answered
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.suite.load import load_suite
from tests.builders import header_line

LOCK = load_suite().lock_digest
HEADER = header_line(rules_lock=LOCK)
REPORTS = {"results.jsonl", "junit.xml", "report.html", "report.md"}


def block(
    platform: str,
    host: str = "x86_64",
    verdict: Verdict = Verdict.PASS,
    missing: Sequence[NotRun] = (),
) -> Block:
    """Return a block of one answer in a container, or in none."""
    answer = Answered(
        case="installer.glibc.at-least/next-version",
        rule="installer.glibc.at-least",
        platform=platform or "glibc-2.17",
        fidelity=fidelity(platform, host),
        verdict=verdict,
        expected="any",
        answer="any" if verdict is Verdict.PASS else "linux_x86_64",
    )
    header = msgspec.structs.replace(HEADER, platform=platform, host=host)
    return Block(header, (answer,), tuple(missing))


def fidelity(platform: str, host: str) -> Fidelity:
    arch = platform.removeprefix("debian-12-").partition("-as-")[0]
    if not platform:
        return Fidelity.MODELLED
    return Fidelity.NATIVE if arch == host else Fidelity.EMULATED


def silent(platform: str, *lines: NotRun) -> Block:
    return Block(msgspec.structs.replace(HEADER, platform=platform), (), lines)


def unprepared(*names: str) -> NotRun:
    return NotRun(
        platforms=names, reason="not prepared", remedy="prepare 'debian-12-*'"
    )


def merge(folder: Path, *runs: Sequence[Block]) -> Result:
    """Write each run's file and merge them into the folder ``all``."""
    paths = [folder / f"run-{number}.jsonl" for number, _ in enumerate(runs)]
    for path, blocks in zip(paths, runs, strict=True):
        write_blocks(blocks, path)
    return merge_files(folder, *paths)


def merge_files(folder: Path, *paths: Path, more: Sequence[str] = ()) -> Result:
    output = ("--output", str(folder / "all"))
    command = ["report", "merge", *map(str, paths), *output, *more]
    return CliRunner().invoke(main, command)


def blocks_of(folder: Path) -> list[Block]:
    return list(read_blocks(folder / "all" / "results.jsonl"))


def refused(said: Result, folder: Path) -> str:
    """Return the one line of a refusal that wrote nothing."""
    assert said.exit_code == 2, said.output
    (line,) = said.output.splitlines()
    assert not (folder / "all").exists()
    return line


def test_two_machines_make_one_set_of_reports(tmp_path: Path) -> None:
    here, there = block("debian-12-x86_64"), block("debian-12-aarch64", "aarch64")
    said = merge(tmp_path, [block(""), here], [there])
    assert said.exit_code == 0, said.output
    assert blocks_of(tmp_path) == [block(""), here, there]
    assert {path.name for path in (tmp_path / "all").iterdir()} == REPORTS
    assert "debian-12-aarch64" in (tmp_path / "all" / "junit.xml").read_text()


def test_merging_does_not_depend_on_how_the_runs_were_divided(tmp_path: Path) -> None:
    places = [block(""), block("debian-12-x86_64"), block("debian-12-s390x")]
    for folder, runs in (("one", [places]), ("three", [[each] for each in places])):
        (tmp_path / folder).mkdir()
        assert merge(tmp_path / folder, *runs).exit_code == 0
    assert blocks_of(tmp_path / "one") == blocks_of(tmp_path / "three")


def test_models_of_machines_of_two_kinds_stand_side_by_side(tmp_path: Path) -> None:
    both = [block("", "x86_64"), block("", "aarch64")]
    assert merge(tmp_path, both[:1], both[1:]).exit_code == 0
    assert blocks_of(tmp_path) == both


def test_the_same_answers_twice_count_once(tmp_path: Path) -> None:
    same = block("debian-12-x86_64")
    assert merge(tmp_path, [same], [same]).exit_code == 0
    assert blocks_of(tmp_path) == [same]


def test_other_answers_of_the_same_place_are_refused(tmp_path: Path) -> None:
    one = block("debian-12-x86_64")
    other = block("debian-12-x86_64", verdict=Verdict.FAIL)
    line = refused(merge(tmp_path, [one], [other]), tmp_path)
    place = "pip 26.3 as installer on debian-12-x86_64"
    assert f"run-1.jsonl: {place} has other answers in {tmp_path}" in line


def test_what_another_run_asked_is_not_missing_any_more(tmp_path: Path) -> None:
    three = unprepared("debian-12-aarch64", "debian-12-ppc64le", "debian-12-s390x")
    two = unprepared("debian-12-ppc64le", "debian-12-x86_64")
    asked = block("debian-12-aarch64", "aarch64")
    said = merge(
        tmp_path,
        [block("debian-12-x86_64"), silent("", three)],
        [asked, silent("", two)],
    )
    assert said.exit_code == 0, said.output
    *answered, left = blocks_of(tmp_path)
    assert answered == [block("debian-12-x86_64"), asked]
    assert left == silent("", unprepared("debian-12-ppc64le", "debian-12-s390x"))


def test_what_no_run_asked_is_listed_once_for_a_tool(tmp_path: Path) -> None:
    one, two = (
        unprepared("debian-12-s390x", "debian-12-i686"),
        unprepared("debian-12-i686", "debian-12-ppc64le"),
    )
    broken = NotRun(platforms=("debian-12-i686",), reason="the model does not work")
    merged = merge(
        tmp_path, [block("", missing=[broken]), silent("", one)], [silent("", two)]
    )
    assert merged.exit_code == 0, merged.output
    assert blocks_of(tmp_path) == [
        block("", missing=[broken]),
        silent("", unprepared("debian-12-s390x"), unprepared("debian-12-ppc64le")),
    ]


def test_what_another_tool_was_asked_on_stays_missing(tmp_path: Path) -> None:
    line = unprepared("debian-12-s390x")
    other = msgspec.structs.replace(HEADER, role=Role.TAG_LIBRARY)
    lacking = Block(other, (), (line,))
    assert merge(tmp_path, [block("debian-12-s390x")], [lacking]).exit_code == 0
    assert blocks_of(tmp_path) == [block("debian-12-s390x"), lacking]


def test_a_container_is_listed_once_however_it_is_missing(tmp_path: Path) -> None:
    refused = silent("debian-12-s390x", NotRun(reason="needs Python 3.14"))
    assert (
        merge(
            tmp_path, [refused], [silent("", unprepared("debian-12-s390x"))]
        ).exit_code
        == 0
    )
    named = NotRun(platforms=("debian-12-s390x",), reason="needs Python 3.14")
    assert blocks_of(tmp_path) == [silent("debian-12-s390x", named)]


def test_a_container_that_another_run_asked_is_not_missing(tmp_path: Path) -> None:
    refused = silent("debian-12-s390x", NotRun(reason="needs Python 3.14"))
    assert merge(tmp_path, [refused], [block("debian-12-s390x")]).exit_code == 0
    assert blocks_of(tmp_path) == [block("debian-12-s390x")]


def test_a_tool_that_no_machine_has_is_said_so_once(tmp_path: Path) -> None:
    lacking = silent(
        "", NotRun(reason="needs Python 3.14"), unprepared("debian-12-s390x")
    )
    assert merge(tmp_path, [lacking], [lacking]).exit_code == 0
    assert blocks_of(tmp_path) == [lacking]


def test_a_tool_that_one_machine_lacks_is_not_missing(tmp_path: Path) -> None:
    lacking = silent("", NotRun(reason="needs Python 3.14"))
    assert merge(tmp_path, [lacking], [block("")]).exit_code == 0
    assert blocks_of(tmp_path) == [block("")]


def test_a_reason_that_nobody_overcame_stays(tmp_path: Path) -> None:
    broken = NotRun(
        platforms=("debian-12-s390x-as-glibc-2.17",), reason="the model does not work"
    )
    one = block("debian-12-s390x", missing=[broken])
    assert merge(tmp_path, [one]).exit_code == 0
    assert blocks_of(tmp_path) == [one]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda text: text[:-3], "line 3: cut off or too long"),
        (lambda text: "".join(text.splitlines(keepends=True)[:-1]), "has no footer"),
        (lambda text: text.replace('"lines":1', '"lines":2'), "footer does not fit"),
        (lambda text: text.replace('"format":2', '"format":3'), "format 3 is unknown"),
        (lambda text: text.replace(EDITION, "1999.9"), "is about edition 1999.9"),
        (lambda text: text.replace(LOCK, "0" * 64), "rules.lock 000000000000, not"),
        (lambda _: "", "holds no block of results"),
        (lambda _: "{}\n", "line 1"),
        (lambda _: "\x00\xff", "line 1: cut off or too long"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_nothing_is_written(
    tmp_path: Path, damage: object, reason: str
) -> None:
    whole, broken = tmp_path / "whole.jsonl", tmp_path / "broken.jsonl"
    write_blocks([block("debian-12-x86_64")], whole)
    write_blocks([block("debian-12-s390x")], broken)
    assert callable(damage)
    broken.write_text(damage(broken.read_text()))
    line = refused(merge_files(tmp_path, whole, broken), tmp_path)
    assert line.startswith(f"error: {broken}: ")
    assert reason in line


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    line = refused(merge_files(tmp_path, tmp_path / "none.jsonl"), tmp_path)
    assert line.endswith("none.jsonl: No such file or directory")


def test_a_refusal_leaves_earlier_reports_as_they_are(tmp_path: Path) -> None:
    assert merge(tmp_path, [block("debian-12-x86_64")]).exit_code == 0
    before = (tmp_path / "all" / "results.jsonl").read_bytes()
    (tmp_path / "broken.jsonl").write_text("{")
    assert merge_files(tmp_path, tmp_path / "broken.jsonl").exit_code == 2
    assert (tmp_path / "all" / "results.jsonl").read_bytes() == before
    assert {path.name for path in (tmp_path / "all").iterdir()} == REPORTS


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    write_blocks([block("debian-12-x86_64")], path)
    output = ("--output", str(path / "all"))
    said = CliRunner().invoke(main, ["report", "merge", str(path), *output])
    assert said.exit_code == 2
    assert said.output == f"error: {path / 'all'}: Not a directory\n"


def test_result_lines_are_printed_for_machines(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    write_blocks([block("debian-12-x86_64")], path)
    said = merge_files(tmp_path, path, more=["--json"])
    assert said.stdout.encode() == path.read_bytes()
    assert [json.loads(line)["line"] for line in said.stdout.splitlines()] == [
        "header",
        "case",
        "footer",
    ]


def forged(tmp_path: Path, forge: object, *more: str) -> str:
    """Return the refusal of a file in which something was changed, footer and all."""
    path = tmp_path / "forged.jsonl"
    write_blocks([block("debian-12-s390x")], path)
    assert callable(forge)
    before = path.read_text()
    path.write_text(forge(before))
    assert path.read_text() != before
    return refused(merge_files(tmp_path, path, more=more), tmp_path)


@pytest.mark.parametrize(
    ("then", "now", "reason"),
    [
        ('"answer":"any"', '"answer":"linux_s390x"', "line 2: {case}: verdict is fail"),
        (
            '"expected":"any"',
            '"expected":"linux"',
            "{case}: expected is any, not linux",
        ),
        ("/next-version", "/x", "no case is named 'installer.glibc.at-least/x'"),
        ("emulated", "native", "{case}: fidelity is emulated, not native"),
        ('"tool":"pip"', '"tool":"../pip"', "line 1: '../pip' is no tool"),
        ("debian-12-s390x", "my-cray", "line 1: no container of the catalogue"),
        (
            '"platform":"debian-12-s390x","fid',
            '"platform":"glibc-2.17","fid',
            "'glibc-2.17' is no platform that can be asked there",
        ),
        (
            '"rule":"installer.glibc.at-least"',
            '"rule":"installer.order.linux"',
            "{case}: rule is installer.glibc.at-least, not installer.order.linux",
        ),
        (
            '"answer":"any"}',
            '"answer":"any","deviation":"by-design","cause":"invented"}',
            "{case}: deviation is empty, not by-design",
        ),
        ('"answer":"any"}', '"answer":"any","draft":true}', "draft is empty, not True"),
    ],
)
def test_a_forged_line_is_refused_by_its_number(
    tmp_path: Path, then: str, now: str, reason: str
) -> None:
    line = forged(tmp_path, lambda text: text.replace(then, now))
    where = "installer.glibc.at-least/next-version on debian-12-s390x"
    assert line.startswith(f"error: {tmp_path}/forged.jsonl: line ")
    assert reason.replace("{case}", where) in line


def test_causes_of_an_unknown_tool_need_its_adapter(tmp_path: Path) -> None:
    line = forged(
        tmp_path,
        lambda text: text.replace('"tool":"pip"', '"tool":"mine"').replace(
            '"answer":"any"}', '"answer":"any","deviation":"by-design","cause":"x"}'
        ),
    )
    assert "line 2: mine has no causes on file; name its adapter with --tool" in line


def part(number: int, *platforms: str, scope: str = "one run") -> list[Block]:
    """Return what part ``number`` of 2 wrote: its blocks, and that it was run."""
    shard = f"{number}/2 of {scope}"
    blocks = [*map(block, platforms), Block(HEADER, ())]
    return [
        Block(
            msgspec.structs.replace(each.header, shard=shard),
            each.results,
            each.not_run,
        )
        for each in blocks
    ]


def test_all_parts_of_a_run_make_the_whole(tmp_path: Path) -> None:
    places = ("debian-12-s390x", "debian-12-x86_64")
    said = merge(tmp_path, part(2, places[1]), part(1, places[0]))
    assert said.exit_code == 0, said.output
    assert blocks_of(tmp_path) == [block(place) for place in places]


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    line = refused(merge(tmp_path, part(2, "debian-12-s390x")), tmp_path)
    assert line.endswith("pip 26.3 as installer is not whole: part 1 of 2 is missing")


def test_parts_of_two_runs_are_no_whole(tmp_path: Path) -> None:
    parts = part(1, "debian-12-s390x"), part(2, "debian-12-x86_64", scope="another")
    assert "part 2 of 2 is missing" in refused(merge(tmp_path, *parts), tmp_path)
