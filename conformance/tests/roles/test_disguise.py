"""Disguised questions: planted tools are caught, and honest ones keep every verdict."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from manylinux_conformance.asking.plan import Batch, CaseBatch
from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.judging.judge import result_of
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.results.baseline import block_key
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.registry import ROLES
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.suite.filters import Wanted
from manylinux_conformance.suite.load import load_suite, narrowed
from manylinux_conformance.tools.disguises import Moved, compared
from manylinux_fixtures.disguise import UNDISGUISED, Disguise
from tests.builders import (
    adapter_text,
    choose,
    fake_command,
    header_line,
    platform,
    provided,
    table_of,
    write_adapter,
)

AskAll = Callable[[Role, str, Disguise], Block]
SEEDS = (1, 2, 3)
FITTING = "manylinux_2_17_x86_64"
CHOICES = tuple(
    choose(FITTING, "linux_vax", name=f"case-{number}", pick=FITTING)
    for number in range(8)
)
COMMANDS = {
    Role.INSTALLER: ("installer", "{links}", "{requirements}", "{target}"),
    Role.TAG_LIBRARY: ("library",),
    Role.AUDITOR: ("auditor",),
}
# Wheels that need a symbol of glibc 2.38 or differ from such a one in this alone.
WHEELS = ("needs-strlcpy*", "new-*", "glibc-2-38-*")


def planted(role: Role, way: str, folder: Path) -> ProvidedTool:
    script, *places = COMMANDS[role]
    key = "lines" if role is Role.AUDITOR else "command"
    command = fake_command("planted.py", script, way, *places)
    adapter = write_adapter(folder, adapter_text(role, f"{key} = {command}"))
    return provided(adapter, folder / "cache")


def batches(role: Role, tool: ProvidedTool, resources: Resources) -> Sequence[Any]:
    if role is not Role.AUDITOR:
        here = CHOICES[0].environment(platform())
        batch: CaseBatch[Choose] = CaseBatch(
            name="all",
            platform=platform(),
            questions=CHOICES,
            environment=here,
            shim=None,
        )
        return [batch]
    suite = narrowed(load_suite(), Wanted(("x86_64",), ("wheel.*",), WHEELS))
    table = table_of(tool, ROLES[role].table)
    found: Sequence[Batch[Any]] = (
        ROLES[role].plan(suite, tool, table, (), resources).batches
    )
    return found


@pytest.fixture
def ask(tmp_path: Path, session_cache: Path) -> AskAll:
    """Return a function that puts the same questions to a planted tool."""

    def asked(role: Role, way: str, disguise: Disguise) -> Block:
        folder = tmp_path / f"{disguise.seed}"
        folder.mkdir()
        tool = planted(role, way, folder)
        probes = ProbeCache(folder / "probes")
        resources = Resources(folder / "asked", session_cache, probes, disguise)
        table = table_of(tool, ROLES[role].table)
        results = []
        for batch in batches(role, tool, resources):
            own = dataclasses.replace(resources, folder=folder / batch.name)
            answers = ROLES[role].ask(tool, table, batch, own)
            results += [
                result_of(each, answers[each.key], batch.platform)
                for each in batch.questions
            ]
        header = header_line(tool="fake", version="", role=role)
        return Block(header, tuple(results))

    return asked


def moved(ask: AskAll, role: Role, way: str) -> Iterator[Moved]:
    before = ask(role, way, UNDISGUISED)
    for seed in SEEDS:
        disguise = Disguise(seed)
        after = ask(role, way, disguise)
        found = compared(after, {block_key(before.header): before}, disguise)
        assert found.count == len(after.results) > 0
        assert found.new == 0
        yield from found.moved


@pytest.mark.parametrize("role", COMMANDS)
def test_an_honest_tool_keeps_every_verdict(ask: AskAll, role: Role) -> None:
    assert list(moved(ask, role, "honest")) == []


@pytest.mark.parametrize("way", ["by-name", "by-order"])
@pytest.mark.parametrize("role", COMMANDS)
def test_a_tool_that_goes_by_names_or_order_is_caught(
    ask: AskAll, role: Role, way: str
) -> None:
    assert list(moved(ask, role, way))


def test_an_auditor_that_goes_by_section_headers_is_caught(ask: AskAll) -> None:
    found = list(moved(ask, Role.AUDITOR, "by-section-headers"))
    assert {one.appearance for one in found} == {"section headers absent"}
