"""The gate in front of an index: real uploads, and pip installs what passed."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from manylinux_conformance.asking.index_client import IndexClient
from manylinux_conformance.asking.index_server import free_ports
from manylinux_conformance.asking.uploaded_wheel import UploadedWheel
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
Upload = Callable[[str, Path], tuple[bool, str]]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, UploadedWheel]:
    """Return the false wheel and the repaired one, by their names."""
    folder = tmp_path_factory.mktemp("recipes")
    (folder / "tensor.toml").write_text(RECIPES)
    return {
        each.recipe.name: UploadedWheel(
            "tensor-like", "1", Path(each.path).name, each.content()
        )
        for each in fixtures(folder)
    }


@contextmanager
def running(*command: str, port: int) -> Iterator[None]:
    """Have a server run, and wait until it takes connections."""
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + SECONDS
            while process.poll() is None and time.monotonic() < end:
                with socket.socket() as attempt:
                    if attempt.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def gate() -> Iterator[str]:
    """Return the address of a gate in front of an index."""
    port, inner = free_ports(2)
    index = (sys.executable, str(FAKE_TOOLS / "index_server.py"), str(inner))
    serve = "from manylinux_reference.commands.cli import main; main()"
    proxy = (sys.executable, "-c", serve, "gate", "serve", f"--port={port}")
    to = f"--to=http://127.0.0.1:{inner}/"
    with running(*index, port=inner), running(*proxy, to, port=port):
        yield f"http://127.0.0.1:{port}/"


def client(gate: str) -> IndexClient:
    return IndexClient(gate, f"{gate}simple/{{project}}/", "me", "secret", SECONDS)


def by_form(gate: str, path: Path) -> tuple[bool, str]:
    """Upload a wheel as this suite does."""
    wheel = UploadedWheel("tensor_like", "1", path.name, path.read_bytes())
    reply = client(gate).upload(wheel)
    return reply.status < 300, reply.words


def by_command(program: str, *arguments: str) -> tuple[bool, str]:
    """Run a program of the tests' own environment."""
    command = (str(Path(sys.executable).with_name(program)), *arguments)
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    return done.returncode == 0, done.stdout + done.stderr


def by_twine(gate: str, path: Path) -> tuple[bool, str]:
    options = ("--repository-url", gate, "-u", "me", "-p", "secret", "--verbose")
    plain = ("--non-interactive", "--disable-progress-bar")
    return by_command("twine", "upload", *options, *plain, str(path))


def by_uv(gate: str, path: Path) -> tuple[bool, str]:
    options = ("--publish-url", gate, "--username", "me", "--password", "secret")
    alone = ("--trusted-publishing", "never", "--no-config")
    return by_command("uv", "publish", *options, *alone, str(path))


def listed(gate: str) -> list[str]:
    """Return the names on the project's page."""
    return [each.filename for each in client(gate).files("tensor-like") or ()]


def written(folder: Path, wheel: UploadedWheel) -> Path:
    path = folder / wheel.filename
    path.write_bytes(wheel.content)
    return path


CLIENTS = pytest.mark.parametrize("upload", [by_form, by_twine, by_uv])


@CLIENTS
def test_a_false_wheel_is_refused_with_reasons_to_act_on(
    upload: Upload, gate: str, wheels: dict[str, UploadedWheel], tmp_path: Path
) -> None:
    wheel = wheels["tensor-like"]
    passed, said = upload(gate, written(tmp_path, wheel))
    assert not passed
    words = " ".join(said.split())
    for reason in (
        "wheel.layout.purelib",
        "install ELF files to platlib",
        "memcpy@GLIBC_2.14",
        "clock_gettime@GLIBC_2.17",
        "build with older glibc",
    ):
        assert reason in words or upload is not by_form
    assert "wheel." in words
    assert wheel.filename not in listed(gate)


@CLIENTS
def test_the_repaired_wheel_passes_and_is_installed_from_the_page(
    upload: Upload, gate: str, wheels: dict[str, UploadedWheel], tmp_path: Path
) -> None:
    wheel = wheels["tensor-repaired"]
    passed, said = upload(gate, written(tmp_path, wheel))
    assert passed, said
    assert wheel.filename in listed(gate)
    target = tmp_path / "target"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--isolated", "--no-cache-dir"),
            *("--disable-pip-version-check", "--quiet", "--only-binary=:all:"),
            *("--platform=manylinux_2_17_x86_64", f"--target={target}"),
            *(f"--index-url={gate}simple/", "tensor-like==1"),
        ],
        check=True,
        timeout=SECONDS,
    )
    assert list(target.rglob("_ext.so"))


def test_half_an_upload_is_never_published(
    gate: str, wheels: dict[str, UploadedWheel]
) -> None:
    whole = wheels["tensor-repaired"]
    name = whole.filename.replace("-1-", "-2-")
    half = UploadedWheel("tensor_like", "2", name, whole.content)
    client(gate).upload(half, cut=100)
    time.sleep(1)
    assert name not in listed(gate)
