"""Models against real programs: what the shim shows is what a program of that kind has.

Not to be had as a program: a 31-bit s390 one (no compiler here makes it), aarch64 with
32-bit pointers and ppc64le with ELFv1 (nobody has a port), and Bionic's C library.
Nor does an emulator call the machine i386 or armv8l, or aarch64 to a 32-bit program:
qemu-arm says armv7l with each of its processors that run here, qemu-i386 at least i486.
armv8l is what an arm64 kernel calls itself to 32-bit programs and under linux32
(``COMPAT_UTS_MACHINE``). No Linux since 3.8 runs on a 386: i386 is exotic.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.segments import InterpSegment
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.platforms.architectures import ARCHITECTURES
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import running_interpreter
from manylinux_conformance.platforms.platform import (
    InterpreterHeader,
    Platform,
    read_platforms,
)
from manylinux_conformance.sandbox.elf_header import header_of
from manylinux_conformance.sandbox.shim_build import build_shim
from manylinux_conformance.sandbox.shim_check import ObservedPlatform, observe
from manylinux_conformance.sandbox.shim_environment import (
    prepare_header,
    shim_variables,
)
from manylinux_conformance.sandbox.target_venv import make_target_environment

HOST = os.uname().machine
PLATFORMS = {one.name: one for one in read_platforms(data_folder("platforms"))}
PROGRAM = Path(__file__).with_name("real_program.c")
BARE = Path(__file__).with_name("uname_program.c")
ZIG = (sys.executable, "-m", "ziglang", "cc")
COMPILE_TIMEOUT = 900  # seconds; the first time, musl itself is compiled too
# Compilers of programs that are linked so, and the model of such an interpreter.
KINDS = {
    "glibc-2.36": ("gcc", "-rdynamic"),
    "musl": (*ZIG, "-target", f"{HOST}-linux-musl", "-dynamic"),
    "static-glibc": ("gcc", "-static"),
    "static-musl": (*ZIG, "-target", f"{HOST}-linux-musl", "-static"),
}
# Models and the targets of zig whose objects have that header.
TARGETS = {
    "x86_64": "x86_64-linux-gnu",
    "linux32-x86-64": "x86_64-linux-gnu",
    "i686": "x86-linux-gnu",
    "i686-on-x86-64": "x86-linux-gnu",
    "x32": "x86_64-linux-gnux32",
    "i386": "x86-linux-gnu",
    "i686-x32": "x86_64-linux-gnux32",
    "aarch64": "aarch64-linux-gnu",
    "linux32-aarch64": "aarch64-linux-gnu",
    "bionic": "aarch64-linux-android",
    "armv7l": "arm-linux-gnueabihf",
    "armv6l": "arm-linux-gnueabihf",
    "armv8l": "arm-linux-gnueabihf",
    "aarch64-32-bit": "arm-linux-gnueabihf",
    "armv7l-soft-float": "arm-linux-gnueabi",
    "armel-on-aarch64": "arm-linux-gnueabi",
    "ppc64-elfv2": "powerpc64-linux-musl",
    "ppc64le": "powerpc64le-linux-gnu",
    "ppc-on-ppc64": "powerpc-linux-gnueabihf",
    "s390x": "s390x-linux-gnu",
    "riscv64": "riscv64-linux-gnu",
    "riscv64-soft-float": "riscv64-linux-gnu -mabi=lp64",
    "loongarch64": "loongarch64-linux-gnu",
    "loongarch64-soft-float": "loongarch64-linux-gnusf",
    "mips64": "mips64-linux-gnuabi64",
    "mips-named-x86-64": "mips64el-linux-gnuabi64",
}
# Loaders that the cross libraries of Debian bring, and what runs them.
LOADERS = [
    (one.interpreter.loader, one.arch)
    for one in PLATFORMS.values()
    if one.arch == one.name and one.interpreter is not None
]
Observe = Callable[[Platform], ObservedPlatform]


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the program printed."""

    confstr: str
    opens: bool
    function: bool


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_shim(tmp_path_factory.mktemp("shims"), HOST)


@pytest.fixture
def observed(shim: Path, tmp_path: Path) -> Observe:
    """Return what an interpreter sees of a model."""

    def look(model: Platform) -> ObservedPlatform:
        target = make_target_environment(
            tmp_path / "target",
            running_interpreter(),
            Environment(model),
            work=tmp_path,
        )
        header = prepare_header(model, target.python, tmp_path / "shown")
        told = shim_variables(model, shim, target.python, header)
        return observe(target.python, told)

    return look


def compiled(folder: Path, *command: str) -> Path:
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]}")
    made = folder / "made"
    subprocess.run([*command, "-o", made], check=True, timeout=COMPILE_TIMEOUT)
    return made


def loader_of(program: Path) -> str:
    with program.open("rb") as file:
        segments = ELFFile(file).iter_segments()
        named = (each for each in segments if isinstance(each, InterpSegment))
        return "".join(each.get_interp_name() for each in named)


def header_shown(model: Platform) -> InterpreterHeader:
    assert model.interpreter is not None
    return msgspec.structs.replace(model.interpreter, loader="")


@pytest.mark.parametrize("name", KINDS)
def test_model_answers_as_a_program_that_is_linked_so(
    name: str, tmp_path: Path, observed: Observe
) -> None:
    program = compiled(tmp_path, *KINDS[name], str(PROGRAM))
    if (loader := loader_of(program)) and not Path(loader).exists():
        pytest.skip(f"there is no {loader}")
    said = msgspec.json.decode(subprocess.check_output([program]), type=Said)
    own = os.confstr("CS_GNU_LIBC_VERSION") or ""

    shown = observed(PLATFORMS[name])

    here = said.confstr.replace(own, f"glibc {PLATFORMS[name].glibc}")
    assert (shown.confstr or "") == here
    assert (shown.version is not None) == said.function
    assert shown.main_program == said.opens


@pytest.mark.parametrize("name", KINDS)
def test_model_names_a_loader_where_such_a_program_does(
    name: str, tmp_path: Path
) -> None:
    program = compiled(tmp_path, *KINDS[name], str(PROGRAM))
    python = running_interpreter().path

    shown = prepare_header(PLATFORMS[name], python, tmp_path / "shown") or python

    assert bool(loader_of(shown)) == bool(loader_of(program))


@pytest.mark.parametrize("name", TARGETS)
def test_header_is_that_of_a_compiled_file(name: str, tmp_path: Path) -> None:
    source = tmp_path / "a.c"
    source.write_text("int answer(void) { return 42; }\n")
    target = TARGETS[name].split()

    made = compiled(tmp_path, *ZIG, "-c", "-target", *target, str(source))

    assert header_of(made) == header_shown(PLATFORMS[name])


def test_other_models_of_interpreters_are_known_to_be_without_a_compiler() -> None:
    models = {one.name for one in PLATFORMS.values() if one.interpreter is not None}

    assert models - set(TARGETS) == {
        *("aarch64-ilp32", "s390-31-bit", "ppc64le-elfv1"),
        *("ppc64", "ppc64-under-ppc64le"),  # a C library's file, below
    }


@pytest.mark.parametrize(("loader", "arch"), LOADERS)
def test_loader_and_header_are_those_of_a_real_c_library(
    loader: str, arch: str
) -> None:
    gnu = ARCHITECTURES[arch].gnu
    places = (Path("/lib", gnu), Path("/usr", gnu, "lib"), Path("/lib32"))
    found = [place / "libc.so.6" for place in places if place.is_dir()]
    libraries = [path for path in found if path.exists() and loader_of(path) == loader]
    if not libraries:
        pytest.skip(f"no C library for {arch} is installed")

    assert header_of(libraries[0]) == header_shown(PLATFORMS[arch])


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("linux32-x86-64", ("setarch", "i686", "{loader}")),
        ("x86_64", ("{loader}",)),
        ("i686", ("setarch", "i686", "{loader}")),
        ("i686-on-x86-64", ("{loader}",)),
        ("ppc64le", ("qemu-ppc64le-static", "{cross}")),
        ("s390x", ("qemu-s390x-static", "{cross}")),
        ("riscv64", ("qemu-riscv64-static", "{cross}")),
        ("aarch64", ("qemu-aarch64-static", "{cross}")),
        ("ppc64", ("qemu-ppc64-static", "{cross}")),
    ],
)
def test_machine_is_what_uname_says_to_a_real_program(
    name: str, command: tuple[str, ...]
) -> None:
    """glibc's loader prints what it knows since 2.33 (ld.so(8))."""
    model = PLATFORMS[name]
    assert model.interpreter is not None
    loader = model.interpreter.loader
    gnu = ARCHITECTURES[model.arch or HOST].gnu
    cross = Path("/usr", gnu, "lib", Path(loader).name)
    places = {"{loader}": loader, "{cross}": str(cross)}
    filled = [places.get(word, word) for word in command]
    native = "{cross}" not in command
    if shutil.which(filled[0]) is None or not Path(filled[-1]).exists():
        pytest.skip(f"{filled[0]} or {filled[-1]} is not installed")
    if native and platform.machine() != "x86_64":
        pytest.skip("this machine is no x86_64")

    said = subprocess.check_output([*filled, "--list-diagnostics"], text=True)

    assert f'uname.machine="{model.machine}"' in said.splitlines()


@pytest.mark.parametrize(
    ("name", "target", "command"),
    [
        ("armv7l", "arm-linux-gnueabihf", ("qemu-arm-static",)),
        (
            "armv6l",
            "arm-linux-gnueabihf -mcpu=arm1176jzf_s",
            ("qemu-arm-static", "-cpu", "arm1176"),
        ),
        ("loongarch64", "loongarch64-linux-gnu", ("qemu-loongarch64-static",)),
        ("mips64", "mips64-linux-gnuabi64", ("qemu-mips64-static",)),
    ],
)
def test_machine_is_what_uname_says_to_a_program_without_a_c_library(
    name: str, target: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    """No loader here prints it: armhf's fails at that, and the others are missing."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]}")
    options = ("-nostdlib", "-static", "-O1", "-Wl,--entry=__start")
    program = compiled(tmp_path, *ZIG, "-target", *target.split(), *options, str(BARE))

    said = subprocess.check_output([*command, program])

    assert said.rstrip(b"\0").decode() == PLATFORMS[name].machine


def test_interpreter_under_linux32_is_as_its_model_says(observed: Observe) -> None:
    """personality(2), PER_LINUX32: the name changes and the interpreter stays."""
    setarch = shutil.which("setarch")
    if platform.machine() != "x86_64" or setarch is None:
        pytest.skip("setarch i686 is for x86_64")
    script = "import os, sys; print(os.uname().machine, sys.maxsize > 2**32)"
    python = str(running_interpreter().path)

    command = [setarch, "i686", python, "-c", script]
    real = subprocess.check_output(command, text=True).split()

    shown = observed(PLATFORMS["linux32-x86-64"])
    assert real == [shown.machine, str(shown.bits == 64)]
