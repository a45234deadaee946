"""The suite as a whole: rules, cases and platforms, read and held together."""

from __future__ import annotations

import fnmatch
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from manylinux_spec.folder import spec_folder

from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError, nearest
from manylinux_conformance.platforms.catalogue import (
    Container,
    read_containers,
)
from manylinux_conformance.platforms.platform import Platform, read_platforms
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.suite.case_files import read_cases, read_examples
from manylinux_conformance.suite.filters import EVERYTHING, Wanted
from manylinux_conformance.suite.lock import NAME
from manylinux_conformance.suite.rules import Rule, read_rules


@dataclass(frozen=True, slots=True)
class Suite:
    """What is promised, what is asked, and where."""

    rules: Mapping[str, Rule]
    cases: tuple[AnyCase, ...]
    platforms: tuple[Platform, ...]
    lock_digest: str
    wanted: Wanted = EVERYTHING
    containers: tuple[Container, ...] = ()


def load_suite(spec: Path | None = None, data: Path | None = None) -> Suite:
    """Read the whole suite: the installed one, or one in other folders.

    ``spec`` is a folder of chapters, ``data`` one with ``cases/`` and ``platforms/``.

    Raises InputError, naming the file, if one cannot be used or a case is defined
    twice.
    """
    folder = spec or spec_folder()
    rules = read_rules(folder)
    places = data / "platforms" if data else data_folder("platforms")
    cases = (
        *read_cases(data / "cases" if data else data_folder("cases")),
        *read_examples(rules.values(), folder),
    )
    for identifier, count in Counter(case.id for case in cases).items():
        if count > 1:
            raise InputError(folder, f"case {identifier!r} is defined {count} times")
    lock = folder / NAME
    content = lock.read_bytes() if lock.exists() else b""
    return Suite(
        rules=rules,
        cases=cases,
        platforms=tuple(read_platforms(places)),
        lock_digest=hashlib.sha256(content).hexdigest(),
        containers=read_containers(places),
    )


def narrowed(suite: Suite, wanted: Wanted) -> Suite:
    """Return the suite with only what the patterns leave of it.

    Raises InputError if a pattern matches nothing at all.
    """
    cases = tuple(case for case in suite.cases if wanted.has_case(case.rule, case.id))
    places = tuple(
        each
        for each in suite.platforms
        if wanted.on_host and wanted.has_platform(each.name)
    )
    containers = tuple(
        each
        for each in suite.containers
        if wanted.in_containers and wanted.has_platform(each.name)
    )
    known = {name for place in suite.platforms for name in (place.name, place.arch)}
    known.update(container.name for container in suite.containers)
    for pattern in wanted.platforms:
        if not fnmatch.filter(known, pattern):
            reason = "no platform has such a name; see 'platforms list'"
            raise InputError(pattern, reason + nearest(pattern, known))
    for pattern in wanted.rules:
        # Fixture wheels are cases too, and are not read until an auditor is asked.
        if not fnmatch.filter(suite.rules, pattern):
            reason = "no rule has such a name; see 'rules'"
            raise InputError(pattern, reason + nearest(pattern, suite.rules))
    return replace(
        suite, cases=cases, platforms=places, containers=containers, wanted=wanted
    )


def near_cases(suite: Suite, patterns: Iterable[str]) -> str:
    """Return which cases patterns may have meant that match none, to stand at an end.

    They match a case's name or its whole identifier.
    """
    identifiers = {case.id for case in suite.cases}
    known = identifiers | {each.partition("/")[2] for each in identifiers}
    unknown = (each for each in patterns if not fnmatch.filter(known, each))
    return "".join(nearest(each, known) for each in unknown)
