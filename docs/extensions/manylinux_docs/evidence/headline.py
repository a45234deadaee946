"""Headlines: who keeps a rule, a few sentences for each role, real systems first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from manylinux_conformance.reports.rule_status import BREACHED, RuleStatus
from manylinux_conformance.results.systems import System
from manylinux_conformance.results.verdicts import Role

from manylinux_docs.evidence.scores import PLURAL, Score

SHOWN = 3  # names of platforms, before the rest is only counted
MODELS = (System.MODEL, System.EXOTIC)
QUIET = {
    RuleStatus.NOT_SHOWN: "not shown, because of another rule, for",
    RuleStatus.DECLINES: "declined by",
    RuleStatus.TROUBLE: "without an answer from",
}


def headline(scores: Sequence[Score]) -> Iterator[str]:
    """Yield a sentence for each role about the newest version of each tool."""
    for role, words in headlines(scores).items():
        yield f"{PLURAL[role]}: {words}."


def headlines(scores: Sequence[Score]) -> dict[Role, str]:
    """Return, for each role, who keeps a rule, in words."""
    found: dict[Role, str] = {}
    newest = [score for score in scores if score.is_newest]
    for role in dict.fromkeys(score.role for score in newest):
        parts = list(_parts([score for score in newest if score.role is role]))
        if parts:
            found[role] = "; ".join(parts)
    return found


def _parts(scores: Sequence[Score]) -> Iterator[str]:
    on_real = _asked(scores, System.REAL)
    if on_real:
        yield _kept(on_real, System.REAL, where=" on real systems")
    if on_wheels := _asked(scores, System.WHEEL):
        yield _kept(on_wheels, System.WHEEL)
    also = [one for one in on_real if _fails(one, *MODELS)]
    if names := [_on_models(one) for one in also if not _fails(one, System.REAL)]:
        yield f"broken on models alone by {_listed(names)}"
    if rest := [one for one in _asked(scores, *MODELS) if one not in on_real]:
        yield f"asked on models alone, {_kept(rest, *MODELS)}"
    for status, words in QUIET.items():
        if names := [one.name for one in scores if one.status is status]:
            yield f"{words} {_listed(names)}"


def _asked(scores: Sequence[Score], *systems: System) -> list[Score]:
    return [one for one in scores if one.standing.tallies.keys() & set(systems)]


def _fails(score: Score, *systems: System) -> bool:
    tallies = score.standing.tallies
    found = (tallies[system] for system in systems if system in tallies)
    return any(tally.kept < tally.asked for tally in found)


def _kept(asked: Sequence[Score], *systems: System, where: str = "") -> str:
    failing = [one for one in asked if _fails(one, *systems)]
    names = _listed([_with_counts(one, *systems) for one in failing])
    said = f"kept{where} by {len(asked) - len(failing)} of {len(asked)} asked"
    return f"{said}, not by {names}" if failing else said


def _with_counts(score: Score, *systems: System) -> str:
    """Name a tool that breaches a rule, and say where or how often it does not."""
    if systems == MODELS:
        return _on_models(score)
    kept = [str(score.standing.tallies[one]) for one in systems]
    return f"{score.name} ({', '.join(kept)})"


def _on_models(score: Score) -> str:
    """Name a tool with the models on which it breaches a rule."""
    names = [
        f"exotic {platform.name}" if platform.system is System.EXOTIC else platform.name
        for platform, here in score.platforms.items()
        if platform.system in MODELS and here.status in BREACHED
    ]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{score.name} ({', '.join(names[:SHOWN])}{more})"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
