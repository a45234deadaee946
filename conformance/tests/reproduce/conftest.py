"""Fixtures: the tools that the suite has installed, and folders of one verdict."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import pytest
from manylinux_conformance.corpus.build import built_corpus
from manylinux_conformance.corpus.manifest import Corpus
from manylinux_conformance.reproduce.folder import write_folder
from manylinux_conformance.reproduce.material import PATIENCE
from manylinux_conformance.reproduce.subject import find_subject
from manylinux_conformance.sandbox.provide import NotProvided, ProvidedTool, provide
from manylinux_conformance.suite.load import Suite, load_suite
from manylinux_conformance.tools.selection import choose_tools

LONGEST = 2 * PATIENCE  # seconds for one script, which may run a tool twice


@dataclass(frozen=True, slots=True)
class Said:
    """How a script ended: its status, its last answer, and everything it said."""

    status: int
    answer: str
    output: str


Cached = Callable[[str], ProvidedTool]
Reproduced = Callable[..., Path]
RunScript = Callable[..., Said]


@pytest.fixture(scope="session")
def suite() -> Suite:
    """Return the suite as it is."""
    return load_suite()


@pytest.fixture(scope="session")
def user_cache() -> Path:
    """Return the cache in which the suite keeps tools."""
    return platformdirs.user_cache_path("manylinux-conformance")


@pytest.fixture(scope="session")
def built(user_cache: Path) -> Callable[[], Corpus]:
    """Return a function that builds the corpus, which takes seconds, once."""
    return functools.cache(functools.partial(built_corpus, user_cache))


@pytest.fixture
def cached(user_cache: Path) -> Cached:
    """Return a function that gives a tool from the cache, or skips the test."""

    def find(name: str) -> ProvidedTool:
        tool = choose_tools([name])[-1]
        found = provide(tool.adapter, tool.version, user_cache, offline=True)
        if isinstance(found, NotProvided):
            pytest.skip(f"{tool.name} {found.reason}")
        return found

    return find


@pytest.fixture
def reproduced(tmp_path: Path, suite: Suite, built: Callable[[], Corpus]) -> Reproduced:
    """Return a function that writes the folder of a case, a tool and a platform."""

    def make(case: str, tool: str, platform: str = "") -> Path:
        folder = tmp_path / "reproduced"
        write_folder(find_subject(suite, case, tool, platform, built), folder)
        return folder

    return make


@pytest.fixture
def run_script() -> RunScript:
    """Return a function that runs a folder's script with an installed tool."""
    if shutil.which("cc") is None:
        pytest.skip("no C compiler: cc")

    def run(folder: Path, tool: ProvidedTool, place: Path | None = None) -> Said:
        installed = place or tool.packages or tool.programs
        named = {"TOOL": str(installed), "PYTHON": str(tool.interpreter.path)}
        ended = subprocess.run(
            ["/bin/sh", folder / "run.sh"],
            env=os.environ | named,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        lines = [
            line for line in ended.stdout.splitlines() if line.startswith("answer")
        ]
        answer = lines[-1].removeprefix("answer: ") if lines else ""
        return Said(ended.returncode, answer, ended.stdout + ended.stderr)

    return run
