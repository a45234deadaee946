"""Fixtures: made-up tools, provided as a user's own adapter would provide them."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.live_containers import LiveContainers
from manylinux_conformance.containers.running_container import RunningContainer
from manylinux_conformance.containers.timing import Timings
from manylinux_conformance.errors import SuiteError
from manylinux_conformance.images.engines.engine import Engine, connect
from manylinux_conformance.judging.judge import result_of
from manylinux_conformance.platforms.architectures import ARCHITECTURES
from manylinux_conformance.platforms.catalogue import (
    Container,
    chosen,
    read_containers,
)
from manylinux_conformance.platforms.environment import Environment, this_machine
from manylinux_conformance.platforms.interpreters import running_interpreter
from manylinux_conformance.platforms.releases import Release, Source
from manylinux_conformance.questions.build import Build
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.builder import Builder, BuilderRole
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.sandbox.process import ProcessResult
from manylinux_conformance.sandbox.provide import ProvidedTool, locked
from manylinux_conformance.suite.load import load_suite
from manylinux_fixtures.elf.description import Elf
from manylinux_fixtures.elf.writer import write_elf
from tests.builders import (
    FAKE_TOOLS,
    WITHIN,
    adapter_text,
    builder_table,
    installer_table,
    library_table,
    provided,
    table_of,
    write_adapter,
)

MakeTool = Callable[..., ProvidedTool]
StartEngine = Callable[..., Engine]
MakeReady = Callable[..., ReadyContainer]
MakeRunning = Callable[..., RunningContainer]
AskBuilder = Callable[..., list[Result]]
RunPython = Callable[..., ProcessResult]


@pytest.fixture
def fake_installer(tmp_path: Path) -> MakeTool:
    """Return a function that provides the made-up installer behaving in one way."""

    def make(way: str, *, seconds: int = 60, more: str = "") -> ProvidedTool:
        table = installer_table(way, seconds=seconds) + more
        adapter = write_adapter(tmp_path, adapter_text(Role.INSTALLER, table))
        return provided(adapter, tmp_path / "cache")

    return make


@pytest.fixture
def fake_library(tmp_path: Path) -> MakeTool:
    """Return a function that provides the made-up library behaving in one way."""

    def make(way: str, *, seconds: int = 60, more: str = "") -> ProvidedTool:
        table = library_table(way, seconds=seconds) + more
        adapter = write_adapter(tmp_path, adapter_text(Role.TAG_LIBRARY, table))
        return provided(adapter, tmp_path / "cache")

    return make


@pytest.fixture
def fake_builder(tmp_path: Path) -> MakeTool:
    """Return a function that provides the made-up compiler behaving in one way.

    ``elf`` is what comes out of it.
    """

    def make(way: str = "", elf: Elf = WITHIN, more: str = "") -> ProvidedTool:
        material = tmp_path / "material.so"
        material.write_bytes(write_elf(elf))
        text = adapter_text(Role.BUILDER, builder_table(way, material, more))
        return provided(write_adapter(tmp_path, text), tmp_path / "cache")

    return make


@pytest.fixture(scope="session")
def session_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache folder for what takes long to make and is always the same."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def ask_builder(tmp_path: Path, session_cache: Path) -> AskBuilder:
    """Return a function that asks a builder, of which every target is to be run."""
    probes = ProbeCache(tmp_path / "probes")
    resources = Resources(tmp_path / "asked", session_cache, probes)

    def ask(tool: ProvidedTool, *builds: Build) -> list[Result]:
        role, table = BuilderRole(), table_of(tool, Builder)
        suite = dataclasses.replace(load_suite(), cases=builds)
        plan = role.plan(suite, tool, table, (), resources)
        assert plan.not_run == ()
        return [
            result_of(each, answers[each.key], batch.platform)
            for batch in plan.batches
            for answers in [role.ask(tool, table, batch, resources)]
            for each in batch.questions
        ]

    return ask


@pytest.fixture
def here(fake_installer: MakeTool) -> Environment:
    """Return this machine as it is."""
    return this_machine(fake_installer("any").interpreter)


@pytest.fixture
def here_container() -> Container:
    """Return this machine's system as if it were an image."""
    interpreter = running_interpreter()
    release = Release(
        name="here",
        glibc=platform.libc_ver()[1],
        python=interpreter.version,
        architectures=(platform.machine(),),
        sources=(Source.ARCHIVE,),
        interpreters=(str(interpreter.path),),
    )
    return Container(release, ARCHITECTURES[platform.machine()])


@pytest.fixture
def start_engine(
    here_container: Container, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StartEngine]:
    """Return a function that starts the made-up engine, which is then the usual one."""
    folder = Path(tempfile.mkdtemp(prefix="engine-"))  # sockets need short paths
    processes: list[subprocess.Popen[bytes]] = []
    engines: list[Engine] = []

    def start(way: str = "", *images: str) -> Engine:
        path = folder / f"{len(processes)}.sock"
        command = [sys.executable, str(FAKE_TOOLS / "engine.py"), str(path), way]
        names = images or (here_container.image,)
        process = subprocess.Popen([*command, *names], stdout=subprocess.PIPE)
        processes.append(process)
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
        engines.append(connect())
        return engines[-1]

    yield start
    for engine in engines:
        engine.client.close()
    for process in processes:
        process.terminate()
        process.communicate()
    shutil.rmtree(folder)


@pytest.fixture
def made_up(start_engine: StartEngine, here_container: Container) -> MakeReady:
    """Return a function that gives a container of a made-up engine of some way."""

    def make(way: str = "") -> ReadyContainer:
        return ReadyContainer(here_container, start_engine(way))

    return make


@pytest.fixture(scope="session")
def native() -> Iterator[ReadyContainer]:
    """Give a real container of this machine's architecture, or say why there is none.

    Its image is prepared if it is not there yet.
    """
    with _real(f"debian-12-{platform.machine()}") as ready:
        yield ready


@pytest.fixture(scope="session")
def emulated() -> Iterator[ReadyContainer]:
    """Give a real container that needs an emulator, if it is prepared."""
    with _real("debian-12-s390x", make=False) as ready:
        yield ready


@contextlib.contextmanager
def _real(name: str, *, make: bool = True) -> Iterator[ReadyContainer]:
    containers = chosen(read_containers(), name)
    if not containers:
        pytest.skip(f"the catalogue has no {name}")
    try:
        engine = connect()
    except SuiteError as error:
        pytest.skip(str(error))
    with contextlib.closing(engine.client):
        with locked(Path(tempfile.gettempdir()) / f"prepare-{name}"):
            if engine.image(containers[0].image) is None:
                if not make or not shutil.which("mmdebstrap"):
                    pytest.skip(f"{name} is not prepared")
                _prepare(name)
        yield ReadyContainer(containers[0], engine)


def _prepare(name: str) -> None:
    program = Path(sys.executable).with_name("manylinux-conformance")
    command = [str(program), "platforms", "prepare", name]
    made = subprocess.run(command, capture_output=True, check=False, text=True)
    if made.returncode:
        pytest.skip(f"{name} cannot be prepared: {made.stderr.splitlines()[-1:]}")


@pytest.fixture(params=["made-up engine", "real engine"])
def ready(request: pytest.FixtureRequest) -> ReadyContainer:
    """Return a container of this machine's architecture on each kind of engine."""
    if request.param == "real engine":
        found: ReadyContainer = request.getfixturevalue("native")
        return found
    make: MakeReady = request.getfixturevalue("made_up")
    return make()


@pytest.fixture
def make_running(tmp_path: Path) -> Iterator[MakeRunning]:
    """Return a function that makes a container to be started; it ends with the test."""
    made: list[RunningContainer] = []

    def make(
        ready: ReadyContainer,
        *,
        emulated: bool = False,
        readable: tuple[Path, ...] = (),
    ) -> RunningContainer:
        writable = tmp_path / f"writable-{len(made)}"
        (writable / "run" / "work").mkdir(parents=True)
        writable.chmod(0o755)
        running = RunningContainer(
            engine=ready.engine,
            container=ready.container,
            readable=readable,
            writable=writable,
            emulated=emulated,
            timings=Timings(),
            live=LiveContainers(),
        )
        made.append(running)
        return running

    yield make
    for each in made:
        each.stop()


@pytest.fixture
def run_python() -> RunPython:
    """Return a function that runs a program in a container's Python."""

    def run(
        running: RunningContainer,
        program: str,
        *arguments: str,
        seconds: float = 60,
        questions: bytes = b"",
    ) -> ProcessResult:
        if not running.python:
            running.start()
        return running.run(
            [running.python, "-S", "-c", program, *arguments],
            folder=running.writable / "run" / "work",
            variables={"PATH": os.defpath},
            seconds=seconds,
            questions=questions,
        )

    return run
