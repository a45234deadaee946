"""Places: the platforms that tools were asked on, what each is, and what came of it."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.platforms.catalogue import read_containers
from manylinux_conformance.platforms.platform import Platform, read_platforms
from manylinux_conformance.platforms.releases import Release
from manylinux_conformance.reports.rule_status import BREACHED, RuleStatus
from manylinux_conformance.reports.summary import is_demanded

from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.evidence.scores import ScoredPlatform, platforms_of

HOST = "x86_64"  # the machine whose answers are on file
# Build environments are asked for a platform tag (PEP 600), not on a platform.
TARGET = re.compile(r"manylinux_(?P<major>\d+)_(?P<minor>\d+)_(?P<arch>\w+)", re.ASCII)
OTHER_GLIBC = "-as-"  # in the name of a container in which a shim shows another glibc


@dataclass(frozen=True, slots=True)
class Asked:
    """What one tool version came to in one place: rules by status, and those broken.

    ``musts`` are the broken MUSTs of the standards and ``others`` all other broken
    rules, each with the anchor of the tool's row on the rule's page.
    """

    tool: str
    role: str
    counts: Mapping[RuleStatus, int]
    musts: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One platform, with what the catalogue says of it.

    ``platform`` and ``release`` are None where the catalogue does not have it.
    ``scored`` says how real it was; ``asked`` has the newest version of each tool.
    """

    scored: ScoredPlatform
    platform: Platform | None
    release: Release | None
    asked: tuple[Asked, ...]

    @property
    def name(self) -> str:
        """The platform's name, which is part of its address."""
        return self.scored.name

    @property
    def arch(self) -> str:
        """The architecture whose tags fit; empty if none does, or nobody says."""
        return self.platform.arch if self.platform else ""

    @property
    def sentence(self) -> str:
        """What it is, in a sentence."""
        about = self.platform.about if self.platform else ""
        base, other, version = self.name.partition(OTHER_GLIBC)
        if other:
            return f"The container {base}, in which a shim shows {version}."
        if self.release:
            release = self.release
            made = f"A container of {release.name} on {self.arch}"
            return f"{made}, with glibc {release.glibc} and Python {release.python}."
        return about or _as_target(self.name) or "The catalogue does not describe it."


def _as_target(name: str) -> str:
    """Return what a tag is that wheels were built for; empty if it is none."""
    tag = TARGET.fullmatch(name)
    if not tag:
        return ""
    level = f"glibc {tag['major']}.{tag['minor']} on {tag['arch']}"
    return f"No system: a build for this tag, {level}, was asked for."


def places(evidence: Evidence, catalogue: Path) -> list[Place]:
    """Return every place that has answers, the most real first.

    Raises InputError if the catalogue is malformed.
    """
    modelled = {each.name: each for each in read_platforms(catalogue, HOST)}
    containers = {each.name: each for each in read_containers(catalogue)}
    found = []
    scores = itertools.chain.from_iterable(evidence.scores.values())
    for scored in platforms_of(scores):
        if scored.fidelity is None:
            continue
        base = scored.name.partition(OTHER_GLIBC)[0]
        container = containers.get(base)
        platform = container.platform(HOST) if container else modelled.get(base)
        release = container.release if container else None
        found.append(Place(scored, platform, release, _asked(evidence, scored)))
    return found


def _asked(evidence: Evidence, place: ScoredPlatform) -> tuple[Asked, ...]:
    counts: dict[tuple[str, str], Counter[RuleStatus]] = {}
    broken: dict[tuple[str, str], dict[bool, list[tuple[str, str]]]] = {}
    for name, scores in evidence.scores.items():
        is_must = name in evidence.rules and is_demanded(evidence.rules[name])
        for score in scores:
            if score.is_newest and place in score.platforms:
                status = score.platforms[place].status
                key = score.name, score.role.value
                counts.setdefault(key, Counter())[status] += 1
                mine = broken.setdefault(key, {True: [], False: []})[is_must]
                mine += [(name, score.anchor)] * (status in BREACHED)
    return tuple(
        Asked(*key, counted, tuple(broken[key][True]), tuple(broken[key][False]))
        for key, counted in counts.items()
    )
