"""Scores: what the answers of one tool version to one rule come to, with the proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.reports.rule_status import RuleStatus, by_rule, rule_status
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Header, Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.tools.deviations import DIFFERING

WORDS = {
    RuleStatus.FOLLOWS: "follows the rule",
    RuleStatus.DIFFERS: "differs; the reason is recorded",
    RuleStatus.UNEXPLAINED: "differs; not explained yet",
    RuleStatus.TROUBLE: "could not be asked reliably",
    RuleStatus.DECLINES: "says that it does not do this",
    RuleStatus.NOT_ASKED: "was not asked",
}
PLURAL = {
    Role.TAG_LIBRARY: "Tag libraries",
    Role.INSTALLER: "Installers",
    Role.AUDITOR: "Auditors",
    Role.INDEX: "Indexes",
    Role.BUILDER: "Builders",
    Role.LOADER: "Loaders",
}
WITHOUT_REASON = (Verdict.PASS, *DIFFERING)


@dataclass(frozen=True, slots=True)
class ScoredPlatform:
    """A platform and how real it was, or the architecture of a wheel, without."""

    fidelity: Fidelity | None
    name: str

    def __str__(self) -> str:
        """Name the platform, and its fidelity where it is more than modelled."""
        plain = self.fidelity in {None, Fidelity.MODELLED}
        return self.name if plain else f"{self.name} ({self.fidelity})"


@dataclass(frozen=True, slots=True)
class PlatformScore:
    """What the answers to one rule come to on one platform."""

    status: RuleStatus
    right: int
    asked: int

    @property
    def words(self) -> str:
        """The status in words that follow the tool's name."""
        return WORDS[self.status]


@dataclass(frozen=True, slots=True)
class Difference:
    """One case that was answered in the same other way on some platforms."""

    case: str
    expected: str
    answer: str
    deviation: str
    platforms: tuple[ScoredPlatform, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How one version of a tool, in one role, stands to one rule.

    ``asked`` counts the questions that the tool had to answer, ``right`` those that
    it answered as the rule says; ``platforms`` has the same for each platform.
    ``reasons`` say why other questions were not asked or came to nothing.
    """

    role: Role
    tool: str
    version: str
    status: RuleStatus
    right: int
    asked: int
    differences: tuple[Difference, ...]
    reasons: tuple[str, ...]
    platforms: dict[ScoredPlatform, PlatformScore]

    @property
    def anchor(self) -> str:
        """The fragment of this score's row on the rule's own page."""
        return f"{self.role}-{self.tool}-{self.version}".rstrip("-")

    @property
    def words(self) -> str:
        """The status in words that follow the tool's name."""
        return WORDS[self.status]


def scores(blocks: Iterable[Block]) -> dict[str, list[Score]]:
    """Return, for every rule with results, the scores of all tools."""
    found: dict[str, list[Score]] = {}
    for block in blocks:
        for rule, results in by_rule(block.results).items():
            found.setdefault(rule, []).append(score(block.header, results))
    return found


def score(header: Header, results: Sequence[Result]) -> Score:
    """Gather the answers of one tool version to one rule."""
    platforms: dict[ScoredPlatform, list[Result]] = {}
    for result in results:
        platform = ScoredPlatform(result.fidelity, result.where)
        platforms.setdefault(platform, []).append(result)
    whole = _platform_score(results)
    reasons = {r.reason for r in results if r.verdict not in WITHOUT_REASON}
    return Score(
        role=header.role,
        tool=header.tool,
        version=header.version,
        status=whole.status,
        right=whole.right,
        asked=whole.asked,
        differences=tuple(_differences(platforms)),
        reasons=tuple(sorted(reasons - {""})),
        platforms={
            platform: _platform_score(group) for platform, group in platforms.items()
        },
    )


def _platform_score(results: Sequence[Result]) -> PlatformScore:
    verdicts = Counter(result.verdict for result in results)
    asked = sum(verdicts[verdict] for verdict in WITHOUT_REASON)
    return PlatformScore(rule_status(results), verdicts[Verdict.PASS], asked)


def _differences(platforms: dict[ScoredPlatform, list[Result]]) -> Iterator[Difference]:
    grouped: dict[tuple[str, str, str, str], list[ScoredPlatform]] = {}
    for platform, results in platforms.items():
        for result in results:
            if result.verdict in DIFFERING:
                answer = result.answer or f"{result.verdict}: {result.reason}"
                name = result.case.partition("/")[2]
                key = (name, result.expected, answer, result.deviation)
                grouped.setdefault(key, []).append(platform)
    for key, where in grouped.items():
        yield Difference(*key, platforms=tuple(where))


def platforms_of(scores: Iterable[Score]) -> list[ScoredPlatform]:
    """Return the platforms that any of the scores speaks of, the most real first.

    Platforms of one fidelity keep the order in which they were asked.
    """
    found = dict.fromkeys(platform for score in scores for platform in score.platforms)
    order = [Fidelity.NATIVE, Fidelity.EMULATED, Fidelity.MODELLED, None]
    return sorted(found, key=lambda platform: order.index(platform.fidelity))
