"""Evidence: the cases, results and deviations that the pages show, read once."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from case_text import CaseText, describe, describe_build
from manylinux_conformance.errors import InputError
from manylinux_conformance.results.blocks import Block, joined, read_results
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.cases import read_builds, read_cases
from manylinux_conformance.suite.examples import example_cases
from manylinux_conformance.suite.lint_chapters import AREAS, LATER_AREAS
from manylinux_conformance.suite.lock import Retired, read_retired
from manylinux_conformance.suite.rules import Rule, read_rules
from manylinux_conformance.tools.deviations import Deviation, read_deviations
from proposal import Proposal, read_proposals
from recipe_text import described_recipes
from score import Score, scores
from sphinx.errors import SphinxError

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

SOURCES = (
    "conformance/cases/**/*.toml",
    "fixtures/recipes/**/*.toml",
    "conformance/deviations/*.toml",
    "conformance/results/*.jsonl",
    "spec/*.md",
    "spec/*.toml",
    "spec/data/*.toml",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known about the rules besides their text.

    ``blocks`` are in the order of roles, tools and versions, one for each, wherever
    it was asked.
    ``scores`` maps a rule's identifier to what the tools answered.
    ``deviations`` maps a tool's name to its entries.
    ``retired`` maps identifiers that name no rule any more to what became of them.
    """

    rules: dict[str, Rule]
    cases: tuple[CaseText, ...]
    blocks: tuple[Block, ...]
    scores: dict[str, list[Score]]
    deviations: dict[str, tuple[Deviation, ...]]
    retired: dict[str, Retired]
    proposals: tuple[Proposal, ...]

    def cases_of(self, rule: str) -> list[CaseText]:
        """Return the questions about a rule: examples, cases, then fixture wheels."""
        return [case for case in self.cases if case.rule == rule]


def evidence(env: BuildEnvironment) -> Evidence:
    """Return what the files of the project being built say.

    Raises SphinxError, naming the file, if one of them is malformed.
    """
    try:
        return _read(Path(env.srcdir), env.config.evidence_digest)
    except InputError as error:
        raise SphinxError(str(error)) from error


def digest(root: Path) -> str:
    """Return a digest of every file that pages are generated from."""
    found = hashlib.sha256()
    for path in _sources(root):
        found.update(path.relative_to(root).as_posix().encode() + b"\0")
        found.update(path.read_bytes() + b"\0")
    return found.hexdigest()


@functools.lru_cache(maxsize=2)
def _read(root: Path, _digest: str) -> Evidence:
    spec, suite = root / "spec", root / "conformance"
    rules = read_rules(spec)
    examples = example_cases(rules.values(), spec)
    blocks = sorted(joined(read_results(suite / "results")), key=_place)
    tools = sorted(path.stem for path in (suite / "deviations").glob("*.toml"))
    retired = read_retired(spec) if (spec / "retired.toml").exists() else {}
    return Evidence(
        rules=dict(sorted(rules.items(), key=lambda item: _area(item[1]))),
        cases=(
            *map(describe, (*examples, *read_cases(suite / "cases"))),
            *map(describe_build, read_builds(suite / "cases")),
            *described_recipes(root / "fixtures" / "recipes"),
        ),
        blocks=tuple(blocks),
        scores=scores(blocks),
        deviations={
            tool: read_deviations(suite / "deviations", tool) for tool in tools
        },
        retired=retired,
        proposals=read_proposals(spec),
    )


def _area(rule: Rule) -> int:
    areas = (*AREAS, *LATER_AREAS)
    return areas.index(rule.area) if rule.area in areas else len(areas)


def _place(block: Block) -> tuple[Role, str, list[int]]:
    header = block.header
    version = [int(number) for number in re.findall(r"\d+", header.version)]
    return header.role, header.tool, version


def _sources(root: Path) -> Iterator[Path]:
    for pattern in SOURCES:
        yield from sorted(root.glob(pattern))


def _remember(app: Sphinx, config: Config) -> None:
    # A changed value makes Sphinx read every page again, also those of new rules.
    config["evidence_digest"] = digest(Path(app.srcdir))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Make a change of the evidence a reason to rebuild."""
    app.add_config_value("evidence_digest", "", "env", str)
    app.connect("config-inited", _remember)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
