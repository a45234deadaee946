"""The role builder: what is asked of each target, and which targets are not run."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import platformdirs
import pytest
from manylinux_conformance.asking.plan import Plan
from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.errors import InputError
from manylinux_conformance.loader.loader_check import loader_unavailable_reason
from manylinux_conformance.questions.build import Build
from manylinux_conformance.results.lines import NotRun, Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.roles.builder import (
    MOST_TIMEOUTS,
    Builder,
    BuilderRole,
    TargetBatch,
)
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.suite.filters import Wanted
from manylinux_conformance.suite.load import Suite, load_suite, narrowed
from tests.builders import (
    CLAIM,
    adapter_text,
    build,
    provided,
    table_of,
    write_adapter,
)

needs_x86_64 = pytest.mark.skipif(
    bool(loader_unavailable_reason("x86_64")),
    reason=loader_unavailable_reason("x86_64"),
)
LEAST = 'c = ["x"]\n'

Make = Callable[..., ProvidedTool]
Ask = Callable[..., list[Result]]


@pytest.fixture
def resources(tmp_path: Path, session_cache: Path) -> Resources:
    return Resources(tmp_path / "asked", session_cache, ProbeCache(tmp_path / "probes"))


def suite(*builds: Build) -> Suite:
    return replace(load_suite(), cases=builds)


def plan(tool: ProvidedTool, asked: Suite, resources: Resources) -> Plan[TargetBatch]:
    return BuilderRole().plan(asked, tool, table_of(tool, Builder), (), resources)


def answers(results: Sequence[Result]) -> list[tuple[str, str, str]]:
    return [(each.verdict.value, each.answer, each.reason) for each in results]


def read(folder: Path, table: str, more: str = "") -> Builder:
    text = adapter_text(Role.BUILDER, table, more=more)
    return write_adapter(folder, text).table(Builder)


def test_one_compiler_is_enough(tmp_path: Path) -> None:
    builder = read(tmp_path, LEAST)
    assert (builder.c, builder.cxx, builder.targets) == (("x",), (), {})
    assert not builder.cross


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (LEAST.replace('["x"]', '["{wheel}"]'), r"unknown placeholder \{wheel\}"),
        (LEAST + 'cxx = ["{links}"]\n', r"unknown placeholder \{links\}"),
        (LEAST + 'back_end = ["{index}"]\n', r"unknown placeholder \{index\}"),
        (LEAST + 'variables = { A = "{b}" }\n', r"unknown placeholder \{b\}"),
        (LEAST + 'files = { "../a" = "" }\n', "matching regex"),
        (LEAST + 'files = { "a/b" = "" }\n', "matching regex"),
        (LEAST + 'targets = { "manylinux2014_x86_64" = "" }\n', "matching regex"),
        (LEAST + 'targets = { "../manylinux_2_17_x" = "" }\n', "matching regex"),
        (LEAST + "cross = 1\n", "Expected `bool`"),
        (LEAST + "seconds = 0\n", ">= 1"),
        (LEAST + 'fortran = ["x"]\n', "unknown key 'fortran' in builder"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused_in_one_line(
    text: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "fake.toml: "))
    assert "\n" not in str(caught.value)


def test_a_builder_needs_its_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"needs a table \[builder\]"):
        write_adapter(tmp_path, 'name = "x"\nroles = ["builder"]\n')


def test_an_image_promises_no_targets(tmp_path: Path) -> None:
    image = '[provide]\nimage = "manylinux2014-*"\n'
    assert read(tmp_path, LEAST, image).targets == {}
    targets = f'targets = {{ {CLAIM} = "old" }}\n'
    with pytest.raises(InputError, match="an image promises its own glibc"):
        read(tmp_path, LEAST + targets, image)


@needs_x86_64
def test_a_compiler_that_hangs_is_left_after_a_few_time_outs(
    fake_builder: Make, ask_builder: Ask
) -> None:
    tool = fake_builder("hang", more="seconds = 1")
    builds = [build(f"number-{number}") for number in range(MOST_TIMEOUTS + 1)]
    found = answers(ask_builder(tool, *builds))
    hung = ("timeout", "", "was still running at its time limit")
    assert found == [hung] * MOST_TIMEOUTS + [
        ("error", "", "not asked after 3 timeouts")
    ]


@needs_x86_64
@pytest.mark.parametrize(
    ("way", "more", "reason"),
    [
        ("unlicensed", "", "its compiler does not start: error: wants a licence"),
        ("copy", 'interpreters = ["/nowhere/*"]', "has no interpreter /nowhere/*"),
        ("", 'c = ["/nowhere/cc"]', "cannot be started: cc: No such file or directory"),
    ],
)
def test_a_target_is_not_run_without_what_the_adapter_names(
    way: str, more: str, reason: str, fake_builder: Make, resources: Resources
) -> None:
    found = plan(fake_builder(way, more=more), suite(build()), resources)
    assert found == Plan((), (NotRun(platforms=(CLAIM,), reason=reason),))


@needs_x86_64
def test_a_record_of_looking_and_of_asking_is_kept_and_nothing_else(
    fake_builder: Make, ask_builder: Ask, tmp_path: Path
) -> None:
    ask_builder(fake_builder("copy"), build(), build("again"))
    folder = tmp_path / "asked"
    left = [path for path in folder.rglob("*") if path.is_file()]
    looked, asked = folder / "look" / f"{CLAIM}.jsonl", folder / f"{CLAIM}.jsonl"
    assert sorted(left) == sorted((looked, asked))
    assert [command[-1] for command in commands(looked)] == ["--version"] * 2
    assert all("extension.c" in " ".join(each) for each in commands(asked))
    assert len(commands(asked)) == 2


def commands(record: Path) -> list[list[str]]:
    lines = record.read_text().splitlines()
    return [json.loads(line)["command"] for line in lines]


@needs_x86_64
def test_a_run_may_be_narrowed_to_an_architecture(
    fake_builder: Make, resources: Resources
) -> None:
    few = narrowed(load_suite(), Wanted(platforms=("s390x",), rules=("builder.*",)))
    assert any(isinstance(case, Build) for case in few.cases)
    assert plan(fake_builder("copy"), few, resources) == Plan(())


@needs_x86_64
def test_a_real_compiler_that_promises_too_much_is_caught(
    tmp_path: Path, ask_builder: Ask
) -> None:
    """zig as a compiler of a system with glibc 2.36, whose adapter promises 2.17."""
    kept = platformdirs.user_cache_path("manylinux-conformance") / "builders"
    zig = find_spec("ziglang")
    assert zig is not None
    assert zig.origin is not None
    packages = Path(zig.origin).parents[1]
    table = (
        'c = ["{python}", "-m", "ziglang", "cc", "-target", "{target}"]\n'
        "seconds = 600\n[builder.variables]\n"
        f'ZIG_GLOBAL_CACHE_DIR = "{kept}"\nPYTHONPATH = "{packages}"\n'
        '[builder.targets]\nmanylinux_2_17_x86_64 = "x86_64-linux-gnu.2.36"\n'
        'manylinux_2_36_x86_64 = "x86_64-linux-gnu.2.36"\n'
    )
    adapter = write_adapter(tmp_path, adapter_text(Role.BUILDER, table, name="liar"))
    tool = provided(adapter, tmp_path / "cache")
    old, new = ask_builder(tool, build(flags=("-lm", "-pthread")))
    assert (old.verdict, old.answer) == (Verdict.FAIL, "broken")
    assert "GLIBC_2." in old.reason
    assert (new.verdict, new.answer) == (Verdict.PASS, "kept")
