"""Builders of test objects: whole ones, of which a test names only what it is about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

import msgspec
from manylinux_conformance.asking.role_table import RoleTable
from manylinux_conformance.platforms.platform import Fidelity, Platform
from manylinux_conformance.questions.build import Asked, Build
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.probe_project import Offer
from manylinux_conformance.results.lines import EDITION, FORMAT, Header, Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.sandbox.provide import ProvidedTool, provide
from manylinux_conformance.suite.rules import Basis, Level, Rule, Subject
from manylinux_conformance.tools.adapters import Adapter, read_adapter
from manylinux_fixtures.corpus.manifest import ManifestEntry
from manylinux_fixtures.elf.description import Elf
from manylinux_fixtures.recipes.recipe import Expectation

FAKE_TOOLS = Path(__file__).parent / "fake_tools"
CLAIM = "manylinux_2_17_x86_64"  # what a wheel of the corpus claims

# What needs nothing above the claim, and what does.
WITHIN = Elf(arch="x86_64", imports=("memcpy@GLIBC_2.14 from libc.so.6",))
ABOVE = Elf(arch="x86_64", imports=("pow@GLIBC_2.29 from libm.so.6",))

Table = TypeVar("Table", bound=RoleTable)

RULE = Rule(
    id="tag.form",
    level=Level.MUST,
    subjects=(Subject.INSTALLER, Subject.TAG_LIBRARY),
    arch="all",
    basis=Basis.STANDARD,
    source="PEP 600",
    tested="forced",
    revision=1,
    text="A tag MUST have four parts.",
    chapter="tags",
    line=7,
    examples={},
)
PLATFORM = Platform(
    name="glibc-2.17",
    fidelity=Fidelity.MODELLED,
    arch="x86_64",
    machine="x86_64",
    glibc="2.17",
    major=2,
    minor=17,
)
CHOOSE = Choose(rule=RULE.id, name="plain", offer=("linux_{arch}",), pick="any")
BUILD = Build(
    rule="builder.level.kept",
    name="plain",
    ask=Asked.LEVEL,
    probe="extension.c",
    expect=("kept",),
)
WHEEL = ManifestEntry(
    id=f"wheel.needed.allowed/plain/{PLATFORM.arch}",
    path="",
    sha256="0",
    rule="wheel.needed.allowed",
    arch=PLATFORM.arch,
    expectation=Expectation.HOLDS,
    tags=(CLAIM,),
    false=(),
    oldest="2_17",
    twin="",
    about="",
    probe="",
    unloadable={},
)


HEADER = Header(
    format=FORMAT,
    edition=EDITION,
    rules_lock="0" * 64,
    tool="pip",
    version="26.3",
    role=Role.INSTALLER,
    python="3.11",
    host="x86_64",
)
RESULT = Result(
    case=CHOOSE.id,
    rule=RULE.id,
    platform=PLATFORM.name,
    fidelity=PLATFORM.fidelity,
    verdict=Verdict.PASS,
    expected="any",
    answer="any",
)


def rule(**fields: object) -> Rule:
    """Return a rule about the form of tags, which binds installers and libraries."""
    return msgspec.structs.replace(RULE, **fields)


def platform(**fields: object) -> Platform:
    """Return a modelled platform: glibc 2.17 on x86_64."""
    return msgspec.structs.replace(PLATFORM, **fields)


def choose(*offer: str | Offer, **fields: object) -> Choose:
    """Return a case of some candidate wheels, of which none fits."""
    return msgspec.structs.replace(CHOOSE, **{"offer": offer or CHOOSE.offer, **fields})


def build(name: str = "plain", /, **fields: object) -> Build:
    """Return a case of a build environment that keeps the level of its target."""
    return msgspec.structs.replace(BUILD, **{"name": name, **fields})


def wheel_line(name: str = "plain", /, **fields: object) -> ManifestEntry:
    """Return the line of a wheel whose one claim is true."""
    rule = str(fields.get("rule", WHEEL.rule))
    named = {
        "id": f"{rule}/{name}/{WHEEL.arch}",
        "path": f"{rule}/{name}-1-cp36-abi3-{CLAIM}.whl",
    }
    return msgspec.structs.replace(WHEEL, **named | fields)


def false_line(name: str = "plain", /, **fields: object) -> ManifestEntry:
    """Return the line of a wheel whose one claim is false."""
    refused = {"expectation": Expectation.VIOLATES, "false": (CLAIM,)}
    return wheel_line(name, **refused | fields)


def header_line(**fields: object) -> Header:
    """Return the header of what an installer answered on the host."""
    return msgspec.structs.replace(HEADER, **fields)


def result_line(case: str = RESULT.case, /, **fields: object) -> Result:
    """Return a right answer on a modelled platform."""
    named = {"case": case, "rule": case.partition("/")[0]}
    return msgspec.structs.replace(RESULT, **named | fields)


def audit_line(case: str = f"{WHEEL.rule}/plain", /, **fields: object) -> Result:
    """Return a right answer about a wheel, which no platform has a part in."""
    on_wheel = {"platform": "", "fidelity": None, "arch": WHEEL.arch}
    return result_line(case, **on_wheel | fields)


def adapter_text(role: Role, table: str, *, name: str = "fake", more: str = "") -> str:
    """Return an adapter file; ``more`` stands before the table of the role."""
    head = f'name = "{name}"\nroles = ["{role}"]\n{more}'
    return f"{head}\n[{role.table_key}]\n{table}\n"


def fake_command(script: str, *words: str) -> str:
    """Return the command of a made-up tool, as an array of TOML."""
    return json.dumps(["{python}", str(FAKE_TOOLS / script), *words])


def installer_table(way: str, *, seconds: int = 60) -> str:
    """Return the table of the made-up installer behaving in one way."""
    places = ("{links}", "{requirements}", "{target}")
    command = fake_command("installer.py", way, *places)
    return f"command = {command}\nseconds = {seconds}\n"


def library_table(way: str, *, seconds: int = 60) -> str:
    """Return the table of the made-up tag library behaving in one way."""
    command = fake_command("library.py", way)
    return f"command = {command}\nseconds = {seconds}\n"


def auditor_table(seconds: int = 60, /, **commands: tuple[str, ...]) -> str:
    """Return the table of the made-up auditor, asked by some commands."""
    lines = (
        f"{key} = {fake_command('auditor.py', *words)}\n"
        for key, words in commands.items()
    )
    return f"{''.join(lines)}seconds = {seconds}\n"


def loader_table(way: str, *, installs: str = "install", seconds: int = 60) -> str:
    """Return the table of the made-up loader behaving in one way."""
    install = fake_command("loader.py", installs, "{target}", "{tag}")
    command = fake_command("loader.py", way, "{target}")
    return f"install = {install}\ncommand = {command}\nseconds = {seconds}\n"


def builder_table(way: str, material: Path, more: str = "") -> str:
    """Return the table of the made-up compiler; without a ``way`` there is none."""
    command = fake_command("compiler.py", way, str(material))
    compilers = f"c = {command}\ncxx = {command}\n" if way else ""
    return f'{compilers}{more}\n[builder.targets]\n{CLAIM} = "the-target"\n'


def write_adapter(folder: Path, text: str) -> Adapter:
    """Write an adapter file into a folder, as ``fake.toml``, and read it."""
    path = folder / "fake.toml"
    path.write_text(text)
    return read_adapter(path)


def provided(adapter: Adapter, cache: Path) -> ProvidedTool:
    """Provide the only version of a tool."""
    tool = provide(adapter, adapter.versions[0], cache)
    assert isinstance(tool, ProvidedTool), tool
    return tool


def table_of(tool: ProvidedTool, shape: type[Table]) -> Table:
    """Return a table of the adapter that a tool was provided from."""
    assert isinstance(tool.description, Adapter)
    return tool.description.table(shape)
