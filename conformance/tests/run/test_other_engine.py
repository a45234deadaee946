"""An engine that does not see this machine's files asks the same and gets the same.

A second Docker daemon stands for another machine's.  It lives in a mount namespace in
which our folders are hidden, so that it cannot mount any of our files.
"""

import contextlib
import dataclasses
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from manylinux_conformance.cli.main import main
from manylinux_conformance.containers.available import ReadyContainer, ready_containers
from manylinux_conformance.containers.files import can_mount
from manylinux_conformance.errors import InputError, SuiteError
from manylinux_conformance.images.engines.connections import Engines
from manylinux_conformance.images.engines.engine import Engine, connect
from manylinux_conformance.platforms.catalogue import elsewhere, read_containers
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.run.pipeline import run
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.suite.filters import Wanted
from manylinux_conformance.suite.load import load_suite, narrowed
from manylinux_conformance.tools.selection import choose_tools

FAKE = Path(__file__).parents[1] / "fake_tools" / "installer.py"
UNSHARE = shutil.which("unshare")
PATIENCE = 30  # seconds
HIDE = 'for folder in "$HIDDEN"/*; do mount -t tmpfs none "$(readlink "$folder")"; done'
START = f"mount --make-rprivate /; {HIDE}; exec dockerd"


@contextlib.contextmanager
def second_daemon(hidden: tuple[Path, ...]) -> Iterator[Engine]:
    """Yield a daemon that does not see some folders, or skip and say why."""
    if not UNSHARE or not shutil.which("dockerd"):
        pytest.skip("no second daemon: dockerd or unshare is not installed")
    if os.getuid() != 0:
        pytest.skip("no second daemon: only root can start one")
    # Not below a hidden folder: it needs its own.
    own = Path(tempfile.mkdtemp(prefix="daemon-", dir="/var/tmp"))
    try:
        with _process(own, hidden) as (process, address):
            yield _connected(process, address, own)
    finally:
        shutil.rmtree(own, ignore_errors=True)


@contextlib.contextmanager
def _process(
    own: Path, hidden: tuple[Path, ...]
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    links = own / "hidden"
    links.mkdir()
    for number, folder in enumerate(hidden):
        (links / str(number)).symlink_to(folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    options = (
        f"--data-root={own}/data",
        f"--exec-root={own}/exec",
        f"--pidfile={own}/pid",
        f"--host={address}",
        "--bridge=none",
        "--iptables=false",
        "--tls=false",
    )
    with (own / "log").open("wb") as log:
        process = subprocess.Popen(
            [UNSHARE or "", "--mount", "sh", "-c", f'{START} "$@"', "sh", *options],
            env=os.environ | {"HIDDEN": str(links)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process, address
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _connected(process: subprocess.Popen[bytes], address: str, own: Path) -> Engine:
    deadline = time.monotonic() + PATIENCE
    reason = "it does not answer"
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return connect(address)
        except SuiteError as error:
            reason = str(error)
            time.sleep(0.2)
    said = (own / "log").read_text(errors="replace").strip().splitlines()
    pytest.skip(f"no second daemon: {said[-1] if said else reason}")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def other(native: ReadyContainer, scratch: Path) -> Iterator[Engine]:
    """Start a daemon to which our files are hidden, with the image that we have."""
    hidden = (scratch.parent, Path(__file__).resolve().parents[3])
    with second_daemon(hidden) as engine:
        engine.load(native.engine.save(native.container.image))
        yield engine
        left = engine.client.api.containers(all=True)
        assert (left, engine.client.api.volumes()["Volumes"] or []) == ([], [])


def asked(
    tool: str, native: ReadyContainer, folder: Path, address: str = "", case: str = "*"
) -> list[Block]:
    """Ask a tool in the one container, on the engine of an address."""
    rule = "installer.glibc.at-least"
    suite = narrowed(load_suite(), Wanted((native.container.name,), (rule,), (case,)))
    (container,) = elsewhere(suite.containers, [address] if address else [])
    suite = dataclasses.replace(suite, containers=(container,))
    settings = Settings(folder / "cache", folder / "work", 1, offline=True)
    blocks = run(suite, choose_tools([tool]), (Role.INSTALLER,), settings, silent)
    return list(blocks)


def silent(words: str, done: int, total: int) -> None:
    pass


def test_the_engine_is_told_apart_from_one_that_sees_our_files(
    native: ReadyContainer, other: Engine, scratch: Path
) -> None:
    assert can_mount([scratch], native.engine, native.container)
    assert not can_mount([scratch], other, native.container)


def test_the_reference_answers_there_as_it_does_here(
    native: ReadyContainer, other: Engine, scratch: Path
) -> None:
    here = asked("reference", native, scratch / "here")
    there = asked("reference", native, scratch / "there", other.address)
    assert there == here
    (block,) = there
    assert block.results
    assert {one.verdict.value for one in block.results} == {"pass"}
    assert {one.fidelity for one in block.results} == {Fidelity.NATIVE}


@pytest.mark.parametrize("way", ["fail-halfway", "write-beside"])
def test_a_tool_that_misbehaves_is_caught_there_as_it_is_here(
    native: ReadyContainer, other: Engine, scratch: Path, way: str
) -> None:
    folder = scratch / way
    folder.mkdir()
    adapter = folder / "own.toml"
    adapter.write_text(
        'name = "own"\nroles = ["installer"]\n[provide]\ninside = true\n[installer]\n'
        f'command = ["{{python}}", {json.dumps(str(FAKE))}, "{way}", "{{links}}",'
        ' "{requirements}", "{target}"]\n'
    )
    case = "*-version"
    here = asked(str(adapter), native, folder / "here", case=case)
    there = asked(str(adapter), native, folder / "there", other.address, case)
    assert there == here
    assert there[0].results


def test_the_command_line_names_the_engine(
    native: ReadyContainer, other: Engine, tmp_path: Path
) -> None:
    name = native.container.name
    said = CliRunner().invoke(
        main,
        [
            *("run", "--tool", "reference", "--role", "installer", "--platform", name),
            *("--rule", "installer.glibc.at-least", "--output", str(tmp_path)),
            *("--engine", f"{name}={other.address}"),
        ],
    )
    assert said.exit_code == 0, said.output
    assert (tmp_path / "results.jsonl").read_text().count('"verdict":"pass"')


def test_what_the_engine_lacks_is_listed_with_the_command_for_it(
    other: Engine, tmp_path: Path
) -> None:
    absent = [each for each in read_containers() if each.name == "debian-14-aarch64"]
    (line,) = ready_containers(
        elsewhere(tuple(absent), [other.address]), [tmp_path], Engines()
    )
    command = f"prepare debian-14-aarch64 --engine {other.address}"
    assert isinstance(line, NotRun)
    assert line.remedy.endswith(command)


def test_a_pattern_that_names_no_platform_is_refused() -> None:
    with pytest.raises(InputError, match=r"mars-\*=ssh://x: no platform of this run"):
        elsewhere(read_containers(), ["mars-*=ssh://x"])


def test_the_last_engine_that_is_named_for_a_platform_counts() -> None:
    named = ("ssh://all", "debian-12-*=arm", "debian-12-aarch64=ssh://me@arm")
    found = {
        one.name: one.release.engine for one in elsewhere(read_containers(), named)
    }
    assert found["debian-13-aarch64"] == "ssh://all"
    assert found["debian-12-s390x"] == "arm"
    assert found["debian-12-aarch64"] == "ssh://me@arm"
