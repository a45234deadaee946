"""Scores: what the answers of one tool version to one rule come to, with the proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from manylinux_conformance.adapters import Role
from manylinux_conformance.deviations import DIFFERING
from manylinux_conformance.results import Header, Result
from manylinux_conformance.results_file import Block
from manylinux_conformance.standing import Standing, by_rule, standing
from manylinux_conformance.verdicts import Verdict

WORDS = {
    Standing.FOLLOWS: "follows the rule",
    Standing.DIFFERS: "differs; the reason is recorded",
    Standing.UNEXPLAINED: "differs; not explained yet",
    Standing.TROUBLE: "could not be asked reliably",
    Standing.DECLINES: "says that it does not do this",
    Standing.NOT_ASKED: "was not asked",
}
PLURAL = {
    Role.TAG_LIBRARY: "Tag libraries",
    Role.INSTALLER: "Installers",
    Role.AUDITOR: "Auditors",
    Role.INDEX: "Indexes",
    Role.BUILDER: "Builders",
}
WITHOUT_REASON = (Verdict.PASS, *DIFFERING)


@dataclass(frozen=True, slots=True)
class Difference:
    """One case that was answered in the same other way on some platforms."""

    case: str
    expected: str
    answer: str
    deviation: str
    platforms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How one version of a tool, in one role, stands to one rule.

    ``asked`` counts the questions that the tool had to answer, ``right`` those that
    it answered as the rule says.
    ``reasons`` say why other questions were not asked or came to nothing.
    """

    role: Role
    tool: str
    version: str
    standing: Standing
    right: int
    asked: int
    differences: tuple[Difference, ...]
    reasons: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """The fragment of this score's row on the rule's own page."""
        return f"{self.role}-{self.tool}-{self.version}".rstrip("-")

    @property
    def words(self) -> str:
        """The standing in words that follow the tool's name."""
        return WORDS[self.standing]


def scores(blocks: Iterable[Block]) -> dict[str, list[Score]]:
    """Return, for every rule with results, the scores of all tools."""
    found: dict[str, list[Score]] = {}
    for block in blocks:
        for rule, results in by_rule(block.results).items():
            found.setdefault(rule, []).append(score(block.header, results))
    return found


def score(header: Header, results: Sequence[Result]) -> Score:
    """Gather the answers of one tool version to one rule."""
    verdicts = Counter(result.verdict for result in results)
    reasons = {r.reason for r in results if r.verdict not in WITHOUT_REASON}
    return Score(
        role=header.role,
        tool=header.tool,
        version=header.version,
        standing=standing(results),
        right=verdicts[Verdict.PASS],
        asked=sum(verdicts[verdict] for verdict in WITHOUT_REASON),
        differences=tuple(_differences(results)),
        reasons=tuple(sorted(reasons - {""})),
    )


def _differences(results: Iterable[Result]) -> Iterator[Difference]:
    grouped: dict[tuple[str, str, str, str], list[str]] = {}
    for result in results:
        if result.verdict in DIFFERING:
            answer = result.answer or f"{result.verdict}: {result.reason}"
            name = result.case.partition("/")[2]
            key = (name, result.expected, answer, result.deviation)
            grouped.setdefault(key, []).append(result.platform)
    for key, platforms in grouped.items():
        yield Difference(*key, platforms=tuple(platforms))
