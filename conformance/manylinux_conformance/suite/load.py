"""The suite as a whole: rules, cases and platforms, read and held together."""

from __future__ import annotations

import fnmatch
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from manylinux_spec.folder import spec_folder

from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.catalogue import (
    Container,
    chosen,
    read_containers,
)
from manylinux_conformance.platforms.platform import Platform, read_platforms
from manylinux_conformance.suite.cases import Build, Case, read_builds, read_cases
from manylinux_conformance.suite.examples import example_cases
from manylinux_conformance.suite.filters import EVERYTHING, Wanted
from manylinux_conformance.suite.lock import NAME
from manylinux_conformance.suite.rules import Rule, read_rules


@dataclass(frozen=True, slots=True)
class Suite:
    """What is promised, what is asked, and where."""

    rules: Mapping[str, Rule]
    cases: tuple[Case, ...]
    platforms: tuple[Platform, ...]
    lock_digest: str
    wanted: Wanted = EVERYTHING
    builds: tuple[Build, ...] = ()
    containers: tuple[Container, ...] = ()


def load_suite(spec: Path | None = None) -> Suite:
    """Read the whole suite; InputError says which file cannot be used."""
    folder = spec or spec_folder()
    rules = read_rules(folder)
    cases = (
        *read_cases(data_folder("cases")),
        *example_cases(rules.values(), folder),
    )
    builds = tuple(read_builds(data_folder("cases")))
    for identifier, count in Counter(case.id for case in (*cases, *builds)).items():
        if count > 1:
            raise InputError(folder, f"case {identifier!r} stands twice")
    lock = folder / NAME
    content = lock.read_bytes() if lock.exists() else b""
    return Suite(
        rules=rules,
        cases=cases,
        platforms=tuple(read_platforms(data_folder("platforms"))),
        lock_digest=hashlib.sha256(content).hexdigest(),
        builds=builds,
        containers=read_containers(),
    )


def narrowed(suite: Suite, wanted: Wanted) -> Suite:
    """Return the suite with only what the patterns leave of it.

    Raises InputError if a pattern matches nothing at all.
    """
    cases = tuple(case for case in suite.cases if wanted.has_case(case.rule, case.id))
    builds = tuple(case for case in suite.builds if wanted.has_case(case.rule, case.id))
    places = tuple(
        place for place in suite.platforms if fnmatchcase(place.name, wanted.platform)
    )
    containers = chosen(suite.containers, wanted.platform)
    architectures = {place.arch for place in suite.platforms}
    if not (places or containers or fnmatch.filter(architectures, wanted.platform)):
        reason = "no platform has such a name; see 'platforms list'"
        raise InputError(wanted.platform, reason)
    # Fixture wheels are cases too, and are not read until an auditor is asked.
    if not (cases or builds) and not fnmatch.filter(suite.rules, wanted.rule):
        raise InputError(wanted.rule, "no rule has such a name; see 'rules'")
    return replace(
        suite,
        cases=cases,
        builds=builds,
        platforms=places,
        containers=containers,
        wanted=wanted,
    )
