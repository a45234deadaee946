"""Evidence: the cases, results and deviations that the pages show, read once."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.errors import InputError
from manylinux_conformance.history.answers import Answers, read_answers
from manylinux_conformance.history.plan import LeftOut, read_left_out
from manylinux_conformance.history.timeline import Timeline, read_timeline
from manylinux_conformance.platforms.platform import PlatformFile
from manylinux_conformance.platforms.releases import Release
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.reports.versions import version_key
from manylinux_conformance.results.blocks import Block, joined, read_results
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.editions import Edition, read_editions
from manylinux_conformance.suite.lint_chapters import AREAS
from manylinux_conformance.suite.load import Suite, load_suite
from manylinux_conformance.suite.lock import Retired, read_retired
from manylinux_conformance.suite.rules import Level, Rule, parents_of
from manylinux_conformance.tools.causes import Cause
from manylinux_conformance.tools.deviations import read_all_deviations
from manylinux_conformance.tools.kept_verdicts import Kept, read_kept
from manylinux_spec.input_files import read_toml
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError

from manylinux_docs.evidence.proposals import Proposal, read_proposals
from manylinux_docs.evidence.scores import Score, scores
from manylinux_docs.wording.cases import CaseText, describe
from manylinux_docs.wording.recipes import describe_recipes

USUAL = ("pip", "uv", "poetry", "pdm", "packaging", "auditwheel")
UNUSUAL = ("distlib", "reference")


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known about the rules besides their text.

    ``rules`` are in the order of areas that the chapters have.
    ``blocks`` are in the order of roles, tools and versions, one for each of them,
    wherever it was asked.
    ``scores`` maps a rule's identifier to what the tools answered.
    ``deviations`` maps a tool's name to the causes of its differences.
    ``retired`` maps identifiers that are no longer in use to what became of them.
    ``releases`` maps the name of a file of the catalogue to the releases it lists.
    ``editions`` are the frozen ones, oldest first.
    ``history`` has what old releases answered, ``timeline`` the days of the tags,
    and ``left_out`` the releases that nobody asks.
    ``kept`` says how many verdicts are the same in other appearances.
    """

    rules: dict[str, Rule]
    cases: tuple[CaseText, ...]
    blocks: tuple[Block, ...]
    scores: dict[str, list[Score]]
    deviations: dict[str, tuple[Cause, ...]]
    retired: dict[str, Retired]
    proposals: tuple[Proposal, ...]
    releases: dict[str, tuple[Release, ...]]
    editions: tuple[Edition, ...]
    history: tuple[Answers, ...]
    timeline: Timeline | None
    left_out: tuple[LeftOut, ...]
    kept: tuple[Kept, ...]

    def since(self, rule: str) -> str:
        """Return the first frozen edition that has a rule; empty if none has."""
        names = (one.edition for one in self.editions if one.rule(rule))
        return next(names, "")

    def history_of(self, role: Role, tool: str) -> Answers | None:
        """Return what old releases of a tool answered, None if nobody asked them."""
        headers = ((one.header.role, one.header.tool, one) for one in self.history)
        own = (one for *key, one in headers if key == [role, tool])
        return next(own, None)

    def cases_of(self, rule: str) -> list[CaseText]:
        """Return the questions about a rule: cases, then fixture wheels."""
        return [case for case in self.cases if case.rule == rule]

    def counted_cases_of(self, rule: str) -> list[CaseText]:
        """Return the questions about a rule that are no drafts."""
        return [case for case in self.cases_of(rule) if not case.is_draft]


def load_evidence(env: BuildEnvironment) -> Evidence:
    """Return what the files of the project being built say.

    Raises SphinxError, naming the file, if one of them is malformed.
    """
    try:
        return _read(Path(env.srcdir), env.config.inputs_digest)
    except InputError as error:
        raise SphinxError(str(error)) from error


@functools.lru_cache(maxsize=2)
def _read(root: Path, _inputs_digest: str) -> Evidence:
    return read_evidence(root)


def read_evidence(root: Path) -> Evidence:
    """Return what the files of a project say.

    Raises InputError, naming the file, if one of them is malformed.
    """
    spec, deviations = root / "spec", root / "conformance" / "deviations"
    suite = load_suite(spec, root / "conformance")
    blocks = sorted(joined(read_results(root / "conformance" / "results")), key=_column)
    rules = suite.rules.values()
    permissions = {rule.id for rule in rules if rule.level is Level.MAY}
    return Evidence(
        rules=dict(sorted(suite.rules.items(), key=lambda item: _area(item[1]))),
        cases=(
            *map(describe, _examples_first(suite)),
            *describe_recipes(root / "fixtures" / "recipes", permissions),
        ),
        blocks=tuple(blocks),
        scores=scores(blocks, parents_of(suite.rules)),
        deviations=read_all_deviations(deviations),
        retired=read_retired(spec) if (spec / "retired.toml").exists() else {},
        proposals=read_proposals(spec),
        releases=_releases(root / "conformance" / "platforms"),
        editions=read_editions(spec),
        history=_history(root / "conformance" / "history"),
        timeline=_timeline(root / "conformance" / "history" / "timeline.toml"),
        left_out=_left_out(root / "conformance" / "history" / "history.toml"),
        kept=read_kept(root / "conformance" / "disguises"),
    )


def _examples_first(suite: Suite) -> list[AnyCase]:
    """Return the cases in the order in which a reader of a chapter meets them."""
    examples = {
        f"{rule.id}/{name}" for rule in suite.rules.values() for name in rule.examples
    }
    return sorted(suite.cases, key=lambda case: case.id not in examples)


def _releases(folder: Path) -> dict[str, tuple[Release, ...]]:
    files = ((path, read_toml(path, PlatformFile)) for path in folder.glob("*.toml"))
    return {path.stem: file.release for path, file in sorted(files) if file.release}


def _history(folder: Path) -> tuple[Answers, ...]:
    return tuple(map(read_answers, sorted((folder / "answers").glob("*.jsonl"))))


def _timeline(path: Path) -> Timeline | None:
    return read_timeline(path) if path.exists() else None


def _left_out(path: Path) -> tuple[LeftOut, ...]:
    return read_left_out(path) if path.exists() else ()


def _area(rule: Rule) -> int:
    areas = AREAS
    return areas.index(rule.area) if rule.area in areas else len(areas)


def _column(block: Block) -> tuple[Role, int, str, list[int]]:
    """Return a key that sorts what is used most first, and by version."""
    header = block.header
    place = USUAL.index(header.tool) if header.tool in USUAL else len(USUAL)
    rank = len(USUAL) + 1 if header.tool in UNUSUAL else place
    return header.role, rank, header.tool, version_key(header.version)
