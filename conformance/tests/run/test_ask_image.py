"""Asking images as build environments: what is in them, and that they are found."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.files import SharedFiles
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError, InvariantError
from manylinux_conformance.loader.loader_check import (
    loader_check_for,
    loader_unavailable_reason,
)
from manylinux_conformance.platforms.catalogue import read_containers
from manylinux_conformance.questions.build import Asked, Build
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.run.asking import Asking
from manylinux_conformance.run.container import InContainer
from manylinux_conformance.run.pipeline import run
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.sandbox.provide import NotProvided, provide
from manylinux_conformance.suite.load import Suite, load_suite
from manylinux_conformance.tools.adapters import read_adapter
from manylinux_conformance.tools.selection import Tool
from manylinux_fixtures.elf.description import Elf
from manylinux_fixtures.elf.writer import write_elf

COMPILER = Path(__file__).parents[1] / "fake_tools" / "compiler.py"
SHIPPED = data_folder("tools") / "manylinux-image.toml"
SEEN = "import os, sys; sys.exit(repr([os.environ.get(n) for n in ('PATH', 'IN')]))"
LEVEL = Build(
    rule="builder.level.kept",
    name="plain",
    ask=Asked.LEVEL,
    probe="extension.c",
    expect=("kept",),
)
PLATFORM = Build(
    rule="builder.machine.name",
    name="sysconfig",
    ask=Asked.PLATFORM,
    expect=("linux-{arch}",),
)

MakeReady = Callable[..., ReadyContainer]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    work = tmp_path / "work"
    work.mkdir()
    return Settings(tmp_path / "cache", work, jobs=1, offline=True)


@pytest.fixture
def judged(made_up: MakeReady, settings: Settings) -> ReadyContainer:
    """Return a container whose level somebody can judge here."""
    ready = made_up()
    here = ready.container.platform()
    if reason := loader_unavailable_reason(here.arch):
        pytest.skip(reason)
    if not loader_check_for(
        here.arch, (here.major or 0, here.minor or 0), settings.cache
    ):
        pytest.skip(f"no sysroot of glibc {here.glibc} is known")
    return ready


def builder(folder: Path, compiler: Sequence[str], image: str = "here-*") -> Tool:
    """Return a builder that is in images of some names."""
    path = folder / "mine.toml"
    path.write_text(
        'name = "mine"\nroles = ["builder"]\n'
        f'[provide]\nimage = "{image}"\n[builder]\nc = {json.dumps(compiler)}\n'
    )
    return Tool(read_adapter(path), "", ())


def making(folder: Path, needed: str) -> Tool:
    """Return a builder that makes a file which needs one function."""
    elf = Elf(arch=platform.machine(), imports=(needed,))
    (folder / "mine").mkdir()
    material = folder / "mine" / "material.so"
    material.write_bytes(write_elf(elf))
    return builder(folder, ["{python}", str(COMPILER), "copy", str(material)])


def asked(
    ready: ReadyContainer, tool: Tool, settings: Settings, *builds: Build
) -> Block:
    role, probes = Role.BUILDER, ProbeCache(settings.work / "probes")
    place = InContainer(tool, role, settings, ready, settings.work / "runs", probes)
    suite = replace(load_suite(), cases=builds or (LEVEL,))
    asking = Asking(suite, tool, role, settings.cache, place)
    return asking.block(lambda *_, **__: None)


@pytest.mark.parametrize(
    ("needed", "verdict"),
    [
        ("getrandom@GLIBC_2.25 from libc.so.6", Verdict.PASS),
        ("getrandom@GLIBC_2.99 from libc.so.6", Verdict.FAIL),
    ],
)
def test_an_image_keeps_the_level_of_its_own_glibc_or_breaks_it(
    judged: ReadyContainer,
    tmp_path: Path,
    settings: Settings,
    needed: str,
    verdict: Verdict,
) -> None:
    block = asked(judged, making(tmp_path, needed), settings, LEVEL, PLATFORM)
    assert block.not_run == ()
    assert [each.verdict for each in block.results] == [verdict, Verdict.PASS]
    assert {each.platform for each in block.results} == {judged.container.name}
    assert block.header.platform == judged.container.name
    assert block.header.role is Role.BUILDER


def test_an_image_without_a_compiler_is_not_run(
    judged: ReadyContainer, tmp_path: Path, settings: Settings
) -> None:
    block = asked(judged, builder(tmp_path, ["no-such-compiler"]), settings)
    [missing] = block.not_run
    assert block.results == ()
    assert missing.platforms == (judged.container.name,)
    assert missing.reason.startswith("cannot be started: ")


def test_a_real_image_without_a_compiler_is_not_run(
    native: ReadyContainer, tmp_path: Path, settings: Settings
) -> None:
    block = asked(native, builder(tmp_path, ["gcc"], "debian-*"), settings)
    [missing] = block.not_run
    assert block.results == ()
    assert missing.platforms == (native.container.name,)
    assert "gcc" in missing.reason


@pytest.mark.usefixtures("judged")
def test_commands_run_as_the_image_says(
    made_up: MakeReady, tmp_path: Path, settings: Settings
) -> None:
    """The image's entry point comes first, and its search path is not replaced."""
    tool = builder(tmp_path, ["{python}", "-c", SEEN])
    [missing] = asked(made_up("entrypoint"), tool, settings).not_run
    assert missing.reason.endswith("[None, 'image']")


def blocks(suite: Suite, tool: Tool, settings: Settings) -> list[Block]:
    return list(run(suite, [tool], [Role.BUILDER], settings, lambda *_, **__: None))


@pytest.mark.usefixtures("made_up")
def test_only_images_of_the_name_are_asked_and_the_others_are_not_listed(
    judged: ReadyContainer, tmp_path: Path, settings: Settings
) -> None:
    containers = (judged.container, *read_containers())
    suite = replace(load_suite(), cases=(PLATFORM,), containers=containers)
    tool = builder(tmp_path, ["{python}", str(COMPILER), "copy", "x"])
    [block] = blocks(suite, tool, settings)
    assert [each.platform for each in block.results] == [judged.container.name]
    assert block.not_run == ()


@pytest.mark.usefixtures("judged")
def test_an_unprepared_image_names_the_command_that_prepares_it(
    settings: Settings,
) -> None:
    [block] = blocks(load_suite(), Tool(read_adapter(SHIPPED), "", ()), settings)
    listed = [name for line in block.not_run for name in line.platforms]
    wanted = [each.name for each in read_containers() if "manylinux" in each.name]
    assert sorted(listed) == sorted(wanted)
    command = "manylinux-conformance platforms prepare 'manylinux_2_28-*'"
    name = "manylinux_2_28-s390x"
    [line] = [line for line in block.not_run if name in line.platforms]
    assert (line.reason, line.remedy) == ("not prepared", command)


def test_a_tool_of_an_image_is_not_this_machines(tmp_path: Path) -> None:
    adapter = builder(tmp_path, ["gcc"]).adapter
    found = provide(adapter, "", tmp_path / "cache")
    assert found == NotProvided(
        "is asked by 'run', in images of 'here-*' only", unsupported=True
    )


@pytest.mark.parametrize(
    ("roles", "more", "reason"),
    [
        ('"loader"', "", "only the role 'builder' is asked of images"),
        ('"builder"', 'targets = { manylinux_2_17_x86_64 = "" }', "leave out targets"),
    ],
)
def test_what_no_image_can_be_is_refused(
    roles: str, more: str, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        f'name = "mine"\nroles = [{roles}]\n[provide]\nimage = "x-*"\n'
        '[loader]\ninstall = ["i"]\ncommand = ["c"]\n'
        f'[builder]\nc = ["gcc"]\n{more}\n'
    )
    with pytest.raises(InputError, match=reason):
        read_adapter(path)


def test_no_folder_but_the_containers_own_is_given_to_its_user(tmp_path: Path) -> None:
    files = SharedFiles((), tmp_path / "writable")
    with pytest.raises(InvariantError, match="is not writable in container any"):
        files.send("any", tmp_path)
