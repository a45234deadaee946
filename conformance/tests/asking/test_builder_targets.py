"""Targets of build environments: what is promised, and who can judge it here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from manylinux_conformance.asking import builder_targets
from manylinux_conformance.asking.builder_targets import Target, own_tag, targets
from manylinux_conformance.loader.loader_check import loader_unavailable_reason
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.sandbox.process import ProcessResult
from manylinux_conformance.sandbox.provide import ProvidedTool
from tests.builders import adapter_text, platform, provided, write_adapter

needs_x86_64 = pytest.mark.skipif(
    bool(loader_unavailable_reason("x86_64")),
    reason=loader_unavailable_reason("x86_64"),
)


@pytest.fixture
def tool(tmp_path: Path) -> ProvidedTool:
    text = adapter_text(Role.BUILDER, 'c = ["cc"]')
    return provided(write_adapter(tmp_path, text), tmp_path / "cache")


def on(tool: ProvidedTool, said: bytes, bits: int = 64) -> ProvidedTool:
    """Return a tool on a system that names its machine and C library so."""

    def run(command: Sequence[str], **_: object) -> ProcessResult:
        assert command[0] == str(tool.interpreter.path)
        return ProcessResult(0, timed_out=False, output=said, stderr_tail="")

    return replace(tool, run=run, interpreter=replace(tool.interpreter, bits=bits))


def found(
    tool: ProvidedTool, folder: Path, wanted: str = "*", **promised: str
) -> list[Target | NotRun]:
    return list(targets(tool, promised, folder, lambda arch: fnmatchcase(arch, wanted)))


@pytest.mark.parametrize(
    ("said", "bits", "tag"),
    [
        (b"x86_64 glibc 2.36\n", 64, "manylinux_2_36_x86_64"),
        (b"x86_64 glibc 2.31\n", 32, "manylinux_2_31_i686"),
        (b"aarch64 glibc 2.41\n", 64, "manylinux_2_41_aarch64"),
        (b"armv8l glibc 2.17\n", 32, "manylinux_2_17_armv7l"),
        (b"i686 glibc 2.17\n", 32, "manylinux_2_17_i686"),
        (b"x86_64 musl\n", 64, ""),
        (b"", 64, ""),
    ],
)
def test_a_tool_without_targets_promises_the_glibc_that_it_runs_on(
    said: bytes, bits: int, tag: str, tool: ProvidedTool
) -> None:
    assert own_tag(on(tool, said, bits)) == tag


def test_a_system_without_glibc_is_not_run(tool: ProvidedTool, tmp_path: Path) -> None:
    [missing] = found(on(tool, b""), tmp_path)
    assert isinstance(missing, NotRun)
    assert missing.platforms == ()
    assert missing.reason.startswith("the C library or the architecture is not one of")


@needs_x86_64
def test_a_target_becomes_a_platform_with_a_judge(
    tool: ProvidedTool, tmp_path: Path
) -> None:
    [target] = found(tool, tmp_path, manylinux_2_17_x86_64="old")
    assert isinstance(target, Target)
    assert (target.name, target.platform.name) == ("old", "manylinux_2_17_x86_64")
    assert (target.platform.major, target.platform.minor) == (2, 17)
    assert (target.platform.arch, target.platform.fidelity) == (
        "x86_64",
        Fidelity.NATIVE,
    )
    assert target.loader_check.release == (2, 17)


@needs_x86_64
def test_an_image_is_its_own_target(tool: ProvidedTool, tmp_path: Path) -> None:
    image = platform(name="manylinux2014-x86_64", fidelity=Fidelity.NATIVE)
    [target] = found(replace(tool, image=image), tmp_path, wanted="s390x")
    assert isinstance(target, Target)
    assert (target.platform, target.name) == (image, "")
    assert target.loader_check.release == (2, 17)


def test_an_image_that_nobody_can_judge_is_not_run_by_its_name(
    tool: ProvidedTool, tmp_path: Path
) -> None:
    image = platform(name="manylinux-of-nobody", arch="pdp11")
    [missing] = found(replace(tool, image=image), tmp_path)
    assert isinstance(missing, NotRun)
    assert missing.platforms == ("manylinux-of-nobody",)


@needs_x86_64
def test_a_release_that_nobody_knows_is_not_run(
    tool: ProvidedTool, tmp_path: Path
) -> None:
    tag = "manylinux_2_99_x86_64"
    reason = "no sysroot of this release is known"
    assert found(tool, tmp_path, **{tag: ""}) == [
        NotRun(platforms=(tag,), reason=reason)
    ]


def test_a_target_without_a_loader_is_not_run_with_the_way_to_get_one(
    tool: ProvidedTool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    advice = "no emulator for s390x is installed; run: apt-get install qemu-user-static"
    monkeypatch.setattr(builder_targets, "loader_unavailable_reason", lambda _: advice)
    tag = "manylinux_2_17_s390x"
    assert found(tool, tmp_path, **{tag: ""}) == [
        NotRun(platforms=(tag,), reason=advice)
    ]


def test_only_the_wanted_architectures_are_targets(
    tool: ProvidedTool, tmp_path: Path
) -> None:
    promised = {"manylinux_2_17_vax": "", "manylinux_2_17_pdp11": ""}
    [missing] = found(tool, tmp_path, wanted="pdp*", **promised)
    assert isinstance(missing, NotRun)
    assert missing.platforms == ("manylinux_2_17_pdp11",)
