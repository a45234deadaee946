"""Modelled platforms: written right, and believed by real interpreters."""

import os
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import (
    Interpreter,
    find_interpreters,
    running_interpreter,
)
from manylinux_conformance.platforms.platform import (
    ElfClass,
    InterpreterHeader,
    Libc,
    Platform,
    read_platforms,
)
from manylinux_conformance.sandbox.elf_header import elf_header, header_of
from manylinux_conformance.sandbox.shim_build import ShimError, build_shim
from manylinux_conformance.sandbox.shim_check import (
    mismatches,
    observe,
    shim_failure_reason,
)
from manylinux_conformance.sandbox.shim_environment import (
    prepare_header,
    shim_variables,
)
from manylinux_conformance.sandbox.target_venv import make_target_environment
from manylinux_spec.folder import spec_folder
from msgspec.structs import replace

HOST = os.uname().machine
PLATFORMS = {one.name: one for one in read_platforms(data_folder("platforms"))}
FAR_APART = (
    *("glibc-2.5", "musl", "static-glibc", "static-musl"),
    *("i686-on-x86-64", "armv7l"),
)
Show = Callable[..., tuple[Path, dict[str, str]]]
NEEDED = {"glibc-2.5", "glibc-2.17", "glibc-3.1", "odd-empty", "musl", "armv8l"}


def architectures() -> dict[str, dict[str, Any]]:
    text = (spec_folder() / "data" / "architectures.toml").read_text()
    return {one["name"]: one for one in tomllib.loads(text)["architecture"]}


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_shim(tmp_path_factory.mktemp("shims"), HOST)


@pytest.fixture(scope="module")
def interpreter() -> Interpreter:
    return running_interpreter()


@pytest.fixture
def show(tmp_path: Path, interpreter: Interpreter, shim: Path) -> Show:
    """Make an environment on a platform; return its interpreter and the variables."""

    def make(
        name: str, tool_glibc: str = "", python: Interpreter = interpreter
    ) -> tuple[Path, dict[str, str]]:
        platform = PLATFORMS[name]
        environment = Environment(platform, tool_glibc=tool_glibc)
        folder = tmp_path / python.version / str(python.path).replace("/", "-")
        target = make_target_environment(folder, python, environment, work=tmp_path)
        header = prepare_header(platform, target.python, folder / "shown")
        told = shim_variables(platform, shim, target.python, header, tool_glibc)
        return target.python, told | target.variables

    return make


def test_catalogue_has_the_platforms_that_the_rules_need() -> None:
    assert set(PLATFORMS) >= NEEDED


def test_every_architecture_has_a_modelled_platform() -> None:
    modelled = {one.arch for one in read_platforms(data_folder("platforms"), "x86_64")}

    assert modelled >= set(architectures())


def test_platform_that_is_defined_twice_is_refused(tmp_path: Path) -> None:
    entry = '[[platform]]\nname = "one"\nfidelity = "modelled"\nmachine = "vax"\n'
    (tmp_path / "modelled.toml").write_text(entry * 2)

    with pytest.raises(
        InputError, match=r"modelled\.toml: platform 'one' is defined twice"
    ):
        list(read_platforms(tmp_path))


@pytest.mark.parametrize("host", ["x86_64", "aarch64"])
def test_platforms_of_the_host_are_of_its_architecture(host: str) -> None:
    platforms = {
        one.name: one for one in read_platforms(data_folder("platforms"), host)
    }

    assert platforms["glibc-2.17"].arch == host
    assert platforms["musl"].machine == host
    assert platforms["s390x"].arch == "s390x"


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=str)
def test_version_is_the_leading_major_and_minor_of_the_answer(
    platform: Platform,
) -> None:
    usable = platform.libc is Libc.GLIBC
    leading = re.match(r"(\d+)\.(\d+)", platform.glibc) if usable else None

    read = (platform.major, platform.minor)

    assert read == (tuple(map(int, leading.groups())) if leading else (None, None))


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=str)
def test_interpreter_header_is_that_of_the_architecture(platform: Platform) -> None:
    if platform.interpreter is None or not platform.arch:
        return
    arch = architectures()[platform.arch]

    shown = platform.interpreter

    assert shown.machine == arch["e_machine_number"]
    assert shown.bits == arch["bits"] == platform.pointer_bits
    assert shown.little_endian == (arch["byte_order"] == "little")
    assert shown.flags & arch["e_flags_mask"] == arch["e_flags_value"]


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=str)
def test_platform_without_an_architecture_looks_like_none(platform: Platform) -> None:
    if platform.arch or platform.name == "i386":
        return
    shown = platform.interpreter
    assert shown is not None
    for arch in architectures().values():
        same_name = platform.machine in arch["kernels"]
        same_file = (
            shown.machine == arch["e_machine_number"]
            and shown.bits == arch["bits"]
            and shown.flags & arch["e_flags_mask"] == arch["e_flags_value"]
        )
        assert not (same_name and same_file)


@pytest.mark.parametrize("name", PLATFORMS)
def test_interpreter_sees_the_platform_it_is_shown(name: str, show: Show) -> None:
    python, variables = show(name)

    observed = observe(python, variables)

    assert list(mismatches(PLATFORMS[name], observed)) == []


@pytest.mark.parametrize("name", FAR_APART)
def test_every_interpreter_of_this_machine_sees_it(name: str, show: Show) -> None:
    for one in find_interpreters(os.environ["PATH"]):
        python, variables = show(name, python=one)

        observed = observe(python, variables)

        assert list(mismatches(PLATFORMS[name], observed)) == [], one


def test_tool_sees_its_own_glibc_and_the_target_the_platform(
    interpreter: Interpreter, show: Show
) -> None:
    platform = PLATFORMS["glibc-2.28"]
    python, variables = show(platform.name, "2.12")

    tool = observe(interpreter.path, variables)
    target = observe(python, variables)

    assert (tool.confstr, tool.version) == ("glibc 2.12", "2.12")
    assert list(mismatches(platform, target)) == []


def test_interpreter_of_another_machine_still_starts(show: Show) -> None:
    python, variables = show("s390x")
    script = """
import platform, subprocess, sys
child = "import platform; print(platform.machine())"
print(subprocess.check_output([sys.executable, "-c", child], text=True))"""

    said = subprocess.check_output([python, "-c", script], env=variables, text=True)

    assert said.strip() == "s390x"


def test_musl_loader_answers_as_musl_does(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    header = prepare_header(PLATFORMS["musl"], interpreter.path, tmp_path)
    assert header is not None

    _, slash, rest = header.read_bytes().partition(b"/")
    loader = (slash + rest).rstrip(b"\0").decode()
    process = subprocess.run([loader], capture_output=True, text=True, check=False)

    assert process.stderr.splitlines()[:2] == [f"musl libc ({HOST})", "Version 1.2.5"]
    assert header_of(header) == header_of(interpreter.path)


def test_host_platform_shows_the_interpreter_itself(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    assert prepare_header(PLATFORMS["glibc-2.5"], interpreter.path, tmp_path) is None


@pytest.mark.parametrize("bits", ElfClass)
@pytest.mark.parametrize("little_endian", [True, False])
@pytest.mark.parametrize("loader", ["", "/lib/ld-musl.so.1"])
def test_header_is_read_back_as_it_was_written(
    tmp_path: Path, bits: ElfClass, little_endian: bool, loader: str
) -> None:
    header = InterpreterHeader(
        bits=bits, machine=258, little_endian=little_endian, flags=0x5000400
    )
    file = tmp_path / "python"
    file.write_bytes(elf_header(replace(header, loader=loader)))

    assert header_of(file) == header
    assert file.read_bytes().endswith(loader.encode() + b"\0" if loader else b"")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"#!/bin/sh", "is not an ELF file"),
        (b"\x7fELF\2\1", "is not a whole ELF header"),
    ],
)
def test_interpreter_that_is_no_elf_file_has_no_header(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    file = tmp_path / "python"
    file.write_bytes(content)

    with pytest.raises(ShimError, match=f"python: {reason}"):
        header_of(file)


def test_missing_interpreter_has_no_header(tmp_path: Path) -> None:
    with pytest.raises(ShimError, match="No such file"):
        header_of(tmp_path / "python")


@pytest.mark.parametrize("name", ["with space", "with:colon"])
def test_shim_in_a_folder_that_cannot_be_preloaded_is_refused(name: str) -> None:
    shim = Path("/cache") / name / "shim.so"

    with pytest.raises(ShimError, match="has no space and no colon"):
        shim_variables(PLATFORMS["musl"], shim, Path("/python"), None)


@pytest.mark.parametrize(
    ("name", "facts", "words"),
    [
        ("glibc-2.5", {"confstr": "glibc 2.36"}, "confstr says 'glibc 2.36'"),
        ("glibc-2.5", {"version": None}, "gnu_get_libc_version says None"),
        ("musl", {"confstr": "glibc 2.36"}, "confstr says 'glibc 2.36', not None"),
        ("static-musl", {"main_program": True}, "opening the main program says True"),
        ("s390x", {"machine": "x86_64"}, "os.uname says 'x86_64', not 's390x'"),
        ("s390x", {"platform": "linux-x86_64"}, "sysconfig says 'linux-x86_64'"),
        ("s390x", {"header": "7f454c46"}, "the interpreter's header says"),
        ("i686", {"bits": 64}, "sys.maxsize says 64, not 32"),
        ("i686", {"pointer": 64}, "struct says 64, not 32"),
    ],
)
def test_fact_that_differs_is_named(
    name: str, facts: dict[str, object], words: str, show: Show
) -> None:
    python, variables = show(name)
    observed = msgspec.structs.replace(observe(python, variables), **facts)

    complaints = list(mismatches(PLATFORMS[name], observed))

    assert len(complaints) == 1
    assert complaints[0].startswith(words)


def test_interpreter_without_ctypes_is_not_asked_through_it(show: Show) -> None:
    python, variables = show("static-musl")
    observed = msgspec.structs.replace(
        observe(python, variables), ctypes=False, version=None, main_program=True
    )

    assert list(mismatches(PLATFORMS["static-musl"], observed)) == []


def test_without_the_shim_nothing_of_a_platform_is_seen(show: Show) -> None:
    python, variables = show("s390x")
    del variables["LD_PRELOAD"]

    observed = observe(python, variables)

    seen = {one.partition(" ")[0] for one in mismatches(PLATFORMS["s390x"], observed)}
    assert seen >= {"confstr", "os.uname", "sysconfig", "gnu_get_libc_version", "the"}


@pytest.mark.parametrize("name", ["glibc-2.17", "x32"])
def test_platform_that_is_seen_may_be_used(
    name: str, interpreter: Interpreter, shim: Path
) -> None:
    assert shim_failure_reason(PLATFORMS[name], interpreter, shim) == ""


def test_shim_that_does_not_load_is_noticed(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    absent = tmp_path / "absent.so"

    said = shim_failure_reason(PLATFORMS["ppc64"], interpreter, absent)

    assert "os.uname says" in said
    assert "; sysconfig says" in said


def test_shim_that_cannot_be_named_is_noticed(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    spaced = tmp_path / "a folder" / "shim.so"

    said = shim_failure_reason(PLATFORMS["ppc64"], interpreter, spaced)

    assert "has no space and no colon" in said


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("#!/bin/sh\necho broken >&2; exit 3\n", "broken"),
        ("#!/bin/sh\necho garbage\n", "JSON"),
        ("", "Exec format error"),
    ],
)
def test_interpreter_that_does_not_answer_is_a_shim_error(
    tmp_path: Path, program: str, reason: str
) -> None:
    python = tmp_path / "python"
    python.write_text(program)
    python.chmod(0o755)

    with pytest.raises(ShimError, match=reason):
        observe(python, {})
