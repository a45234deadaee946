"""Asking a build environment: what comes out is believed only as far as it is seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from manylinux_conformance.loader.loader_check import loader_unavailable_reason
from manylinux_conformance.questions.build import Asked, Build
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_fixtures.elf.description import Elf, FileType
from manylinux_fixtures.elf.writer import write_elf
from tests.builders import ABOVE, CLAIM, WITHIN, build

pytestmark = pytest.mark.skipif(
    bool(loader_unavailable_reason("x86_64")),
    reason=loader_unavailable_reason("x86_64"),
)

Make = Callable[..., ProvidedTool]
Ask = Callable[..., list[Result]]


def answers(results: Sequence[Result]) -> list[tuple[str, str, str]]:
    return [(each.verdict.value, each.answer, each.reason) for each in results]


def test_a_file_within_the_level_keeps_it(fake_builder: Make, ask_builder: Ask) -> None:
    [result] = ask_builder(fake_builder("copy"), build())
    assert (result.verdict, result.answer) == (Verdict.PASS, "kept")
    assert (result.case, result.platform) == ("builder.level.kept/plain", CLAIM)


def test_a_file_above_the_level_breaks_it_in_the_words_of_both_witnesses(
    fake_builder: Make, ask_builder: Ask
) -> None:
    [result] = ask_builder(fake_builder("copy", ABOVE), build())
    assert (result.verdict, result.answer) == (Verdict.FAIL, "broken")
    assert "needs GLIBC_2.29 of libm.so.6" in result.reason
    assert "version not found: GLIBC_2.29 (libm.so.6)" in result.reason


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("nothing", "the compiler succeeded and wrote nothing"),
        ("elsewhere", "the compiler succeeded and wrote nothing"),
        ("folder", "the compiler succeeded and wrote something else than a file"),
        ("link", "the compiler succeeded and wrote something else than a file"),
        ("huge", "the compiler succeeded and wrote more than 67108864 bytes"),
        ("crash", "was ended by SIGSEGV"),
        ("refuse-all", "compiles nothing: x.c:1:1: error: cannot be made"),
    ],
)
def test_a_broken_compiler_is_an_error_and_no_answer(
    way: str, reason: str, fake_builder: Make, ask_builder: Ask
) -> None:
    assert answers(ask_builder(fake_builder(way), build())) == [("error", "", reason)]


def test_an_unreadable_file_is_an_error(fake_builder: Make, ask_builder: Ask) -> None:
    [result] = ask_builder(fake_builder("garbage"), build())
    assert result.verdict is Verdict.ERROR
    assert result.reason.startswith("extension.so is not an ELF file that can be read")


def test_a_refusal_is_believed_if_something_else_compiles(
    fake_builder: Make, ask_builder: Ask
) -> None:
    flags = ("-DHEADER=<stdlib.h>", "-DFUNCTION=arc4random")
    newer = build(probe="newer.c", flags=flags, expect=("refused",))
    [result] = ask_builder(fake_builder("refuse-newer"), newer)
    assert (result.verdict, result.answer) == (Verdict.PASS, "refused")
    assert result.reason == "... error: arc4random is unknown"


def test_only_some_targets_are_asked_about_cxx(
    fake_builder: Make, ask_builder: Ask
) -> None:
    tool = fake_builder("copy", more='cxx_targets = ["manylinux_2_28_*"]')
    asked, unasked = ask_builder(tool, build(), build("c++", probe="runtime.cpp"))
    assert asked.verdict is Verdict.PASS
    assert unasked.verdict is Verdict.NOT_ASKED
    assert unasked.reason == "C++ is asked for other targets of this tool"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (b"..<instructions:x86-64>..", ("pass", "x86-64", "")),
        (b"..<instructions:x86-64-v3>..", ("fail", "x86-64-v3", "")),
        (b"..<instructions:>..", ("error", "", "the probe's string is gone")),
    ],
)
def test_the_instruction_set_is_read_from_the_probes_string(
    text: bytes,
    answer: tuple[str, str, str],
    fake_builder: Make,
    ask_builder: Ask,
    tmp_path: Path,
) -> None:
    tool = fake_builder("copy")
    (tmp_path / "material.so").write_bytes(text)
    probe = build(ask=Asked.INSTRUCTIONS, probe="instructions.c", expect=("x86-64",))
    assert answers(ask_builder(tool, probe)) == [answer]


def inside(asked: Asked, *expect: str) -> Build:
    return build(ask=asked, probe="", expect=expect)


def test_commands_inside_name_their_machine(
    fake_builder: Make, ask_builder: Ask
) -> None:
    found = ask_builder(
        fake_builder("copy"),
        inside(Asked.MACHINE, "{arch}"),
        Build(
            rule="builder.machine.name",
            name="sysconfig",
            ask=Asked.PLATFORM,
            expect=("linux-{arch}",),
        ),
    )
    assert answers(found) == [("pass", "x86_64", ""), ("pass", "linux-x86_64", "")]


@pytest.mark.parametrize(
    ("needed", "answer"),
    [
        (("libpython3.9.so.1.0", "libc.so.6"), "python3.9: libpython3.9.so.1.0"),
        (("libc.so.6", "libpthon.so.0"), "none"),
        (("libc.so.6",), "none"),
    ],
)
def test_interpreters_that_need_libpython_are_named(
    needed: tuple[str, ...],
    answer: str,
    fake_builder: Make,
    ask_builder: Ask,
    tmp_path: Path,
) -> None:
    python = tmp_path / "opt" / "python3.9"
    python.parent.mkdir()
    elf = Elf(arch="x86_64", type=FileType.EXECUTABLE, needed=needed)
    python.write_bytes(write_elf(elf))
    python.chmod(0o755)
    script = python.with_name("python3.10")
    script.write_text("#!/bin/sh\nexit 1\n")
    script.chmod(0o755)
    tool = fake_builder("copy", more=f'interpreters = ["{tmp_path}/opt/python3*"]')
    [result] = ask_builder(tool, inside(Asked.INTERPRETERS, "none"))
    assert result.answer == answer


def test_an_interpreter_that_cannot_be_started_is_an_error(
    fake_builder: Make, ask_builder: Ask, tmp_path: Path
) -> None:
    (tmp_path / "python3").write_bytes(b"")
    tool = fake_builder("copy", more=f'interpreters = ["{tmp_path}/python3"]')
    [result] = ask_builder(tool, inside(Asked.INTERPRETERS, "none"))
    assert result.verdict is Verdict.ERROR
    assert result.reason == "cannot be started: python3: Permission denied"


BACK_END = """
import sys, zipfile
out, *entries = sys.argv[1:]
for entry in entries:
    name, _, member = entry.partition("=")
    with zipfile.ZipFile(f"{out}/{name}", "w") as wheel:
        wheel.writestr("code.py", "")
        if member:
            wheel.write(member, "pkg/ext.so")
"""


@pytest.fixture
def back_end(fake_builder: Make) -> Make:
    """Return a function that provides a back end which writes some wheels."""

    def make(*entries: str, elf: Elf = WITHIN) -> ProvidedTool:
        command = ["{python}", "back_end.py", "{out}", *entries]
        files = json.dumps(BACK_END)
        more = (
            f'back_end = {json.dumps(command)}\nfiles = {{ "back_end.py" = {files} }}'
        )
        return fake_builder(elf=elf, more=more)

    return make


def test_a_wheel_shows_its_tag_and_its_level(
    back_end: Make, ask_builder: Ask, tmp_path: Path
) -> None:
    tool = back_end(f"p-1-cp311-cp311-linux_x86_64.whl={tmp_path}/material.so")
    tag = inside(Asked.WHEEL_TAG, "linux_{arch}")
    found = ask_builder(tool, tag, build("wheel", ask=Asked.WHEEL_LEVEL, probe=""))
    assert answers(found) == [("pass", "linux_x86_64", ""), ("pass", "kept", "")]


def test_a_wheel_whose_code_is_above_the_level_breaks_it(
    back_end: Make, ask_builder: Ask, tmp_path: Path
) -> None:
    name = "p-1-py3-none-manylinux_2_36_x86_64.whl"
    tool = back_end(f"{name}={tmp_path}/material.so", elf=ABOVE)
    tag = inside(Asked.WHEEL_TAG, "linux_{arch}")
    found = ask_builder(tool, tag, build("wheel", ask=Asked.WHEEL_LEVEL, probe=""))
    assert [each.answer for each in found] == ["manylinux_2_36_x86_64", "broken"]
    assert [each.verdict for each in found] == [Verdict.FAIL, Verdict.FAIL]


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ((), "succeeded and made no wheels"),
        (
            ("a-1-py3-none-any.whl", "b-1-py3-none-any.whl"),
            "succeeded and made 2 wheels",
        ),
        (("/nowhere/x.whl",), "made no wheel: "),
        (("a-1-py3-none-any.whl",), "made a wheel without compiled code"),
    ],
)
def test_a_back_end_that_makes_no_wheel_of_the_code_is_an_error(
    entries: tuple[str, ...], reason: str, back_end: Make, ask_builder: Ask
) -> None:
    [result] = ask_builder(back_end(*entries), inside(Asked.WHEEL_LEVEL, "kept"))
    assert result.verdict is Verdict.ERROR
    assert result.reason.startswith(reason)


def test_a_wheel_that_is_no_archive_is_an_error(
    fake_builder: Make, ask_builder: Ask
) -> None:
    program = "import sys; open(sys.argv[1] + '/a-1-py3-none-any.whl', 'w').write('x')"
    command = json.dumps(["{python}", "-c", program, "{out}"])
    tool = fake_builder(more=f"back_end = {command}")
    [result] = ask_builder(tool, inside(Asked.WHEEL_LEVEL, "kept"))
    assert result.verdict is Verdict.ERROR
    assert (
        result.reason == "made a wheel that cannot be unpacked: File is not a zip file"
    )


def test_a_back_end_that_crashes_is_an_error(
    fake_builder: Make, ask_builder: Ask
) -> None:
    program = "import os; os.kill(os.getpid(), 9)"
    tool = fake_builder(more=f"back_end = {json.dumps(['{python}', '-c', program])}")
    [result] = ask_builder(tool, inside(Asked.WHEEL_TAG, "linux_{arch}"))
    assert answers([result]) == [("error", "", "was ended by SIGKILL")]


@pytest.mark.parametrize(
    ("more", "asked", "reason"),
    [
        ("back_end = ['x']", Asked.LEVEL, "has no compiler for this"),
        ("back_end = ['x']", Asked.MACHINE, "is a build back end and no environment"),
        ("c = ['true']", Asked.WHEEL_TAG, "is no build back end"),
        ("c = ['true']", Asked.INTERPRETERS, "brings no interpreters"),
        ("c = ['true']\ncross = true", Asked.MACHINE, "nothing runs on its target"),
    ],
)
def test_what_a_tool_does_not_do_it_declines(
    more: str, asked: Asked, reason: str, fake_builder: Make, ask_builder: Ask
) -> None:
    [result] = ask_builder(fake_builder(more=more), inside(asked, "anything"))
    assert answers([result]) == [("declined", "", reason)]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 0", "its interpreter says nothing"),
        ("kill -KILL $$", "was ended by SIGKILL"),
    ],
)
def test_an_interpreter_that_does_not_answer_is_an_error(
    script: str, reason: str, fake_builder: Make, ask_builder: Ask, tmp_path: Path
) -> None:
    tool = fake_builder(more="c = ['true']")
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    mute = replace(tool, interpreter=replace(tool.interpreter, path=path))
    found = ask_builder(mute, inside(Asked.MACHINE, "x86_64"))
    assert answers(found) == [("error", "", reason)]


def test_nothing_is_written_where_a_compiler_puts_a_link(
    fake_builder: Make, ask_builder: Ask, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    tool = fake_builder("link-folder")
    other.mkdir()
    (tmp_path / "material.so").unlink()
    (tmp_path / "material.so").symlink_to(other)
    [result] = ask_builder(tool, build())
    assert answers([result]) == [("error", "", "put a link on the way to control")]
    assert list(other.iterdir()) == []


def test_a_compiler_that_takes_the_next_questions_place_ends_no_run(
    fake_builder: Make, ask_builder: Ask
) -> None:
    results = ask_builder(fake_builder("take-place"), build(), build("next"))
    assert answers(results) == [
        ("pass", "kept", ""),
        ("error", "", "left no place for next"),
    ]
