"""Guides: what they print is what the project reads, and no word is missing."""

from __future__ import annotations

import enum
import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.asking.index.table import Index
from manylinux_conformance.platforms.environment import ModulePlace
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.questions.case import Case, Selector
from manylinux_conformance.questions.kinds import KINDS
from manylinux_conformance.questions.upload import (
    Archive,
    Became,
    Client,
    Examines,
    Look,
    Send,
    Upload,
)
from manylinux_conformance.reports.rule_status import RuleStatus
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.roles.installer import Installer
from manylinux_conformance.sandbox.tool_description import Fact
from manylinux_conformance.suite.case_files import read_case_file
from manylinux_conformance.suite.lock import read_retired
from manylinux_conformance.suite.rules import Level, Subject, read_rules
from manylinux_conformance.tools.adapters import read_adapter
from manylinux_conformance.tools.causes import Kind
from manylinux_conformance.tools.deviations import read_deviations

ROOT = Path(__file__).parents[3]
GUIDES = ROOT / "docs" / "guides"
CI = ROOT / ".ci" / "run"
FENCE = re.compile(r"^(`{3,})(\w+)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
CELL = re.compile(r"^\| `?([^`|]+?)`? \|", re.MULTILINE)
READERS: dict[str, Callable[[Path], Collection[object]]] = {
    "choose": lambda folder: list(read_case_file(folder / "retired.toml")),
    "cause": lambda folder: read_deviations(folder, "retired"),
    "retired": read_retired,
}


def blocks(guide: str, language: str) -> Iterator[str]:
    """Yield the code of a guide in one language."""
    for match in FENCE.finditer((GUIDES / guide).read_text("utf-8")):
        if match[2] == language:
            yield match[3]


def tables() -> list[tuple[str, str]]:
    """Return every TOML block of the guides that is a whole file, with its page."""
    return [
        (path.name, block)
        for path in sorted(GUIDES.glob("*.md"))
        for block in blocks(path.name, "toml")
        if tomllib.loads(re.sub("^platform = .*", "", block, flags=re.MULTILINE)).keys()
        & READERS.keys()
    ]


def test_the_guides_show_a_file_of_each_kind() -> None:
    shown = {key for _, block in tables() for key in tomllib.loads(block)}
    assert shown == READERS.keys()


@pytest.mark.parametrize(("guide", "block"), tables())
def test_printed_file_is_read(tmp_path: Path, guide: str, block: str) -> None:
    (key,) = tomllib.loads(block)
    (tmp_path / "retired.toml").write_text(block)
    assert READERS[key](tmp_path), guide


def test_printed_adapter_is_read(tmp_path: Path) -> None:
    found = blocks("test-your-installer.md", "toml")
    adapter, provide, unsupported, kept, cannot_see = found
    path = tmp_path / "mytool.toml"
    more = unsupported + kept.removeprefix("[installer]\n")
    whole = adapter.replace("[installer]\n", more)
    path.write_text(f"{whole}\n{provide}\n{cannot_see}")
    read = read_adapter(path)
    assert (read.name, read.roles) == ("mytool", (Role.INSTALLER,))
    assert read.cannot_see.keys() == {Fact.MUSL}
    assert read.provide.inside
    table = read.table(Installer)
    assert table.unsupported
    assert table.kept_in_home


def test_printed_selectors_are_read() -> None:
    shown = [
        line
        for block in blocks("write-a-case.md", "toml")
        for line in block.splitlines()
        if line.startswith("platform = ")
    ]
    assert len(shown) == 6
    for line in shown:
        assert msgspec.convert(tomllib.loads(line)["platform"], Selector)


def test_printed_answer_is_read() -> None:
    (block,) = blocks("read-a-result.md", "json")
    answer = json.loads(block)
    result = msgspec.convert(answer, Result)
    assert answer["line"] == "case"
    assert result.rule in read_rules(ROOT / "spec")


def test_printed_rule_is_the_real_one() -> None:
    (block,) = blocks("write-a-rule.md", "markdown")
    shown, _, _ = block.rpartition(":::")
    assert shown in (ROOT / "spec/installers.md").read_text("utf-8")


def test_printed_function_and_its_mutant_are_the_real_ones() -> None:
    [decider] = blocks("write-a-rule.md", "python")
    guide = (ROOT / "docs/guides/write-a-rule.md").read_text("utf-8")
    [mutant] = re.findall(r'`("tag\.[^`]+)`', guide)
    package = ROOT / "reference/manylinux_reference"
    assert decider in (package / "rules/tags.py").read_text()
    assert mutant in (package / "mutants/tags.py").read_text()


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("docs/guides/read-a-result.md", Verdict),
        ("docs/guides/read-a-result.md", Fidelity),
        ("docs/evidence/deviations.md", Kind),
        ("spec/conformance.md", Verdict),
        ("spec/conformance.md", Kind),
        ("spec/conformance.md", Fidelity),
        ("spec/conformance.md", Subject),
    ],
)
def test_every_word_is_explained(page: str, words: type[enum.StrEnum]) -> None:
    explained = set(CELL.findall((ROOT / page).read_text("utf-8")))
    for word in words:
        assert explained & {word, word.replace("-", " ")}, f"{page}: {word}"


def test_every_sign_is_explained() -> None:
    explained = CELL.findall((GUIDES / "read-a-result.md").read_text("utf-8"))
    for status in RuleStatus:
        assert status.symbol in explained, status


@pytest.mark.parametrize(
    ("guide", "words"),
    [
        ("test-your-installer.md", Fact),
        ("write-a-case.md", ModulePlace),
        ("write-a-rule.md", Level),
        ("write-a-rule.md", Subject),
        ("write-a-case.md", list(KINDS)),
        (
            "write-a-case.md",
            sorted(set(Upload.__struct_fields__) - set(Case.__struct_fields__)),
        ),
        *(
            ("write-a-case.md", words)
            for words in (Archive, Became, Client, Examines, Look, Send)
        ),
        ("read-a-result.md", [field.name for field in msgspec.structs.fields(Result)]),
        ("read-a-result.md", ["header", "case", "not-run", "footer"]),
    ],
)
def test_every_word_stands_in_its_guide(guide: str, words: list[str]) -> None:
    text = (GUIDES / guide).read_text("utf-8")
    for word in words:
        assert re.search(rf"[`\"\[]{re.escape(word)}[`\"\]]", text), f"{guide}: {word}"


def test_the_guide_for_indexes_says_which_of_them_ci_can_ask() -> None:
    """CI asks each adapter that it does not leave out; some nobody can start there."""
    text = (GUIDES / "ask-your-index.md").read_text("utf-8")
    asked, by_hand = text.split("## Indexes that somebody has to start")
    asked = asked.split("## Which indexes are asked")[1]
    found = {
        adapter.name: adapter.table(Index)
        for path in (ROOT / "conformance" / "tools").glob("*.toml")
        if Role.INDEX in (adapter := read_adapter(path)).roles
    }
    table = "".join(re.findall(r"^\|.*$", by_hand, re.MULTILINE))
    for name, index in found.items():
        shown = "the gate in front of pypiserver" if name.startswith("gated") else name
        assert re.search(shown, asked, re.IGNORECASE), name
        assert bool(index.by_hand) == (name in table.lower()), name
    left_out = re.findall(r"^(?:slow|alike)=\((.*)\)", CI.read_text(), re.MULTILINE)
    assert len(left_out) == 2
    assert found.keys().isdisjoint(" ".join(left_out).split())
