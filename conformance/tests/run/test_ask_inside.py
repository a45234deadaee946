"""Asking in containers: tools that misbehave, and what keeps one from being asked."""

import contextlib
import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import msgspec
import pip
import pytest
from manylinux_conformance.asking.batches import ProbeShelf
from manylinux_conformance.containers import running_container
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.live_containers import owner
from manylinux_conformance.containers.probe import older_platforms
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.images.engine import LABEL, TROUBLE, Engine
from manylinux_conformance.platforms.architectures import ARCHITECTURES
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.results.blocks import Block, write_blocks
from manylinux_conformance.results.lines import NotRun, Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.run import in_container as ask_inside
from manylinux_conformance.run.in_container import Inside
from manylinux_conformance.run.in_containers import AskingInside
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.sandbox.shim_build import ShimError
from manylinux_conformance.suite.cases import Case, Choose, Load, Loaded
from manylinux_conformance.suite.load import Suite, load_suite
from manylinux_conformance.tools.adapters import read_adapter
from manylinux_conformance.tools.selection import Tool

FAKE_TOOLS = Path(__file__).parents[1] / "fake_tools"
RULE = "installer.glibc.at-least"
OWN = "manylinux_{major}_{minor}_{arch}"
NEXT = "manylinux_{major}_{minor+1}_{arch}"
CASES = (
    Choose(rule=RULE, name="innocent", offer=(OWN,), pick=OWN),
    Choose(rule=RULE, name="culprit", offer=(NEXT,), pick="any"),
)
CULPRITS = (
    CASES[0],
    Choose(rule=RULE, name="culprit", offer=("culprit_{arch}",), pick="any"),
)
LOST = "under emulation, a process "
FUTURE = 4_102_444_800  # the year 2100

MakeReady = Callable[..., ReadyContainer]
Ask = Callable[..., Block]


def installer(folder: Path, way: str, more: str = "", seconds: int = 60) -> Tool:
    """Return the made-up installer."""
    script = json.dumps(str(FAKE_TOOLS / "installer.py"))
    path = folder / "fake.toml"
    path.write_text(
        f'name = "fake"\nroles = ["installer"]\n{more}\n[installer]\n'
        f'command = ["{{python}}", {script}, "{way}", "{{links}}",'
        f' "{{requirements}}", "{{target}}"]\nseconds = {seconds}\n'
    )
    return Tool(read_adapter(path), "", ())


def real_pip(folder: Path) -> Tool:
    """Return the pip that the suite itself uses; its own file finds its package."""
    script = json.dumps(str(Path(pip.__file__).with_name("__main__.py")))
    path = folder / "pip.toml"
    path.write_text(
        'name = "pip"\nroles = ["installer"]\n[installer]\n'
        f'command = ["{{python}}", {script}, "install", "--no-index", "--no-deps",'
        ' "--no-compile", "--no-cache-dir", "--disable-pip-version-check", "--quiet",'
        ' "--find-links={links}", "--target={target}",'
        ' "--requirement={requirements}"]\n'
    )
    return Tool(read_adapter(path), "", ())


def loader(folder: Path, way: str) -> Tool:
    """Return the made-up loader."""
    script = json.dumps(str(FAKE_TOOLS / "loader.py"))
    path = folder / "loader.toml"
    path.write_text(
        'name = "fake"\nroles = ["loader"]\n[loader]\n'
        f'install = ["{{python}}", {script}, "install", "{{target}}", "{{tag}}"]\n'
        f'command = ["{{python}}", {script}, "{way}", "{{target}}"]\n'
    )
    return Tool(read_adapter(path), "", ())


@pytest.fixture(scope="module")
def suite() -> Suite:
    return dataclasses.replace(load_suite(), cases=CASES)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    work = tmp_path / "work"
    work.mkdir()
    return Settings(tmp_path / "cache", work, jobs=2, offline=True)


@pytest.fixture
def ask(suite: Suite, settings: Settings) -> Ask:
    """Return a function that asks a tool in a container."""

    def asked(
        ready: ReadyContainer,
        tool: Tool,
        cases: tuple[Case, ...] = CASES,
        **more: object,
    ) -> Block:
        inside = Inside(
            dataclasses.replace(suite, cases=cases),
            tool,
            tool.adapter.roles[0],
            settings,
            ProbeShelf(settings.work / "probes"),
            ready,
            settings.work / "runs",
        )
        changed = dataclasses.replace(inside, **more)  # type: ignore[arg-type]
        return changed.block(lambda *_, **__: None)

    return asked


@pytest.fixture
def as_emulated(made_up: MakeReady) -> ReadyContainer:
    """Give a container whose engine is on a foreign machine."""
    ready = made_up()
    engine = dataclasses.replace(ready.engine, machine="s390x")
    return dataclasses.replace(ready, engine=engine)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give emulated programs no more time than others."""
    monkeypatch.setattr(running_container, "SLOWER", 1)


def changed(ready: ReadyContainer, **changes: object) -> ReadyContainer:
    release = msgspec.structs.replace(ready.container.release, **changes)
    container = Container(release, ready.container.arch)
    return dataclasses.replace(ready, container=container, interpreter=None)


def verdicts(block: Block) -> dict[str, Verdict]:
    return {one.case.rpartition("/")[2]: one.verdict for one in block.results}


def mine(engine: Engine, label: str = "") -> list[str]:
    found = engine.client.api.containers(all=True, filters={"label": LABEL})
    wanted = label or owner()
    return [each["Id"] for each in found if each["Labels"][LABEL] == wanted]


def test_real_pip_answers_in_a_container(
    ready: ReadyContainer, ask: Ask, tmp_path: Path
) -> None:
    block = ask(ready, real_pip(tmp_path))
    assert block.not_run == ()
    assert verdicts(block) == {"innocent": Verdict.PASS, "culprit": Verdict.PASS}
    assert block.header.platform == ready.container.name
    assert {one.platform for one in block.results} == {ready.container.name}
    assert mine(ready.engine) == []


def test_nothing_in_results_depends_on_clocks(
    made_up: MakeReady, ask: Ask, tmp_path: Path, settings: Settings
) -> None:
    ready, shelf = made_up(), ProbeShelf(settings.work / "probes")
    tool = real_pip(tmp_path)
    files: list[bytes] = []
    for time_of in (0, FUTURE):
        for path in shelf.folder.rglob("*") if time_of else ():
            os.utime(path, (time_of, time_of))
        folder = settings.work / f"runs-{len(files)}"
        block = ask(ready, tool, shelf=shelf, folder=folder)
        write_blocks([block], tmp_path / "results.jsonl")
        files.append((tmp_path / "results.jsonl").read_bytes())
    assert b'"verdict":"pass"' in files[0]
    assert files[0] == files[1]


def test_tool_that_crashes_is_an_error(
    ready: ReadyContainer, ask: Ask, tmp_path: Path
) -> None:
    block = ask(ready, installer(tmp_path, "crash-at-culprits"), cases=CULPRITS)
    assert verdicts(block)["culprit"] is Verdict.ERROR
    assert verdicts(block)["innocent"] is not Verdict.ERROR


def test_tool_that_hangs_ends_at_its_limit_and_the_run_goes_on(
    ready: ReadyContainer, ask: Ask, tmp_path: Path
) -> None:
    tool = installer(tmp_path, "hang-at-culprits", seconds=4)
    block = ask(ready, tool, cases=CULPRITS)
    assert verdicts(block)["culprit"] is Verdict.TIMEOUT
    assert verdicts(block)["innocent"] in {Verdict.PASS, Verdict.FAIL}
    assert mine(ready.engine) == []


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("crash-at-culprits", f"{LOST}was ended by SIGSEGV"),
        ("hang-at-culprits", f"{LOST}was still running at its time limit"),
    ],
)
@pytest.mark.usefixtures("impatient")
def test_emulated_trouble_is_nobodys_fault_and_is_tried_once_more(
    as_emulated: ReadyContainer, ask: Ask, tmp_path: Path, way: str, reason: str
) -> None:
    ready = as_emulated
    block = ask(ready, installer(tmp_path, way, seconds=4), cases=CULPRITS)
    assert {(one.verdict, one.reason) for one in block.results} == {
        (Verdict.INFRASTRUCTURE, reason)
    }
    runs = tmp_path / "work" / "runs" / ready.container.name
    assert len(list(runs.rglob("run-1"))) == 2
    assert list((runs / "again").rglob("run-1"))
    assert mine(ready.engine) == []


def test_container_killed_from_outside_is_started_once_more(
    ready: ReadyContainer, ask: Ask, tmp_path: Path, settings: Settings
) -> None:
    killed: list[str] = []

    def kill() -> None:
        while not list((settings.work / "runs").rglob("run-1/work")):
            time.sleep(0.05)
        time.sleep(0.8)
        for each in mine(ready.engine):
            ready.engine.client.api.kill(each)
            killed.append(each)

    killer = threading.Thread(target=kill)
    killer.start()
    block = ask(ready, installer(tmp_path, "dawdle"))
    killer.join()
    assert len(killed) == 1
    assert {one.answer for one in block.results} == {"any"}


def test_container_that_is_killed_each_time_is_infrastructure(
    ready: ReadyContainer, ask: Ask, tmp_path: Path, settings: Settings
) -> None:
    over = threading.Event()

    def kill() -> None:
        while not list((settings.work / "runs").rglob("run-1/work")):
            time.sleep(0.05)
        while not over.wait(0.3):
            for each in mine(ready.engine):
                with contextlib.suppress(*TROUBLE):
                    ready.engine.client.api.kill(each)

    killer = threading.Thread(target=kill)
    killer.start()
    block = ask(ready, installer(tmp_path, "hang"))
    over.set()
    killer.join()
    assert {one.verdict for one in block.results} == {Verdict.INFRASTRUCTURE}
    assert {one.reason for one in block.results} == {
        "the container was ended from outside"
    }


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (
            'versions = ["9"]\n[provide]\npython = { "9" = ">=3.99" }',
            r"needs Python >=3.99; this platform has 3\.\d+",
        ),
        (
            '[provide]\npypi = ["nothing-of-this-name==1"]',
            "is not installed yet, and this run is offline",
        ),
    ],
)
def test_tool_that_cannot_be_there_is_not_run(
    made_up: MakeReady, ask: Ask, tmp_path: Path, more: str, reason: str
) -> None:
    ready, tool = made_up(), installer(tmp_path, "any", more)
    version = tool.adapter.versions[0]
    block = ask(ready, dataclasses.replace(tool, version=version))
    assert block.results == ()
    (missing,) = block.not_run
    assert missing.platform == ready.container.name
    assert re.fullmatch(reason, missing.reason)


def test_tool_without_wheels_for_the_architecture_is_not_run(
    made_up: MakeReady,
    ask: Ask,
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    tool = installer(tmp_path, "any", '[provide]\npypi = ["nothing-of-this-name==1"]')
    online = dataclasses.replace(settings, offline=False)
    (missing,) = ask(made_up(), tool, settings=online).not_run
    assert missing.reason.startswith("not for this platform: ")


def test_tool_for_native_machines_only_is_not_emulated(
    as_emulated: ReadyContainer, ask: Ask, tmp_path: Path
) -> None:
    tool = installer(tmp_path, "any", 'native_only = "it takes an hour"')
    (missing,) = ask(as_emulated, tool).not_run
    assert missing.reason == "under emulation: it takes an hour"


def test_image_without_python_is_not_run(
    ready: ReadyContainer, ask: Ask, tmp_path: Path
) -> None:
    bare = changed(ready, interpreters=("/opt/none/python3",))
    (missing,) = ask(bare, installer(tmp_path, "any")).not_run
    assert missing == NotRun(
        platform=ready.container.name,
        reason="the image has no Python at /opt/none/python3",
    )


def test_image_that_is_not_what_the_catalogue_says_is_not_run(
    ready: ReadyContainer, ask: Ask, tmp_path: Path
) -> None:
    (missing,) = ask(changed(ready, glibc="2.3"), installer(tmp_path, "any")).not_run
    assert "is not what the catalogue says: confstr says " in missing.reason


@pytest.mark.parametrize(
    ("nonsense", "reason"),
    [
        ("1s/.*/nonsense/", "its Python is not usable"),
        ("2s/.*/nonsense/", "is not what the catalogue says: its Python says"),
    ],
)
def test_python_that_talks_nonsense_is_not_run(
    made_up: MakeReady, ask: Ask, tmp_path: Path, nonsense: str, reason: str
) -> None:
    ready = made_up()
    (python,) = ready.container.release.interpreters
    script = tmp_path / "python3"
    script.write_text(
        f'#!/bin/sh\ncase "$*" in *sysconfig*) {python} "$@" | sed {nonsense};;\n'
        f'*) exec {python} "$@";; esac\n'
    )
    script.chmod(0o755)
    block = ask(changed(ready, interpreters=(str(script),)), installer(tmp_path, "any"))
    assert block.not_run[0].reason.startswith(reason)


@pytest.mark.parametrize(
    ("arch", "glibc", "modelled"),
    [
        ("s390x", "2.36", ["debian-x-s390x-as-glibc-2.17"]),
        ("s390x", "2.17", []),
        ("riscv64", "2.41", []),  # which CentOS 7 never had
    ],
)
def test_older_c_library_is_modelled_where_there_was_one(
    here_container: Container, arch: str, glibc: str, modelled: list[str]
) -> None:
    release = msgspec.structs.replace(
        here_container.release, name="debian-x", glibc=glibc
    )
    platform = Container(release, ARCHITECTURES[arch]).platform()
    assert [each.name for each in older_platforms(platform)] == modelled


def test_older_c_library_is_modelled_in_the_container(
    made_up: MakeReady, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask_inside, "is_native", lambda _: False)
    ready = made_up()
    block = ask(ready, real_pip(tmp_path))
    places = {ready.container.name, f"{ready.container.name}-as-glibc-2.17"}
    assert {one.platform for one in block.results} == places
    assert {one.verdict for one in block.results} == {Verdict.PASS}


def test_model_that_does_not_show_is_told_and_the_rest_stays(
    made_up: MakeReady, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shim that is no library is not preloaded, so Python sees what there is."""
    monkeypatch.setattr(ask_inside, "is_native", lambda _: False)
    empty = tmp_path / "shim.so"
    empty.touch()
    monkeypatch.setattr(ask_inside, "build_shim", lambda *_: empty)
    block = ask(made_up(), installer(tmp_path, "any"))
    assert len(block.results) == len(CASES)
    (missing,) = block.not_run
    assert missing.platform.endswith("-as-glibc-2.17")
    assert missing.reason.startswith("the model does not work: ")


def test_shim_that_cannot_be_built_is_told(
    made_up: MakeReady, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Path:
        raise ShimError("shim.c", "no compiler")

    monkeypatch.setattr(ask_inside, "is_native", lambda _: False)
    monkeypatch.setattr(ask_inside, "build_shim", fail)
    (missing,) = ask(made_up(), installer(tmp_path, "any")).not_run
    assert missing.reason.endswith("no compiler")


def load_case(built: str, expect: Loaded) -> Load:
    return Load(
        rule="wheel.promise.mainstream",
        name=f"for-{built}",
        built=built,
        claim="2.28",
        expect=expect,
    )


def test_loader_is_asked_in_a_container(
    made_up: MakeReady, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask_inside, "compile_wheels", lambda *_: None)
    cases = (load_case("2.28", Loaded.IMPORTED), load_case("2.43", Loaded.REFUSED))
    block = ask(made_up(), loader(tmp_path, "good"), cases)
    assert [one.verdict for one in block.results] == [Verdict.PASS, Verdict.FAIL]


def test_platforms_loader_imports_what_it_should_and_nothing_newer(
    native: ReadyContainer, ask: Ask, tmp_path: Path
) -> None:
    unpack = (
        "import sys, zipfile\nfor each in sys.argv[2:]:"
        " zipfile.ZipFile(each).extractall(sys.argv[1])"
    )
    script = str(data_folder("tools") / "import_packages.py")
    path = tmp_path / "loader.toml"
    path.write_text(
        'name = "cpython"\nroles = ["loader"]\n[loader]\n'
        f'install = ["{{python}}", "-c", {json.dumps(unpack)}, "{{target}}"]\n'
        f'command = ["{{python}}", {json.dumps(script)}, "{{target}}"]\n'
    )
    tool = Tool(read_adapter(path), "", ())
    cases = (load_case("2.28", Loaded.IMPORTED), load_case("2.43", Loaded.REFUSED))
    block = ask(native, tool, cases)
    assert [one.verdict for one in block.results] == [Verdict.PASS, Verdict.PASS]
    assert "GLIBC_2.43" in block.results[1].reason


def test_every_container_has_a_block_and_the_rest_a_reason(
    made_up: MakeReady, suite: Suite, settings: Settings, tmp_path: Path
) -> None:
    ready = made_up()
    absent = NotRun(platform="elsewhere", reason="not prepared")
    asking = AskingInside(
        suite, installer(tmp_path, "any"), Role.INSTALLER, settings, [ready], (absent,)
    )
    told: list[tuple[str, int, int]] = []
    blocks = list(asking.blocks(lambda *words: told.append(words)))
    assert told[-1] == ("fake as installer in containers", 1, 1)
    assert [len(block.results) for block in blocks] == [len(CASES), 0]
    assert blocks[1].not_run == (absent,)


def test_whoever_stops_listening_ends_the_containers(
    made_up: MakeReady, suite: Suite, settings: Settings, tmp_path: Path
) -> None:
    ready = made_up()
    release = ready.container.release
    other = changed(ready, name="there")
    tool = installer(tmp_path, "dawdle")
    asking = AskingInside(suite, tool, Role.INSTALLER, settings, [ready, other], ())
    assert release.name == "here"
    blocks = asking.blocks(lambda *_: None)
    assert isinstance(blocks, Generator)
    next(blocks)
    with pytest.raises(KeyboardInterrupt):
        blocks.throw(KeyboardInterrupt)
    assert settings.live.ended
    assert mine(ready.engine) == []


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


class Running:
    """A run of the command line in a process of its own."""

    def __init__(
        self, folder: Path, ready: ReadyContainer, tool: Tool, cache: Path
    ) -> None:
        self.scratch, self.output = folder / "scratch", folder / "output"
        self.scratch.mkdir(parents=True)
        program = Path(sys.executable).with_name("manylinux-conformance")
        platform = f"--platform={ready.container.name}"
        adapter = folder.parent / f"{tool.adapter.name}.toml"
        variables = {"TMPDIR": str(self.scratch), "XDG_CACHE_HOME": str(cache)}
        self.process = subprocess.Popen(
            [
                *(program, "run", f"--tool={adapter}", platform),
                *(f"--rule={RULE}", f"--output={self.output}"),
            ],
            env=os.environ | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def containers(self, engine: Engine) -> list[str]:
        found = engine.client.api.containers(all=True, filters={"label": LABEL})
        process = f":{self.process.pid}:"
        return [each["Id"] for each in found if process in each["Labels"][LABEL]]


@pytest.fixture
def run(
    native: ReadyContainer, tmp_path: Path, cache: Path
) -> Iterator[Callable[..., Running]]:
    """Return a function that starts a run with a tool in a real container."""
    made: list[Running] = []

    def start(tool: Tool) -> Running:
        made.append(Running(tmp_path / f"run-{len(made)}", native, tool, cache))
        return made[-1]

    yield start
    for each in made:
        each.process.kill()
        each.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_a_run_without_leaving_anything(
    native: ReadyContainer,
    run: Callable[..., Running],
    tmp_path: Path,
    number: signal.Signals,
) -> None:
    running = run(installer(tmp_path, "hang", seconds=600))
    deadline = time.monotonic() + 120
    while not list(running.scratch.rglob("run-1/work")):
        assert running.process.poll() is None, running.process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(0.5)
    assert running.containers(native.engine)
    began = time.monotonic()
    running.process.send_signal(number)
    said, _ = running.process.communicate(timeout=60)
    assert time.monotonic() - began < 30
    assert running.process.returncode == 128 + number
    assert said.splitlines()[-1] == "interrupted; nothing was reported"
    assert "Traceback" not in said
    assert running.containers(native.engine) == []
    assert list(running.scratch.iterdir()) == []
    assert str(running.scratch) not in Path("/proc/mounts").read_text()
    assert not (running.output / "results.jsonl").exists()


def test_runs_at_once_do_not_disturb_each_other(
    native: ReadyContainer, run: Callable[..., Running], tmp_path: Path
) -> None:
    tool = real_pip(tmp_path)
    first, second = run(tool), run(tool)
    for each in (first, second):
        said, _ = each.process.communicate(timeout=200)
        assert each.process.returncode == 0, said
        assert each.containers(native.engine) == []
        assert list(each.scratch.iterdir()) == []
    lines = (first.output / "results.jsonl").read_bytes()
    assert lines == (second.output / "results.jsonl").read_bytes()
    assert b'"verdict":"pass"' in lines


def test_results_have_no_field_for_a_clock_or_a_machine() -> None:
    fields = {*Result.__struct_fields__, *NotRun.__struct_fields__}
    assert not {field for field in fields if re.search("time|date|clock|path", field)}
