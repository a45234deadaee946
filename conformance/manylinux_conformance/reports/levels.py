"""Levels: what the data say about one glibc version, for those who look it up."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from manylinux_spec.aliases import aliases
from manylinux_spec.distributions import Distribution, distributions
from manylinux_spec.policies import policies

from manylinux_conformance.platforms.releases import Release
from manylinux_conformance.reports.versions import version_key

BUILD_IMAGES = "pypa"  # the file of the catalogue that lists them
# Files of images that are put together for the suite and that nobody has at home.
NO_SYSTEMS = {BUILD_IMAGES, "cross", "packages"}


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """Everything about one level.

    ``systems`` are the surveyed systems that have at least this glibc, the oldest
    release of each family first; ``releases`` those of the catalogue, with their dates.
    ``legacy`` is the family with this version, or empty.
    ``added`` maps architectures to the version nodes that the level brings.
    """

    level: str
    legacy: str
    systems: tuple[Distribution, ...]
    releases: tuple[Release, ...]
    images: tuple[Release, ...]
    added: Mapping[str, tuple[str, ...]]


def level_facts(
    level: str, catalogue: Mapping[str, tuple[Release, ...]], arch: str = ""
) -> LevelFacts:
    """Gather what is known about a level, of one architecture or of all."""
    legacy = next((a.family for a in aliases() if f"{a.major}.{a.minor}" == level), "")
    systems = (each for name, each in catalogue.items() if name not in NO_SYSTEMS)
    listed = itertools.chain.from_iterable(systems)
    images = catalogue.get(BUILD_IMAGES, ())
    return LevelFacts(
        level,
        legacy,
        _oldest(_systems(level, arch)),
        tuple(one for one in listed if at_least(one.glibc, level)),
        tuple(one for one in images if one.glibc == level and _is_for(one, arch)),
        _added(level),
    )


def at_least(glibc: str, level: str) -> bool:
    """Return whether a wheel of this level finds a new enough C library there."""
    return version_key(glibc)[:2] >= version_key(level)


def family(system: str) -> str:
    """Return a distribution's name without its release: ``debian`` of ``debian-12``."""
    return system.rpartition("-")[0] or system


def _systems(level: str, arch: str) -> Iterator[Distribution]:
    for one in distributions():
        if at_least(one.glibc, level) and (not arch or arch in one.architectures):
            yield one


def _is_for(release: Release, arch: str) -> bool:
    return not arch or arch in release.architectures


def _oldest(found: Iterable[Distribution]) -> tuple[Distribution, ...]:
    oldest: dict[str, Distribution] = {}
    for one in sorted(found, key=lambda each: version_key(each.glibc)):
        oldest.setdefault(family(one.name), one)
    return tuple(oldest[name] for name in sorted(oldest))


def _added(level: str) -> dict[str, tuple[str, ...]]:
    data = policies()
    found = {
        arch: tuple(
            f"{namespace}_{node}"
            for namespace in data.providers
            for node in data.added_nodes(arch, level, namespace)
        )
        for arch in data.nodes
        if level in data.levels and level in data.levels_of(arch)
    }
    return {arch: nodes for arch, nodes in found.items() if nodes}
