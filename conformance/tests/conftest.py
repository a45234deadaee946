"""Fixtures: made-up tools, provided as a user's own adapter would provide them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_conformance.adapters import read_adapter
from manylinux_conformance.circumstances import Environment, this_machine
from manylinux_conformance.provide import ProvidedTool, provide

FAKE_TOOLS = Path(__file__).parent / "fake_tools"

MakeTool = Callable[..., ProvidedTool]


@pytest.fixture
def fake_installer(tmp_path: Path) -> MakeTool:
    """Return a function that provides the made-up installer behaving in one way."""

    def make(way: str, *, seconds: int = 60, more: str = "") -> ProvidedTool:
        script = json.dumps(str(FAKE_TOOLS / "installer.py"))
        path = tmp_path / "fake.toml"
        path.write_text(
            'name = "fake"\nroles = ["installer"]\n[installer]\n'
            f'command = ["{{python}}", {script}, "{way}", "{{links}}",'
            ' "{requirements}", "{target}"]\n'
            f"seconds = {seconds}\n{more}"
        )
        return _provided(path)

    return make


@pytest.fixture
def fake_library(tmp_path: Path) -> MakeTool:
    """Return a function that provides the made-up library behaving in one way."""

    def make(way: str, *, seconds: int = 60, more: str = "") -> ProvidedTool:
        script = json.dumps(str(FAKE_TOOLS / "library.py"))
        path = tmp_path / "fake.toml"
        path.write_text(
            'name = "fake"\nroles = ["tag-library"]\n[tag_library]\n'
            f'command = ["{{python}}", {script}, "{way}"]\n'
            f"seconds = {seconds}\n{more}"
        )
        return _provided(path)

    return make


@pytest.fixture
def here(fake_installer: MakeTool) -> Environment:
    """Return this machine as it is."""
    return this_machine(fake_installer("any").interpreter)


def _provided(adapter: Path) -> ProvidedTool:
    tool = provide(read_adapter(adapter), "", adapter.parent / "cache")
    assert isinstance(tool, ProvidedTool), tool
    return tool
