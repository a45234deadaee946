"""The shim: built for every architecture, harmless by itself, heard when told."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_conformance.platforms.architectures import ARCHITECTURES
from manylinux_conformance.sandbox import shim_build
from manylinux_conformance.sandbox.shim_build import (
    ShimError,
    build_shim,
    check_shim,
    preloadable,
)

HOST = os.uname().machine
PYTHON = Path(sys.executable).resolve()
OPENERS = (
    "open",
    "open64",
    "openat",
    "openat64",
    "__open_2",
    "__open64_2",
    "__openat_2",
    "__openat64_2",
    "fopen",
    "fopen64",
)
LIBC = """
import ctypes, json, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.gnu_get_libc_version.restype = ctypes.c_char_p
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shims")


@pytest.fixture(scope="module")
def shim(cache: Path) -> Path:
    return build_shim(cache, HOST)


@pytest.fixture
def say(shim: Path) -> Callable[..., object]:
    """Run a script under the shim and return what it prints, read as JSON."""

    def run(script: str, **variables: str) -> object:
        process = subprocess.run(
            [PYTHON, "-I", "-c", script],
            env=os.environ | {"LD_PRELOAD": str(shim)} | variables,
            capture_output=True,
            check=True,
            text=True,
        )
        assert process.stderr == ""
        return json.loads(process.stdout)

    return run


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_shim_for_each_architecture_loads_on_its_oldest_glibc(
    cache: Path, arch: str
) -> None:
    built = build_shim(cache, arch)

    check_shim(built)
    assert built.parent == cache


def test_shim_is_built_once(
    cache: Path, shim: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shim_build, "_compile", None)

    assert build_shim(cache, HOST) == shim


def test_unknown_architecture_has_no_shim(cache: Path) -> None:
    with pytest.raises(ShimError, match="vax: there is no shim for this architecture"):
        build_shim(cache, "vax")


def test_source_that_does_not_compile_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "shim.c"
    source.write_text("int broken(;")
    monkeypatch.setattr(shim_build, "SOURCE", source)
    cache = tmp_path / "cache"

    with pytest.raises(ShimError, match=r"shim\.c with .*: does not compile: .*error"):
        build_shim(cache, HOST)
    assert list(cache.iterdir()) == []


def test_compiler_that_hangs_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shim_build, "COMPILE_TIMEOUT", 0)

    with pytest.raises(ShimError, match="timed out"):
        build_shim(tmp_path, HOST)


def test_shim_that_needs_a_newer_symbol_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "shim.c"
    source.write_text("int arc4random(void); int f(void) { return arc4random(); }")
    monkeypatch.setattr(shim_build, "SOURCE", source)
    monkeypatch.setattr(
        shim_build, "FLAGS", (*shim_build.FLAGS, "-fvisibility=default")
    )

    with pytest.raises(ShimError, match="needs arc4random"):
        build_shim(tmp_path / "cache", HOST)


def test_program_linked_to_a_library_is_no_shim() -> None:
    with pytest.raises(ShimError, match=r"needs .*libc\.so"):
        check_shim(PYTHON)


@pytest.mark.parametrize("name", ["cc", "gcc", "clang", "zig"])
def test_shim_is_compiled_with_the_only_compiler_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    only(tmp_path / "bin", name, monkeypatch)

    built = build_shim(tmp_path / "cache", HOST)

    told = {"LD_PRELOAD": str(built), "MODELLED_GLIBC": "2.5"}
    script = "import os; print(os.confstr('CS_GNU_LIBC_VERSION'))"
    command = [str(PYTHON), "-I", "-c", script]
    said = subprocess.run(command, env=told, capture_output=True, check=True, text=True)
    assert said.stdout == "glibc 2.5\n"


def test_shim_for_another_architecture_needs_a_cross_compiler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(tmp_path / "bin", "cc", monkeypatch)

    with pytest.raises(ShimError, match=r"there is no compiler; run: pip install"):
        build_shim(tmp_path / "cache", "s390x" if HOST != "s390x" else "aarch64")


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_cross_compiler_of_the_distribution_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arch: str
) -> None:
    only(tmp_path / "bin", f"{ARCHITECTURES[arch].gnu}-gcc", monkeypatch)

    check_shim(build_shim(tmp_path / "cache", arch))


def only(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave one compiler on the path, with what it starts, and no package of one."""
    folder.mkdir()
    zig = importlib.util.find_spec("ziglang")
    found = shutil.which(name)
    if found:
        (folder / name).symlink_to(found)
    elif name == "zig" and zig is not None:
        (folder / name).write_text(f'#!/bin/sh\nexec {PYTHON} -m ziglang "$@"\n')
        (folder / name).chmod(0o755)
        packages = Path(str(zig.origin)).parents[1]
        monkeypatch.setenv("PYTHONPATH", str(packages))
    else:
        pytest.skip(f"needs {name}")
    for part in ("as", "ld", f"{name.removesuffix('-gcc')}-as"):
        if path := shutil.which(part):
            (folder / part).symlink_to(path)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)


def test_file_that_is_no_elf_is_no_shim(tmp_path: Path) -> None:
    file = tmp_path / "shim.so"
    file.write_text("text")

    with pytest.raises(ShimError, match=r"shim\.so: "):
        check_shim(file)


def test_without_variables_everything_is_as_without_the_shim(
    say: Callable[..., object],
) -> None:
    script = f"""{LIBC}
print(json.dumps([os.confstr("CS_GNU_LIBC_VERSION"), list(os.uname()),
                  libc.gnu_get_libc_version().decode(), open({str(PYTHON)!r}, "rb")
                  .read(64).hex()]))"""

    assert say(script) == say(script, LD_PRELOAD="")


def test_statically_linked_program_is_left_alone(shim: Path) -> None:
    spec = importlib.util.find_spec("ziglang")
    assert spec is not None
    assert spec.origin is not None
    zig = Path(spec.origin).parent / "zig"
    told = {"LD_PRELOAD": str(shim), "MODELLED_MACHINE": "vax"}

    process = subprocess.run(
        [zig, "version"], env=told, capture_output=True, check=True
    )

    assert process.stderr == b""


def test_child_processes_hear_it_too(say: Callable[..., object]) -> None:
    script = """
import json, subprocess
print(json.dumps(subprocess.check_output(["uname", "-m"], text=True).strip()))"""

    assert say(script, MODELLED_MACHINE="s390x") == "s390x"


def test_machine_name_too_long_for_uname_is_ignored(say: Callable[..., object]) -> None:
    script = "import json, os; print(json.dumps(os.uname().machine))"

    assert say(script, MODELLED_MACHINE="m" * 65) == HOST


@pytest.mark.parametrize("version", ["2.5", "2.20-2014.11", "2", "", "9" * 190])
def test_both_questions_for_the_version_have_one_answer(
    say: Callable[..., object], version: str
) -> None:
    script = f"""{LIBC}
print(json.dumps([os.confstr("CS_GNU_LIBC_VERSION"),
                  libc.gnu_get_libc_version().decode()]))"""

    answers = say(script, MODELLED_GLIBC=version)

    assert answers == [f"glibc {version}", version]


@pytest.mark.parametrize(
    ("size", "written"),
    [(0, ""), (1, ""), (4, "gli"), (11, "glibc 2.17"), (64, "glibc 2.17")],
)
def test_confstr_truncates_and_counts_as_posix_says(
    say: Callable[..., object], size: int, written: str
) -> None:
    script = f"""{LIBC}
buffer = ctypes.create_string_buffer(64)
needed = libc.confstr(2, buffer, ctypes.c_size_t({size}))
print(json.dumps([needed, buffer.value.decode()]))"""

    assert say(script, MODELLED_GLIBC="2.17") == [11, written]


def test_other_questions_of_confstr_go_to_the_c_library(
    say: Callable[..., object],
) -> None:
    script = "import json, os; print(json.dumps(os.confstr('CS_PATH')))"

    assert say(script, MODELLED_LIBC="musl") == os.confstr("CS_PATH")


@pytest.mark.parametrize("library", [None, "libc.so.6"])
def test_version_function_is_the_models_in_every_library(
    say: Callable[..., object], library: str | None
) -> None:
    script = f"""{LIBC}
function = ctypes.CDLL({library!r}).gnu_get_libc_version
function.restype = ctypes.c_char_p
print(json.dumps(function().decode()))"""

    assert say(script, MODELLED_GLIBC="3.1") == "3.1"


@pytest.mark.parametrize("libc", ["musl", "static-musl", "bionic"])
def test_without_glibc_its_questions_do_not_exist(
    say: Callable[..., object], libc: str
) -> None:
    script = """
import ctypes, errno, json, os
process = ctypes.PyDLL("libc.so.6")
try:
    os.confstr("CS_GNU_LIBC_VERSION")
except OSError as error:
    said = errno.errorcode[error.errno]
try:
    process.gnu_get_libc_version
except AttributeError as error:
    print(json.dumps([said, str(error).partition("undefined symbol: ")[2][:20]]))"""

    answers = say(script, MODELLED_LIBC=libc, MODELLED_GLIBC="2.17")

    assert answers == ["EINVAL", "gnu_get_libc_version"]


def test_static_glibc_answers_confstr_and_exports_nothing(
    say: Callable[..., object],
) -> None:
    script = """
import ctypes, json, os
process = ctypes.CDLL(None)
print(json.dumps([os.confstr("CS_GNU_LIBC_VERSION"),
                  hasattr(process, "gnu_get_libc_version")]))"""

    answers = say(script, MODELLED_LIBC="static-glibc", MODELLED_GLIBC="2.17")

    assert answers == ["glibc 2.17", False]


def test_static_musl_program_cannot_open_itself_and_can_open_libraries(
    say: Callable[..., object],
) -> None:
    script = """
import ctypes, json
ctypes.CDLL("libc.so.6")
try:
    ctypes.CDLL(None)
except OSError as error:
    print(json.dumps(str(error).partition(":")[0]))"""

    said = say(script, MODELLED_LIBC="static-musl")

    assert said == "the main program, which is statically linked"


@pytest.mark.parametrize("name", OPENERS)
@pytest.mark.parametrize("which", ["target", "another"])
def test_every_way_to_open_the_interpreter_shows_the_header(
    say: Callable[..., object], tmp_path: Path, name: str, which: str
) -> None:
    interpreter, header = tmp_path / "python", tmp_path / "header"
    interpreter.write_text("real")
    header.write_text("told")
    script = f"""{LIBC}
name, path = {name!r}, {str(interpreter)!r}.encode()
function = getattr(libc, name)
if "fopen" in name:
    libc.fileno.argtypes = [ctypes.c_void_p]
    function.restype = ctypes.c_void_p
    fd = libc.fileno(function(path, b"rb"))
elif "openat" in name:
    fd = function(-100, path, os.O_RDONLY)
else:
    fd = function(path, os.O_RDONLY)
print(json.dumps(os.read(fd, 4).decode()))"""
    names = {"target": f"/x\n{interpreter}\n/y", "another": f"{interpreter}3\n/x"}

    seen = say(script, MODELLED_INTERPRETER=names[which], MODELLED_HEADER=str(header))

    assert seen == {"target": "told", "another": "real"}[which]


def test_link_to_the_interpreter_shows_the_header_too(
    say: Callable[..., object], tmp_path: Path
) -> None:
    interpreter, header = tmp_path / "python3.11", tmp_path / "header"
    interpreter.write_text("real")
    header.write_text("told")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to("../python3.11")
    (tmp_path / "bin" / "pip").symlink_to("../python3.11")
    script = f"""
import json, os
os.chdir({str(tmp_path)!r})
print(json.dumps([open("bin/python").read(), open("bin/pip").read()]))"""

    seen = say(
        script, MODELLED_INTERPRETER=str(interpreter), MODELLED_HEADER=str(header)
    )

    assert seen == ["told", "real"]


@pytest.mark.parametrize("mode", ["r+", "rb+", "a+"])
def test_writer_of_the_interpreter_gets_the_file_itself(
    say: Callable[..., object], tmp_path: Path, mode: str
) -> None:
    interpreter, header = tmp_path / "python", tmp_path / "header"
    interpreter.write_text("real")
    header.write_text("told")
    script = f"""{LIBC}
libc.fopen.restype = ctypes.c_void_p
libc.fputs.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
libc.fclose.argtypes = [ctypes.c_void_p]
file = libc.fopen({str(interpreter)!r}.encode(), {mode!r}.encode())
libc.fputs(b"new!", file)
libc.fclose(file)
with open({str(interpreter)!r}, "r+") as text:
    print(json.dumps(text.read()))"""

    seen = say(
        script, MODELLED_INTERPRETER=str(interpreter), MODELLED_HEADER=str(header)
    )

    assert seen == ("realnew!" if mode == "a+" else "new!")
    assert header.read_text() == "told"


def test_new_file_gets_the_mode_that_was_asked_for(
    say: Callable[..., object], tmp_path: Path
) -> None:
    path = tmp_path / "new"
    script = f"""
import json, os
os.umask(0)
os.close(os.open({str(path)!r}, os.O_CREAT | os.O_WRONLY, 0o640))
print(json.dumps(os.stat({str(path)!r}).st_mode & 0o777))"""

    assert say(script) == 0o640


def test_each_program_sees_its_own_glibc(say: Callable[..., object]) -> None:
    script = "import json, os; print(json.dumps(os.confstr('CS_GNU_LIBC_VERSION')))"
    told = {"MODELLED_GLIBC": "2.28", "MODELLED_TOOL_GLIBC": "2.12"}

    assert say(script, MODELLED_TARGET=str(PYTHON), **told) == "glibc 2.28"
    assert say(script, MODELLED_TARGET="/another/python", **told) == "glibc 2.12"


def test_tool_on_glibc_for_a_target_without_it_sees_its_own(
    say: Callable[..., object],
) -> None:
    script = "import json, os; print(json.dumps(os.confstr('CS_GNU_LIBC_VERSION')))"
    told = {"MODELLED_LIBC": "musl", "MODELLED_TOOL_GLIBC": "2.12"}

    assert say(script, MODELLED_TARGET="/another/python", **told) == "glibc 2.12"


@pytest.mark.parametrize(("name", "moved"), [("plain", False), ("a space", True)])
def test_a_shim_lies_where_ld_preload_can_name_it(
    tmp_path: Path, name: str, moved: bool
) -> None:
    shim = tmp_path / name / "shim.so"
    shim.parent.mkdir()
    shim.write_bytes(b"shim")
    found = preloadable(shim, tmp_path / "work" / "shim")
    assert (found != shim) is moved
    assert " " not in str(found)
    assert found.read_bytes() == b"shim"
