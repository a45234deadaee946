"""Scores: what the answers of one tool version to one rule come to, with the proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.reports.rule_status import (
    DECIDED,
    LEGEND,
    RuleStatus,
    Standing,
    by_rule,
    standing,
)
from manylinux_conformance.reports.versions import newest_versions
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.consequences import (
    BREACH,
    NO_CONSEQUENCES,
    Consequences,
    consequences,
    counts_as,
)
from manylinux_conformance.results.lines import Header, Result
from manylinux_conformance.results.systems import System, system_of
from manylinux_conformance.results.verdicts import DIFFERING, Role, Verdict

SIGNS = {  # with the class of each sign in the pages
    sign: (next((each.value for each in RuleStatus if each.symbol == sign), ""), words)
    for sign, words in LEGEND.items()
}
PLURAL = {
    Role.TAG_LIBRARY: "Tag libraries",
    Role.INSTALLER: "Installers",
    Role.AUDITOR: "Auditors",
    Role.INDEX: "Indexes",
    Role.BUILDER: "Builders",
    Role.LOADER: "Loaders",
}
SHORT = {
    System.REAL: "real",
    System.MODEL: "models",
    System.EXOTIC: "exotic",
    System.WHEEL: "wheels",
}
WITHOUT_REASON = (Verdict.PASS, *DIFFERING)
_Shown = tuple[str, str, str, str, str, str, str]  # a difference but for its platforms


@dataclass(frozen=True, slots=True)
class ScoredPlatform:
    """A platform and how real it was, or the architecture of a wheel, without."""

    fidelity: Fidelity | None
    system: System
    name: str

    def __str__(self) -> str:
        """Name the platform, and its fidelity where it is more than modelled."""
        plain = self.fidelity in {None, Fidelity.MODELLED}
        return self.name if plain else f"{self.name} ({self.fidelity})"

    @property
    def realness(self) -> str:
        """The fidelity, with a word on what hardly exists."""
        exotic = ", exotic" if self.system is System.EXOTIC else ""
        return f"{self.fidelity}{exotic}"


@dataclass(frozen=True, slots=True)
class PlatformScore:
    """What the answers to one rule come to on one platform."""

    standing: Standing
    right: int
    asked: int

    @property
    def status(self) -> RuleStatus:
        """The status that the platform's answers alone would give."""
        return self.standing.status

    @property
    def words(self) -> str:
        """The status in words that follow the tool's name."""
        return self.status.words


@dataclass(frozen=True, slots=True)
class Difference:
    """One case that was answered in the same other way on some platforms.

    ``counts_as``: what the wrong answer shows, in a few words.
    ``cause``: the identifier of the recorded deviation, if it has one.
    ``hint``: what it may follow from, in words, where none is recorded.
    """

    case: str
    expected: str
    answer: str
    counts_as: str
    deviation: str
    cause: str
    hint: str
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
    is_newest: bool
    standing: Standing
    right: int
    asked: int
    differences: tuple[Difference, ...]
    reasons: tuple[str, ...]
    platforms: dict[ScoredPlatform, PlatformScore]

    @property
    def name(self) -> str:
        """The tool with its version, if it has one."""
        return f"{self.tool} {self.version}".strip()

    @property
    def anchor(self) -> str:
        """The fragment of this score's row on the rule's own page."""
        return f"{self.role}-{self.tool}-{self.version}".rstrip("-")

    @property
    def status(self) -> RuleStatus:
        """The status over all platforms."""
        return self.standing.status

    @property
    def fails_really(self) -> bool:
        """Whether the rule is broken on a real system, or on a wheel given to it."""
        return self.standing.fails_really

    @property
    def is_plain(self) -> bool:
        """Whether the status says it all: nothing differs, nothing was left open."""
        return not (self.differences or self.reasons)

    @property
    def words(self) -> str:
        """The status with its counts, in words that follow the tool's name."""
        return self.standing.words

    @property
    def notes(self) -> list[str]:
        """Where the rule is not kept everywhere; and that no real system was asked."""
        tallies = self.standing.tallies
        found = [
            f"{SHORT[system]} {tally}"
            for system, tally in tallies.items()
            if tally.kept < tally.asked
        ]
        modelled = tallies and not tallies.keys() & {System.REAL, System.WHEEL}
        return found or (["models"] if modelled else [])


def scores(
    blocks: Sequence[Block], parents: Mapping[str, str]
) -> dict[str, list[Score]]:
    """Return, for every rule with results, the scores of all tools."""
    newest = newest_versions(blocks)
    found: dict[str, list[Score]] = {}
    for block in blocks:
        header = block.header
        is_newest = newest[header.role, header.tool] == header.version
        follows = consequences(block.results, parents)
        for rule, results in by_rule(block.results).items():
            one = score(header, results, follows, is_newest=is_newest)
            found.setdefault(rule, []).append(one)
    return found


def score(
    header: Header,
    results: Sequence[Result],
    follows: Consequences = NO_CONSEQUENCES,
    *,
    is_newest: bool,
) -> Score:
    """Gather the answers of one tool version to one rule."""
    platforms: dict[ScoredPlatform, list[Result]] = {}
    for result in results:
        platform = ScoredPlatform(result.fidelity, system_of(result), result.where)
        platforms.setdefault(platform, []).append(result)
    whole = _platform_score(results, follows)
    reasons = {r.reason for r in results if r.verdict not in WITHOUT_REASON}
    return Score(
        role=header.role,
        tool=header.tool,
        version=header.version,
        is_newest=is_newest,
        standing=whole.standing,
        right=whole.right,
        asked=whole.asked,
        differences=tuple(sorted(_differences(platforms, follows), key=_gravity)),
        reasons=tuple(sorted(reasons - {""})),
        platforms={
            platform: _platform_score(group, follows)
            for platform, group in platforms.items()
        },
    )


def _platform_score(results: Sequence[Result], follows: Consequences) -> PlatformScore:
    verdicts = Counter(result.verdict for result in results if not result.draft)
    asked = sum(verdicts[verdict] for verdict in WITHOUT_REASON)
    return PlatformScore(standing(results, follows), verdicts[Verdict.PASS], asked)


def _differences(
    platforms: dict[ScoredPlatform, list[Result]], follows: Consequences
) -> Iterator[Difference]:
    grouped: dict[_Shown, list[ScoredPlatform]] = {}
    for platform, results in platforms.items():
        for result in results:
            if result.verdict in DIFFERING:
                answer = result.answer or f"{result.verdict}: {result.reason}"
                name = result.case.partition("/")[2]
                shows, hint = counts_as(result, follows), follows.hint(result)
                known = (result.deviation, result.cause, hint)
                key = (name, result.expected, answer, shows, *known)
                grouped.setdefault(key, []).append(platform)
    for key, where in grouped.items():
        yield Difference(*key, platforms=tuple(where))


def _gravity(difference: Difference) -> bool:
    return difference.counts_as != BREACH


def explaining_rules(found: Mapping[str, Sequence[Score]], score: Score) -> list[str]:
    """Return the rules that a tool breaches by what leaves this one open."""
    causes = set(score.standing.causes)
    return [
        rule
        for rule, scored in found.items()
        for other in scored
        if (other.role, other.name) == (score.role, score.name)
        and any(
            each.counts_as == BREACH and each.cause and each.cause in causes
            for each in other.differences
        )
    ]


def platforms_of(scores: Iterable[Score]) -> list[ScoredPlatform]:
    """Return the platforms that any of the scores speaks of, the most real first.

    Platforms of one fidelity keep the order in which they were asked.
    """
    found = dict.fromkeys(platform for score in scores for platform in score.platforms)
    fidelities = [Fidelity.NATIVE, Fidelity.EMULATED, Fidelity.MODELLED, None]
    systems = list(System)
    return sorted(
        found,
        key=lambda one: (fidelities.index(one.fidelity), systems.index(one.system)),
    )


def peers(scores: Iterable[Score]) -> list[Score]:
    """Return what the newest releases of tools came to; the reference is no peer."""
    return [one for one in scores if one.is_newest and one.tool != "reference"]


def nobody_breaks(scores: Sequence[Score]) -> str:
    """Return in words why no tool would have to change for a rule."""
    if not scores:
        return "nobody was asked"
    answered = {one.name for one in scores if one.status in DECIDED}
    if answered:
        return f"none of {len(answered)} that answered"
    return "nobody gave an answer that shows it"
