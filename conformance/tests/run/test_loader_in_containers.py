"""The role loader in a container: what its own loader imports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.images.engines.engine import Engine
from manylinux_conformance.questions.load import Load, Loaded
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.roles import loader
from manylinux_conformance.tools.adapters import read_adapter
from manylinux_conformance.tools.selection import Tool

MakeReady = Callable[..., ReadyContainer]
MakeTool = Callable[..., Tool]
Ask = Callable[..., Block]
Mine = Callable[[Engine], list[str]]


def load_case(built: str, expect: Loaded) -> Load:
    return Load(
        rule="wheel.promise.mainstream",
        name=f"for-{built}",
        built=built,
        claim="2.28",
        expect=expect,
    )


def test_loader_is_asked_in_a_container(
    made_up: MakeReady, ask: Ask, monkeypatch: pytest.MonkeyPatch, make_loader: MakeTool
) -> None:
    monkeypatch.setattr(loader, "compile_wheels", lambda *_: None)
    cases = (load_case("2.28", Loaded.IMPORTED), load_case("2.43", Loaded.REFUSED))
    block = ask(made_up(), make_loader("good"), cases)
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
