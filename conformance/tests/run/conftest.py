"""Fixtures: made-up tools that are asked in containers, real and made-up ones."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pip
import pytest
from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.containers import running_container
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.images.engines.container_owner import owner
from manylinux_conformance.images.engines.engine import LABEL, Engine
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.run.asking import Asking
from manylinux_conformance.run.container import InContainer
from manylinux_conformance.run.settings import Settings
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

MakeReady = Callable[..., ReadyContainer]
MakeTool = Callable[..., Tool]
Ask = Callable[..., Block]


@pytest.fixture
def make_installer(tmp_path: Path) -> MakeTool:
    """Return a function that gives the made-up installer, which any Python can run."""

    def make(way: str, more: str = "", seconds: int = 60) -> Tool:
        provide = "" if "[provide]" in more else "[provide]\ninside = true\n"
        script = json.dumps(str(FAKE_TOOLS / "installer.py"))
        path = tmp_path / "fake.toml"
        path.write_text(
            f'name = "fake"\nroles = ["installer"]\n{more}\n{provide}[installer]\n'
            f'command = ["{{python}}", {script}, "{way}", "{{links}}",'
            f' "{{requirements}}", "{{target}}"]\nseconds = {seconds}\n'
        )
        return Tool(read_adapter(path), "", ())

    return make


@pytest.fixture
def real_pip(tmp_path: Path) -> Tool:
    """Return the pip that the suite itself uses, as one file."""
    file, package = tmp_path / "pip.pyz", Path(pip.__file__).parent
    start = "import sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("__main__.py", start)
        for path in package.rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                archive.write(path, Path("pip") / path.relative_to(package))
    script = json.dumps(str(file))
    path = tmp_path / "pip.toml"
    path.write_text(
        'name = "pip"\nroles = ["installer"]\n[provide]\ninside = true\n[installer]\n'
        f'command = ["{{python}}", {script}, "install", "--no-index", "--no-deps",'
        ' "--no-compile", "--no-cache-dir", "--disable-pip-version-check", "--quiet",'
        ' "--find-links={links}", "--target={target}",'
        ' "--requirement={requirements}"]\n'
    )
    return Tool(read_adapter(path), "", ())


@pytest.fixture
def make_loader(tmp_path: Path) -> MakeTool:
    """Return a function that gives the made-up loader."""

    def make(way: str) -> Tool:
        script = json.dumps(str(FAKE_TOOLS / "loader.py"))
        path = tmp_path / "loader.toml"
        path.write_text(
            'name = "fake"\nroles = ["loader"]\n[provide]\ninside = true\n[loader]\n'
            f'install = ["{{python}}", {script}, "install", "{{target}}", "{{tag}}"]\n'
            f'command = ["{{python}}", {script}, "{way}", "{{target}}"]\n'
        )
        return Tool(read_adapter(path), "", ())

    return make


@pytest.fixture(scope="session")
def suite() -> Suite:
    """Return the rules with two cases, of which a made-up tool may spoil one."""
    return dataclasses.replace(load_suite(), cases=CASES)


@pytest.fixture(scope="session")
def culprits() -> Sequence[AnyCase]:
    """Return two cases, one of which makes made-up tools misbehave."""
    return CULPRITS


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings that use folders of the test's own, and no network."""
    work = tmp_path / "work"
    work.mkdir()
    return Settings(tmp_path / "cache", work, jobs=2, offline=True)


@pytest.fixture
def ask(suite: Suite, settings: Settings) -> Ask:
    """Return a function that asks a tool in a container."""

    def asked(
        ready: ReadyContainer,
        tool: Tool,
        cases: Sequence[AnyCase] = CASES,
        settings: Settings = settings,
        runs: str = "runs",
        probes: ProbeCache | None = None,
    ) -> Block:
        role, runs_in = tool.adapter.roles[0], settings.work / runs
        probes = probes or ProbeCache(settings.work / "probes")
        place = InContainer(tool, role, settings, ready, runs_in, probes)
        asked = dataclasses.replace(suite, cases=tuple(cases))
        return Asking(asked, tool, role, settings.cache, place).block(
            lambda *_, **__: None
        )

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


@pytest.fixture
def mine() -> Callable[[Engine], list[str]]:
    """Return a function that lists an engine's containers of this process."""

    def listed(engine: Engine) -> list[str]:
        found = engine.client.api.containers(all=True, filters={"label": LABEL})
        return [each["Id"] for each in found if each["Labels"][LABEL] == owner()]

    return listed
