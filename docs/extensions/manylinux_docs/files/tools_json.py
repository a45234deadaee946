"""``tools.json`` and ``results/<tool>.json``: every tool, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from manylinux_conformance.reports.rule_status import RuleStatus
from manylinux_conformance.results.verdicts import Role

from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.evidence.profiles import Profile, demanded, profiles
from manylinux_docs.evidence.scores import Score

FORMAT = 1


class PublishedProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of a tool in one role; the numbers count rules.

    ``musts_broken_really`` are MUSTs of the standards broken on real systems or wheels,
    ``musts_broken_on_models`` those broken on models alone.
    """

    role: Role
    version: str
    newest: bool
    kept: int
    broken_really: int
    broken_on_models: int
    musts_broken_really: int
    musts_broken_on_models: int


class PublishedTool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One tool; ``url`` and ``results`` are relative to this file."""

    tool: str
    url: str
    results: str
    profiles: tuple[PublishedProfile, ...]


class PublishedTools(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All tools that have answers on file."""

    edition: str
    tools: tuple[PublishedTool, ...]
    format: int = FORMAT
    schema: str = msgspec.field(name="$schema", default="tools-schema.json")


class PublishedStanding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one version stands to one rule.

    ``places`` maps kinds of places to how many keep the rule, of how many asked.
    ``causes`` are the identifiers of recorded deviations.
    """

    rule: str
    role: Role
    version: str
    newest: bool
    status: RuleStatus
    places: dict[str, tuple[int, int]]
    causes: tuple[str, ...]


class PublishedResults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that one tool answered, rule by rule."""

    edition: str
    tool: str
    standings: tuple[PublishedStanding, ...]
    format: int = FORMAT
    schema: str = msgspec.field(name="$schema", default="../results-schema.json")


def publish_tools(evidence: Evidence, edition: str) -> PublishedTools:
    """Return the list of tools."""
    found: dict[str, list[PublishedProfile]] = {}
    for profile in profiles(evidence):
        found.setdefault(profile.tool, []).append(_profile(profile))
    tools = (
        PublishedTool(tool, f"t/{tool}/", f"results/{tool}.json", tuple(each))
        for tool, each in found.items()
    )
    return PublishedTools(edition, tuple(tools))


def publish_results(evidence: Evidence, edition: str) -> Iterator[PublishedResults]:
    """Yield the answers of each tool."""
    found: dict[str, list[PublishedStanding]] = {}
    for rule, scores in evidence.scores.items():
        for score in scores:
            found.setdefault(score.tool, []).append(_standing(rule, score))
    for tool, standings in found.items():
        yield PublishedResults(edition, tool, tuple(standings))


def _profile(one: Profile) -> PublishedProfile:
    return PublishedProfile(
        role=one.role,
        version=one.version,
        newest=one.is_newest,
        kept=one.count(RuleStatus.KEEPS),
        broken_really=len(one.real),
        broken_on_models=len(one.models),
        musts_broken_really=len(demanded(one.real)),
        musts_broken_on_models=len(demanded(one.models)),
    )


def _standing(rule: str, score: Score) -> PublishedStanding:
    tallies = score.standing.tallies.items()
    return PublishedStanding(
        rule=rule,
        role=score.role,
        version=score.version,
        newest=score.is_newest,
        status=score.status,
        places={system.value: (tally.kept, tally.asked) for system, tally in tallies},
        causes=tuple(sorted({one.cause for one in score.differences} - {""})),
    )
