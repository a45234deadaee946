"""Asking a build environment: what comes out is believed only as far as it is seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import platformdirs
import pytest
from manylinux_conformance.asking.builder import MOST_TIMEOUTS, ask_builder
from manylinux_conformance.loader.loader_check import loader_unavailable_reason
from manylinux_conformance.results.lines import NotRun, Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.sandbox.provide import ProvidedTool, provide
from manylinux_conformance.suite.cases import Asked, Build
from manylinux_conformance.suite.filters import Wanted
from manylinux_conformance.suite.load import Suite, load_suite, narrowed
from manylinux_conformance.tools.adapters import read_adapter
from manylinux_fixtures.elf.description import Elf, FileType
from manylinux_fixtures.elf.writer import write_elf

pytestmark = pytest.mark.skipif(
    bool(loader_unavailable_reason("x86_64")),
    reason=loader_unavailable_reason("x86_64"),
)

COMPILER = Path(__file__).parents[1] / "fake_tools" / "compiler.py"
TAG = "manylinux_2_17_x86_64"
WITHIN = Elf(arch="x86_64", imports=("memcpy@GLIBC_2.14 from libc.so.6",))
ABOVE = Elf(arch="x86_64", imports=("pow@GLIBC_2.29 from libm.so.6",))

Make = Callable[..., ProvidedTool]
Ask = Callable[..., list[Result]]
Watched = tuple[list[Result], tuple[NotRun, ...], list[tuple[int, int]]]
Watch = Callable[..., Watched]


def level(name: str = "plain", **more: object) -> Build:
    fields = {"probe": "extension.c", "expect": ("kept",), "ask": Asked.LEVEL, **more}
    return Build(rule="builder.level.kept", name=name, **fields)  # type: ignore[arg-type]


def suite(*builds: Build) -> Suite:
    return replace(load_suite(), builds=builds)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("builders")


@pytest.fixture
def builder(tmp_path: Path) -> Make:
    """Return a function that provides the made-up compiler behaving in one way."""

    def make(way: str = "", elf: Elf = WITHIN, more: str = "") -> ProvidedTool:
        material = tmp_path / "material.so"
        material.write_bytes(write_elf(elf))
        command = ["{python}", str(COMPILER), way, str(material)]
        compilers = f"c = {json.dumps(command)}\ncxx = {json.dumps(command)}\n"
        path = tmp_path / "fake.toml"
        path.write_text(
            'name = "fake"\nroles = ["builder"]\n[builder]\n'
            f"{compilers if way else ''}{more}\n"
            f'[builder.targets]\n{TAG} = "the-target"\n'
        )
        tool = provide(read_adapter(path), "", tmp_path / "cache")
        assert isinstance(tool, ProvidedTool)
        return tool

    return make


@pytest.fixture
def ask(tmp_path: Path, cache: Path) -> Ask:
    """Return a function that asks a tool and expects every target to be run."""

    def ask(tool: ProvidedTool, *builds: Build) -> list[Result]:
        results, missing = ask_builder(tool, suite(*builds), tmp_path / "asked", cache)
        assert missing == ()
        return results

    return ask


@pytest.fixture
def watch(tmp_path: Path, cache: Path) -> Watch:
    """Return a function that asks a tool and keeps what progress was told."""

    def watch(tool: ProvidedTool, *builds: Build) -> Watched:
        told: list[tuple[int, int]] = []
        results, missing = ask_builder(
            tool,
            suite(*builds),
            tmp_path / "asked",
            cache,
            lambda done, total: told.append((done, total)),
        )
        return results, missing, told

    return watch


def answers(results: Sequence[Result]) -> list[tuple[str, str, str]]:
    return [(each.verdict.value, each.answer, each.reason) for each in results]


def test_a_file_within_the_level_keeps_it(builder: Make, ask: Ask) -> None:
    [result] = ask(builder("copy"), level())
    assert (result.verdict, result.answer) == (Verdict.PASS, "kept")
    assert (result.case, result.platform) == ("builder.level.kept/plain", TAG)


def test_a_file_above_the_level_breaks_it_in_the_words_of_both_witnesses(
    builder: Make, ask: Ask
) -> None:
    [result] = ask(builder("copy", ABOVE), level())
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
    way: str, reason: str, builder: Make, ask: Ask
) -> None:
    assert answers(ask(builder(way), level())) == [("error", "", reason)]


def test_an_unreadable_file_is_an_error(builder: Make, ask: Ask) -> None:
    [result] = ask(builder("garbage"), level())
    assert result.verdict is Verdict.ERROR
    assert result.reason.startswith("extension.so is no ELF file that can be read")


def test_a_refusal_is_believed_if_something_else_compiles(
    builder: Make, ask: Ask
) -> None:
    flags = ("-DHEADER=<stdlib.h>", "-DFUNCTION=arc4random")
    newer = level(probe="newer.c", flags=flags, expect=("refused",))
    [result] = ask(builder("refuse-newer"), newer)
    assert (result.verdict, result.answer) == (Verdict.PASS, "refused")
    assert result.reason == "... error: arc4random is unknown"


def test_a_compiler_that_hangs_is_left_after_a_few_time_outs(
    builder: Make, ask: Ask
) -> None:
    tool = builder("hang", more="seconds = 1")
    builds = [level(f"number-{number}") for number in range(MOST_TIMEOUTS + 1)]
    found = answers(ask(tool, *builds))
    hung = ("timeout", "", "was still running at its time limit")
    assert found == [hung] * MOST_TIMEOUTS + [
        ("error", "", "not asked after 3 time-outs")
    ]


@pytest.mark.parametrize(
    ("way", "more", "reason"),
    [
        ("unlicensed", "", "its compiler does not start: error: wants a licence"),
        ("copy", 'interpreters = ["/nowhere/*"]', "has no interpreter /nowhere/*"),
        ("", 'c = ["/nowhere/cc"]', "cannot be started: cc: No such file or directory"),
    ],
)
def test_a_target_is_not_run_without_what_the_adapter_names(
    way: str, more: str, reason: str, builder: Make, watch: Watch
) -> None:
    results, missing, told = watch(builder(way, more=more), level())
    assert (results, missing) == ([], (NotRun(platforms=(TAG,), reason=reason),))
    assert told == []


def test_progress_goes_question_by_question_and_a_record_is_kept(
    builder: Make, watch: Watch, tmp_path: Path
) -> None:
    _, _, told = watch(builder("copy"), level(), level("again"))
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert [path.name for path in (tmp_path / "asked").iterdir()] == [f"{TAG}.jsonl"]
    record = (tmp_path / "asked" / f"{TAG}.jsonl").read_text().splitlines()
    commands = [json.loads(line)["command"] for line in record]
    assert [command[-1] for command in commands[:2]] == ["--version", "--version"]
    assert all("extension.c" in " ".join(command) for command in commands[2:])


def test_only_some_targets_are_asked_about_cxx(builder: Make, ask: Ask) -> None:
    tool = builder("copy", more='cxx_targets = ["manylinux_2_28_*"]')
    asked, unasked = ask(tool, level(), level("c++", probe="runtime.cpp"))
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
    text: bytes, answer: tuple[str, str, str], builder: Make, ask: Ask, tmp_path: Path
) -> None:
    tool = builder("copy")
    (tmp_path / "material.so").write_bytes(text)
    probe = level(ask=Asked.INSTRUCTIONS, probe="instructions.c", expect=("x86-64",))
    assert answers(ask(tool, probe)) == [answer]


def inside(asked: Asked, *expect: str) -> Build:
    return level(ask=asked, probe="", expect=expect)


def test_commands_inside_name_their_machine(builder: Make, ask: Ask) -> None:
    found = ask(
        builder("copy"),
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
    needed: tuple[str, ...], answer: str, builder: Make, ask: Ask, tmp_path: Path
) -> None:
    python = tmp_path / "opt" / "python3.9"
    python.parent.mkdir()
    elf = Elf(arch="x86_64", type=FileType.EXECUTABLE, needed=needed)
    python.write_bytes(write_elf(elf))
    python.chmod(0o755)
    script = python.with_name("python3.10")
    script.write_text("#!/bin/sh\nexit 1\n")
    script.chmod(0o755)
    tool = builder("copy", more=f'interpreters = ["{tmp_path}/opt/python3*"]')
    [result] = ask(tool, inside(Asked.INTERPRETERS, "none"))
    assert result.answer == answer


def test_an_interpreter_that_cannot_be_started_is_an_error(
    builder: Make, ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "python3").write_bytes(b"")
    tool = builder("copy", more=f'interpreters = ["{tmp_path}/python3"]')
    [result] = ask(tool, inside(Asked.INTERPRETERS, "none"))
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
def back_end(builder: Make) -> Make:
    """Return a function that provides a back end which writes some wheels."""

    def make(*entries: str, elf: Elf = WITHIN) -> ProvidedTool:
        command = ["{python}", "back_end.py", "{out}", *entries]
        files = json.dumps(BACK_END)
        more = (
            f'back_end = {json.dumps(command)}\nfiles = {{ "back_end.py" = {files} }}'
        )
        return builder(elf=elf, more=more)

    return make


def test_a_wheel_shows_its_tag_and_its_level(
    back_end: Make, ask: Ask, tmp_path: Path
) -> None:
    tool = back_end(f"p-1-cp311-cp311-linux_x86_64.whl={tmp_path}/material.so")
    tag = inside(Asked.WHEEL_TAG, "linux_{arch}")
    found = ask(tool, tag, level("wheel", ask=Asked.WHEEL_LEVEL, probe=""))
    assert answers(found) == [("pass", "linux_x86_64", ""), ("pass", "kept", "")]


def test_a_wheel_whose_code_is_above_the_level_breaks_it(
    back_end: Make, ask: Ask, tmp_path: Path
) -> None:
    name = "p-1-py3-none-manylinux_2_36_x86_64.whl"
    tool = back_end(f"{name}={tmp_path}/material.so", elf=ABOVE)
    tag = inside(Asked.WHEEL_TAG, "linux_{arch}")
    found = ask(tool, tag, level("wheel", ask=Asked.WHEEL_LEVEL, probe=""))
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
    entries: tuple[str, ...], reason: str, back_end: Make, ask: Ask
) -> None:
    [result] = ask(back_end(*entries), inside(Asked.WHEEL_LEVEL, "kept"))
    assert result.verdict is Verdict.ERROR
    assert result.reason.startswith(reason)


def test_a_wheel_that_is_no_archive_is_an_error(builder: Make, ask: Ask) -> None:
    program = "import sys; open(sys.argv[1] + '/a-1-py3-none-any.whl', 'w').write('x')"
    command = json.dumps(["{python}", "-c", program, "{out}"])
    tool = builder(more=f"back_end = {command}")
    [result] = ask(tool, inside(Asked.WHEEL_LEVEL, "kept"))
    assert result.verdict is Verdict.ERROR
    assert (
        result.reason == "made a wheel that cannot be unpacked: File is not a zip file"
    )


def test_a_back_end_that_crashes_is_an_error(builder: Make, ask: Ask) -> None:
    program = "import os; os.kill(os.getpid(), 9)"
    tool = builder(more=f"back_end = {json.dumps(['{python}', '-c', program])}")
    [result] = ask(tool, inside(Asked.WHEEL_TAG, "linux_{arch}"))
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
    more: str, asked: Asked, reason: str, builder: Make, ask: Ask
) -> None:
    [result] = ask(builder(more=more), inside(asked, "anything"))
    assert answers([result]) == [("declined", "", reason)]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 0", "its interpreter says nothing"),
        ("kill -KILL $$", "was ended by SIGKILL"),
    ],
)
def test_an_interpreter_that_does_not_answer_is_an_error(
    script: str, reason: str, builder: Make, ask: Ask, tmp_path: Path
) -> None:
    tool = builder(more="c = ['true']")
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    mute = replace(tool, interpreter=replace(tool.interpreter, path=path))
    found = ask(mute, inside(Asked.MACHINE, "x86_64"))
    assert answers(found) == [("error", "", reason)]


def test_a_run_may_be_narrowed_to_an_architecture(
    builder: Make, tmp_path: Path, cache: Path
) -> None:
    few = narrowed(load_suite(), Wanted(platform="s390x", rule="builder.*"))
    assert few.builds
    assert ask_builder(builder("copy"), few, tmp_path / "asked", cache) == ([], ())


def test_a_tool_of_another_role_builds_nothing(
    fake_installer: Make, tmp_path: Path, cache: Path
) -> None:
    with pytest.raises(ValueError, match="fake builds nothing"):
        ask_builder(fake_installer("any"), suite(), tmp_path / "asked", cache)


def test_a_real_compiler_that_promises_too_much_is_caught(
    tmp_path: Path, ask: Ask
) -> None:
    """zig as a compiler of a system with glibc 2.36, whose adapter promises 2.17."""
    kept = platformdirs.user_cache_path("manylinux-conformance") / "builders"
    zig = find_spec("ziglang")
    assert zig is not None
    assert zig.origin is not None
    packages = Path(zig.origin).parents[1]
    path = tmp_path / "liar.toml"
    path.write_text(
        'name = "liar"\nroles = ["builder"]\n[builder]\n'
        'c = ["{python}", "-m", "ziglang", "cc", "-target", "{target}"]\n'
        "seconds = 600\n[builder.variables]\n"
        f'ZIG_GLOBAL_CACHE_DIR = "{kept}"\nPYTHONPATH = "{packages}"\n'
        '[builder.targets]\nmanylinux_2_17_x86_64 = "x86_64-linux-gnu.2.36"\n'
        'manylinux_2_36_x86_64 = "x86_64-linux-gnu.2.36"\n'
    )
    tool = provide(read_adapter(path), "", tmp_path / "cache")
    assert isinstance(tool, ProvidedTool)
    old, new = ask(tool, level(flags=("-lm", "-pthread")))
    assert (old.verdict, old.answer) == (Verdict.FAIL, "broken")
    assert "GLIBC_2." in old.reason
    assert (new.verdict, new.answer) == (Verdict.PASS, "kept")


def test_nothing_is_written_where_a_compiler_puts_a_link(
    builder: Make, ask: Ask, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    tool = builder("link-folder")
    other.mkdir()
    (tmp_path / "material.so").unlink()
    (tmp_path / "material.so").symlink_to(other)
    [result] = ask(tool, level())
    assert answers([result]) == [("error", "", "put a link on the way to control")]
    assert list(other.iterdir()) == []


def test_a_compiler_that_takes_the_next_questions_place_ends_no_run(
    builder: Make, ask: Ask
) -> None:
    results = ask(builder("take-place"), level(), level("next"))
    assert answers(results) == [
        ("pass", "kept", ""),
        ("error", "", "left no place for next"),
    ]
