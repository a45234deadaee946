"""Providing tools for containers: for another machine's Python, and wheels only."""

import dataclasses
import zipfile
from pathlib import Path

import pytest
from manylinux_conformance.containers.provide import (
    DownloadPolicy,
    TargetPython,
    platform_tags,
    provide_in_container,
)
from manylinux_conformance.platforms.architectures import ARCHITECTURES
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.interpreters import Interpreter
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.platforms.releases import Release, Source
from manylinux_conformance.sandbox.provide import NotProvided, ProvidedTool
from manylinux_conformance.tools.adapters import Adapter, read_adapter

TOOL = """
name = "gadget"
roles = ["installer"]
versions = ["1", "2"]
[provide]
pypi = ["gadget=={version}"]
python = { "2" = ">=3.12" }
[installer]
command = ["{tool}/gadget"]
"""
INSIDE = TOOL.replace("[installer]", "inside = true\n[installer]")
CONSTRAINED = TOOL.replace(
    "[installer]", 'constraints = "./constraints-{version}.txt"\n[installer]'
)
NEEDS_NOTHING = TOOL.replace('pypi = ["gadget=={version}"]\n', "")
PYTHON = Interpreter(
    path=Path("/usr/bin/python3.11"),
    release=(3, 11, 2),
    bits=64,
    purelib="lib/python3.11/site-packages",
    libpython=None,
)


def place(
    arch: str, glibc: str = "2.36", interpreter: Interpreter = PYTHON
) -> TargetPython:
    release = Release(
        name="there",
        glibc=glibc,
        python="3.11",
        architectures=(arch,),
        sources=(Source.ARCHIVE,),
    )
    platform = Container(release, ARCHITECTURES[arch]).platform()
    return TargetPython(platform, interpreter)


def adapter(folder: Path, text: str) -> Adapter:
    path = folder / "gadget.toml"
    path.write_text(text)
    return read_adapter(path)


def write_wheel(folder: Path, name: str, version: str, tag: str, needs: str) -> None:
    """Write a wheel with a script of its own and an entry point."""
    information = f"{name}-{version}.dist-info"
    more = f"Requires-Dist: {needs}\n" if needs else ""
    script = f"{name}-{version}.data/scripts/{name}-script"
    files = {
        f"{name}.py": f"TAG = {tag!r}\n",
        script: "#!python\nprint('hello')\n",
        f"{information}/METADATA": (
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{more}"
        ),
        f"{information}/WHEEL": f"Wheel-Version: 1.0\nTag: {tag}\n",
        f"{information}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
        f"{information}/RECORD": "",
    }
    with zipfile.ZipFile(folder / f"{name}-{version}-{tag}.whl", "w") as wheel:
        for path, content in files.items():
            wheel.writestr(path, content)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of wheels, beside a cache that the tests share to save time."""
    folder = tmp_path_factory.mktemp("index") / "wheels"
    folder.mkdir()
    for arch in ("s390x", "armv7l"):
        tag = f"py3-none-manylinux_2_17_{arch}"
        write_wheel(folder, "gadget", "1", tag, "widget")
    for version in ("1", "2"):
        write_wheel(folder, "widget", version, "py3-none-any", "")
    return folder.parent


@pytest.fixture
def index(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the folder of wheels stand in for the package index."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shared / "wheels"))
    return shared


def ask(
    tmp_path: Path,
    where: TargetPython,
    *,
    text: str = TOOL,
    version: str = "1",
    offline: bool = False,
    told: list[str] | None = None,
) -> ProvidedTool | NotProvided:
    tell = (lambda _: None) if told is None else told.append
    policy = DownloadPolicy(offline, tell)
    made = adapter(tmp_path, text)
    return provide_in_container(made, version, where, tmp_path / "cache", policy)


def provided(tmp_path: Path, where: TargetPython, text: str = TOOL) -> ProvidedTool:
    tool = ask(tmp_path, where, text=text)
    assert isinstance(tool, ProvidedTool), tool
    return tool


def test_tool_is_a_virtual_environment_of_the_containers_python(
    index: Path,
) -> None:
    tool = provided(index, place("s390x"))
    assert (tool.interpreter, tool.packages) == (PYTHON, None)
    assert tool.programs is not None
    venv = tool.programs.parent
    assert (venv / "pyvenv.cfg").read_text() == "home = /usr/bin\n"
    assert (tool.programs / "python").readlink() == PYTHON.path
    packages = venv / "lib" / "python3.11" / "site-packages"
    assert (packages / "gadget.py").read_text() == (
        "TAG = 'py3-none-manylinux_2_17_s390x'\n"
    )
    assert not (packages / "bin").exists()


@pytest.mark.parametrize("program", ["gadget", "gadget-script"])
def test_scripts_are_started_by_the_containers_python(
    index: Path, program: str
) -> None:
    tool = provided(index, place("s390x"))
    assert tool.programs is not None
    first, _, rest = (tool.programs / program).read_text().partition("\n")
    assert first == f"#!{tool.programs / 'python'}"
    assert rest


def test_tool_inside_is_a_folder_of_packages(index: Path) -> None:
    tool = provided(index, place("s390x"), text=INSIDE)
    assert tool.programs is None
    assert tool.packages is not None
    assert (tool.packages / "gadget.py").is_file()


def test_each_architecture_and_python_has_its_own(index: Path) -> None:
    older = dataclasses.replace(
        PYTHON,
        path=Path("/usr/bin/python3.9"),
        release=(3, 9, 2),
        purelib="lib/python3.9/site-packages",
    )
    wheres = [place("s390x"), place("armv7l"), place("s390x", interpreter=older)]
    assert len({provided(index, each).programs for each in wheres}) == 3


def test_what_it_brings_along_is_constrained(index: Path) -> None:
    (index / "constraints-1.txt").write_text("widget==1\n")
    tool = provided(index, place("s390x"), text=CONSTRAINED)
    assert tool.programs is not None
    found = tool.programs.parent.glob("lib/*/site-packages/widget-*")
    assert [path.name for path in found] == ["widget-1.dist-info"]


def test_tool_without_wheels_for_an_architecture_is_not_asked_there(
    index: Path,
) -> None:
    found = ask(index, place("riscv64", "2.41"))
    assert isinstance(found, NotProvided)
    assert found.reason.startswith("not for this platform: ")
    assert "gadget==1" in found.reason
    assert found.unsupported
    assert ask(index, place("riscv64", "2.41"), offline=True) == found


def test_tool_without_wheels_for_so_old_a_glibc_is_not_asked_there(
    index: Path,
) -> None:
    found = ask(index, place("s390x", "2.12"))
    assert isinstance(found, NotProvided)
    assert found.reason.startswith("not for this platform: ")


def test_python_that_is_too_old_for_the_tool_is_told(tmp_path: Path) -> None:
    found = ask(tmp_path, place("s390x"), version="2")
    reason = "needs Python >=3.12; this platform has 3.11"
    assert found == NotProvided(reason, unsupported=True)


def test_what_was_fetched_is_kept(index: Path) -> None:
    first = provided(index, place("s390x"))
    assert ask(index, place("s390x"), offline=True) == first


def test_offline_nothing_is_fetched(tmp_path: Path) -> None:
    found = ask(tmp_path, place("s390x"), offline=True)
    assert found == NotProvided("is not installed yet, and this run is offline")


def test_what_was_broken_off_is_fetched_anew(index: Path) -> None:
    tool = provided(index, place("s390x"))
    assert tool.programs is not None
    folder = tool.programs.parent.parent
    (folder / "complete").unlink()
    (tool.programs / "gadget").write_text("half a fi")
    told: list[str] = []
    assert ask(index, place("s390x"), told=told) == tool
    assert told == ["fetching gadget 1 for s390x"]
    assert (tool.programs / "gadget").read_text() != "half a fi"


def test_tool_that_needs_no_package_is_there_already(tmp_path: Path) -> None:
    tool = provided(tmp_path, place("riscv64", "2.41"), text=NEEDS_NOTHING)
    assert (tool.packages, tool.programs) == (None, None)


@pytest.mark.parametrize(
    ("arch", "glibc", "first", "last", "legacy"),
    [
        (
            *("s390x", "2.36", "manylinux_2_36_s390x", "manylinux_2_5_s390x"),
            ["manylinux2014_s390x"],
        ),
        (
            *("x86_64", "2.12", "manylinux_2_12_x86_64", "manylinux1_x86_64"),
            ["manylinux2010_x86_64", "manylinux1_x86_64"],
        ),
        ("riscv64", "2.41", "manylinux_2_41_riscv64", "manylinux_2_5_riscv64", []),
        ("x86_64", "2.4", None, None, []),
    ],
)
def test_tags_that_fit_a_platform(
    arch: str, glibc: str, first: str | None, last: str | None, legacy: list[str]
) -> None:
    platform: Platform = place(arch, glibc).platform
    tags = list(platform_tags(platform))
    assert tags[:1] == ([first] if first else [])
    if last:
        assert last in tags[-2:]
    assert [tag for tag in tags if not tag.startswith("manylinux_")] == legacy
