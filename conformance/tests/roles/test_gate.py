"""The gate in front of an index: real uploads, and pip installs what passed."""

from __future__ import annotations

import functools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import platformdirs
import pytest
from manylinux_conformance.asking.index.client import IndexClient
from manylinux_conformance.asking.index.table import Index
from manylinux_conformance.asking.index.uploaded_wheel import UploadedWheel
from manylinux_conformance.platforms.environment import this_machine
from manylinux_conformance.platforms.interpreters import running_interpreter
from manylinux_conformance.roles.index import running
from manylinux_conformance.sandbox.provide import NotProvided, ProvidedTool, provide
from manylinux_conformance.sandbox.sandbox import make_sandbox
from manylinux_conformance.sandbox.tool_description import ToolDescription
from manylinux_conformance.tools.selection import choose_tools
from manylinux_fixtures.corpus.fixtures import fixtures
from tests.builders import FAKE_TOOLS

# As TensorFlow 1.13.1: the oldest claim, symbols of a newer glibc, files in purelib.
RECIPES = """
rule = "wheel.versions.listed"

[[violates]]
name = "tensor-like"
about = "what the thread of 2019 is about"
twin = "tensor-repaired"
arch = ["x86_64"]
tags = ["manylinux1_x86_64"]
python = "py3-none"
project = "tensor-like"
elf = [{ path = "{data}/purelib/{package}/_ext.so", imports = [
  "memcpy@GLIBC_2.14 from libc.so.6", "clock_gettime@GLIBC_2.17 from libc.so.6",
] }]

[[holds]]
name = "tensor-repaired"
about = "the same, repaired"
twin = "tensor-like"
arch = ["x86_64"]
tags = ["manylinux_2_17_x86_64"]
python = "py3-none"
project = "tensor-like"
elf = [{ path = "{data}/platlib/{package}/_ext.so", imports = [
  "memcpy@GLIBC_2.14 from libc.so.6", "clock_gettime@GLIBC_2.17 from libc.so.6",
] }]
"""
SECONDS = 60
AFTER_A_CUT = 1  # second in which an index could publish what it has
HOME = "{project}/"


@dataclass(frozen=True, slots=True)
class Gated:
    """A gate in front of an index: where it takes uploads, whose, and its pages."""

    client: IndexClient

    @property
    def upload(self) -> str:
        return self.client.upload_url

    @property
    def simple(self) -> str:
        return self.client.page.removesuffix(HOME)

    def listed(self) -> list[str]:
        """Return the names on the project's page."""
        return [each.filename for each in self.client.files("tensor-like") or ()]


Wheel = Callable[[str, str], UploadedWheel]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Wheel:
    """Return a function that gives the false or the repaired wheel of a version."""

    @functools.cache
    def of_version(version: str) -> dict[str, UploadedWheel]:
        folder = tmp_path_factory.mktemp("recipes")
        text = RECIPES.replace("python =", f'version = "{version}"\npython =')
        (folder / "tensor.toml").write_text(text)
        return {
            each.recipe.name: UploadedWheel(
                "tensor_like", version, Path(each.path).name, each.content()
            )
            for each in fixtures(folder)
        }

    return lambda name, version: of_version(version)[name]


def made_up() -> tuple[ProvidedTool, Index]:
    """Return the tests' own index."""
    tool = ProvidedTool(ToolDescription(name="fake"), "", running_interpreter())
    program = str(FAKE_TOOLS / "index_server.py")
    return tool, Index(
        start=(sys.executable, program, "{port}"),
        ready="http://127.0.0.1:{port}/simple/",
        upload="http://127.0.0.1:{port}/",
        page=f"http://127.0.0.1:{{port}}/simple/{HOME}",
        seconds=SECONDS,
    )


def installed(name: str) -> tuple[ProvidedTool, Index]:
    """Return an index as the suite installs and starts it, or skip the test."""
    cache = platformdirs.user_cache_path("manylinux-conformance")
    [chosen] = choose_tools([name])
    tool = provide(chosen.adapter, chosen.version, cache)
    if isinstance(tool, NotProvided):
        pytest.skip(f"{name} {tool.reason}")
    return tool, chosen.adapter.table(Index)


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    """Return a gate in front of the tests' own index."""
    with gated(*made_up(), tmp_path_factory.mktemp("gated")) as found:
        yield found


@contextmanager
def gated(tool: ProvidedTool, table: Index, folder: Path) -> Iterator[Gated]:
    """Have a gate run in front of an index."""
    sandbox = make_sandbox(tool, this_machine(tool.interpreter), folder / "run", None)
    with running(behind_gate(table), sandbox, (), {}) as client:
        yield Gated(client)


def behind_gate(table: Index) -> Index:
    """Return an index with a gate in front: what it does itself is on another port."""
    serve = "from manylinux_reference.commands.cli import main; main()"
    to = "--to=http://127.0.0.1:{inner}/"
    return msgspec.structs.replace(
        table,
        start=tuple(each.replace("{port}", "{inner}") for each in table.start),
        inner_ready=table.ready.replace("{port}", "{inner}"),
        front=(sys.executable, "-c", serve, "gate", "serve", to, "--port={port}"),
    )


def by_form(gate: Gated, path: Path) -> tuple[bool, str]:
    """Upload a wheel as this suite does."""
    version = path.name.split("-")[1]
    wheel = UploadedWheel("tensor_like", version, path.name, path.read_bytes())
    reply = gate.client.upload(wheel)
    return reply.status < 300, reply.words


def by_command(program: str, *arguments: str) -> tuple[bool, str]:
    """Run a program of the tests' own environment."""
    command = (str(Path(sys.executable).with_name(program)), *arguments)
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    return done.returncode == 0, done.stdout + done.stderr


def by_twine(gate: Gated, path: Path) -> tuple[bool, str]:
    login = ("-u", gate.client.user, "-p", gate.client.password)
    plain = ("--non-interactive", "--disable-progress-bar", "--verbose")
    options = ("--repository-url", gate.upload, *login, *plain)
    return by_command("twine", "upload", *options, str(path))


def by_uv(gate: Gated, path: Path) -> tuple[bool, str]:
    login = ("--username", gate.client.user, "--password", gate.client.password)
    alone = ("--trusted-publishing", "never", "--no-config")
    options = ("--publish-url", gate.upload, *login, *alone)
    return by_command("uv", "publish", *options, str(path))


def written(folder: Path, wheel: UploadedWheel) -> Path:
    path = folder / wheel.filename
    path.write_bytes(wheel.content)
    return path


CLIENTS = {"1": by_form, "2": by_twine, "3": by_uv}
EACH_CLIENT = pytest.mark.parametrize("version", CLIENTS)


def is_refused_with_reasons_to_act_on(
    gate: Gated, version: str, wheel: Wheel, folder: Path
) -> bool:
    false = wheel("tensor-like", version)
    passed, said = CLIENTS[version](gate, written(folder, false))
    words = "".join(said.split())  # a terminal's lines break anywhere
    reasons = (
        "wheel.layout.purelib",
        "install ELF files to platlib",
        "memcpy@GLIBC_2.14",
        "clock_gettime@GLIBC_2.17",
        "build with older glibc",
    )
    is_said = all("".join(each.split()) in words for each in reasons)
    return is_said and not passed and false.filename not in gate.listed()


def passes(gate: Gated, version: str, wheel: Wheel, folder: Path) -> bool:
    repaired = wheel("tensor-repaired", version)
    passed, _ = CLIENTS[version](gate, written(folder, repaired))
    return passed and repaired.filename in gate.listed()


def is_installed_by_pip(gate: Gated, version: str, folder: Path) -> bool:
    target = folder / "target"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--isolated", "--no-cache-dir"),
            *("--disable-pip-version-check", "--quiet", "--only-binary=:all:"),
            *("--platform=manylinux_2_17_x86_64", f"--target={target}"),
            *(f"--index-url={gate.simple}", f"tensor-like=={version}"),
        ],
        check=True,
        timeout=SECONDS,
    )
    return bool(list(target.rglob("_ext.so")))


def is_published(gate: Gated, wheel: UploadedWheel, *, cut: int) -> bool:
    gate.client.upload(wheel, cut=cut)
    time.sleep(AFTER_A_CUT if cut else 0)
    return wheel.filename in gate.listed()


@EACH_CLIENT
def test_a_false_wheel_is_refused_with_reasons_to_act_on(
    version: str, gate: Gated, wheel: Wheel, tmp_path: Path
) -> None:
    assert is_refused_with_reasons_to_act_on(gate, version, wheel, tmp_path)


@EACH_CLIENT
def test_the_repaired_wheel_passes(
    version: str, gate: Gated, wheel: Wheel, tmp_path: Path
) -> None:
    assert passes(gate, version, wheel, tmp_path)


def test_what_passed_is_installed_from_the_page(
    gate: Gated, wheel: Wheel, tmp_path: Path
) -> None:
    assert passes(gate, "1", wheel, tmp_path)
    assert is_installed_by_pip(gate, "1", tmp_path)


def test_half_an_upload_is_never_published(gate: Gated, wheel: Wheel) -> None:
    half = wheel("tensor-repaired", "4")
    assert not is_published(gate, half, cut=100)
    assert is_published(gate, half, cut=0)


@pytest.mark.parametrize("name", ["pypiserver", "devpi-server"])
def test_all_this_is_so_of_an_index_in_use(
    name: str, wheel: Wheel, tmp_path: Path
) -> None:
    """In one test, since each is started once; pypiserver alone lists the half."""
    with gated(*installed(name), tmp_path) as gate:
        for version in CLIENTS:
            assert is_refused_with_reasons_to_act_on(gate, version, wheel, tmp_path)
            assert passes(gate, version, wheel, tmp_path)
        assert is_installed_by_pip(gate, "2", tmp_path)
        half = wheel("tensor-repaired", "4")
        assert not is_published(gate, half, cut=100)
        assert is_published(gate, half, cut=0)
