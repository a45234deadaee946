"""Adapters and cases of build environments: what cannot be meant is refused."""

import json
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.cli.adapter_check import check_adapter
from manylinux_conformance.errors import InputError
from manylinux_conformance.loader.loader_check import loader_unavailable_reason
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.suite.cases import Asked, Build, CaseFile, Selector
from manylinux_conformance.suite.lint_cases import lint_cases
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.suite.placeholders import selected
from manylinux_conformance.tools.adapters import Builder, read_adapter
from manylinux_fixtures.elf.description import Elf
from manylinux_fixtures.elf.writer import write_elf
from manylinux_spec.input_files import read_toml

COMPILER = Path(__file__).parents[1] / "fake_tools" / "compiler.py"
LEAST = 'name = "x"\nroles = ["builder"]\n[builder]\nc = ["x"]\n'
SUITE = load_suite()
SOUND = Build(
    rule="builder.level.kept",
    name="plain",
    ask=Asked.LEVEL,
    probe="extension.c",
    expect=("kept",),
)


def read(folder: Path, text: str) -> Builder:
    path = folder / "mine.toml"
    path.write_text(text)
    builder = read_adapter(path).builder
    assert builder is not None
    return builder


def test_one_compiler_is_enough(tmp_path: Path) -> None:
    builder = read(tmp_path, LEAST)
    assert (builder.c, builder.cxx, builder.targets) == (("x",), (), {})
    assert not builder.cross


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (LEAST.replace("[builder]\nc", "[auditor]\nlines"), "needs a table .builder."),
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
        (LEAST + 'fortran = ["x"]\n', "unknown field `fortran`"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(
    text: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "mine.toml: "))
    assert "\n" not in str(caught.value)


def test_commands_with_a_dot_start_at_the_adapters_folder(tmp_path: Path) -> None:
    text = LEAST.replace('"x"]', '"./x"]') + 'cxx = ["./y"]\nback_end = ["../z"]\n'
    builder = read(tmp_path, text)
    assert builder.c == (f"{tmp_path}/x",)
    assert builder.cxx == (f"{tmp_path}/y",)
    assert builder.back_end == (f"{tmp_path.parent}/z",)


def messages(*cases: Build) -> list[str]:
    findings = lint_cases(cases, SUITE.rules, SUITE.platforms)
    return [str(finding) for finding in findings]


def test_every_question_of_the_suite_is_sound() -> None:
    assert messages(*SUITE.builds) == []
    assert {build.ask for build in SUITE.builds} == set(Asked)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"rule": "tag.form"}, "a rule that does not bind one"),
        ({"rule": "builder.level.lost"}, "there is no rule 'builder.level.lost'"),
        ({"probe": "gone.c"}, "there is no probe 'gone.c'"),
        ({"platform": Selector(arch=("vax",))}, "selects no platform"),
        ({"twin": "nobody"}, "its twin 'nobody' does not exist"),
    ],
)
def test_a_broken_question_is_reported(
    fields: dict[str, object], complaint: str
) -> None:
    [message] = messages(msgspec.structs.replace(SOUND, **fields))
    assert complaint in message


def test_an_unknown_kind_of_question_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.toml"
    path.write_text(
        '[[build]]\nrule = "a.b"\nname = "c"\nask = "nicely"\nexpect = ["x"]\n'
    )
    with pytest.raises(InputError, match="Invalid enum value 'nicely'"):
        read_toml(path, CaseFile)


def platform(arch: str, minor: int) -> Platform:
    known = next(one for one in SUITE.platforms if one.arch == arch)
    return msgspec.structs.replace(known, glibc=f"2.{minor}", major=2, minor=minor)


@pytest.mark.parametrize("minor", [17, 25, 28, 36, 38, 42])
def test_each_release_is_asked_one_of_two_twins(minor: int) -> None:
    from_two_sides = [build for build in SUITE.builds if build.platform.below]
    for build in from_two_sides:
        twins = [build, next(b for b in SUITE.builds if b.name == build.twin)]
        where = platform("x86_64", minor)
        assert [selected(twin, where) for twin in twins].count(True) == 1


@pytest.mark.skipif(
    bool(loader_unavailable_reason("x86_64")),
    reason=loader_unavailable_reason("x86_64"),
)
@pytest.mark.parametrize(
    ("way", "complaints"),
    [
        ("copy", []),
        ("nothing", ["smoke/c on {tag}: the compiler succeeded and wrote nothing"]),
        ("refuse-all", ["smoke/c on {tag}: compiles nothing: x.c:1:1: error: cannot"]),
        ("unlicensed", ["{tag}: its compiler does not start: error: wants a licence"]),
    ],
)
def test_an_adapter_is_checked_by_compiling_something_plain(
    way: str, complaints: list[str], tmp_path: Path
) -> None:
    material = tmp_path / "material.so"
    material.write_bytes(write_elf(Elf(arch="x86_64", imports=())))
    command = json.dumps(["{python}", str(COMPILER), way, str(material)])
    targets = 'targets = { manylinux_2_17_x86_64 = "old" }\n'
    path = tmp_path / "mine.toml"
    path.write_text(LEAST.replace('["x"]', command) + targets)
    found = check_adapter(path, tmp_path / "cache", tmp_path / "runs")
    assert len(found) == len(complaints)
    for finding, complaint in zip(found, complaints, strict=True):
        said = complaint.format(tag="manylinux_2_17_x86_64")
        assert finding.message.startswith(f"x: {said}")
