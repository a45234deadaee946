"""Lints cases: bound to a rule, askable somewhere, twinned where a rule is a MUST."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

import msgspec
from manylinux_spec.architectures import architectures

from manylinux_conformance.finding import Finding
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.case import Case
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.questions.placeholders import fill
from manylinux_conformance.suite.rules import Rule

NAMING = frozenset(("rule", "name", "twin", "why", "control", "status"))
# Rules whose answers hang on a module, a C library, a store or a name, each of which
# would cost a run of every tool on every architecture, and not on the architecture.
ALIKE = (
    *("override.*", "platform.glibc-only", "platform.target-libc"),
    *("platform.version.*", "installer.cache", "installer.markers"),
    *("installer.glibc.newer-major", "installer.glibc.every-minor"),
    *("installer.glibc.below-floor", "tag.architecture.*", "tag.legacy.*"),
    *("tag.linux.*", "tag.libc-provider"),
    *("wheel.*", "builder.*", "auditor.*", "index.*"),  # asked about files
)


def lint_cases(
    cases: Iterable[AnyCase], rules: Mapping[str, Rule], platforms: Iterable[Platform]
) -> Iterator[Finding]:
    """Yield what is wrong with cases, one by one and as twins."""
    places = tuple(platforms)
    by_id = {case.id: case for case in cases}
    for case in by_id.values():
        for message in (*_alone(case, rules, places), *_twin(case, by_id)):
            yield Finding(f"case {case.id}", 0, message)


def lint_coverage(
    rules: Iterable[Rule], cases: Iterable[AnyCase], elsewhere: frozenset[str]
) -> Iterator[Finding]:
    """Yield the forced rules without cases that count, and the MUSTs without twins.

    A draft counts for nothing, and a control alone shows no breach of its rule.
    ``elsewhere`` names rules whose cases are fixture recipes.
    """
    counted = [case for case in cases if not case.is_draft]
    twinned = {case.rule for case in counted if case.twin and "/" not in case.twin}
    covered = {case.rule for case in counted}
    breached = {case.rule for case in counted if not case.is_control}
    for rule in rules:
        if not rule.is_forced or rule.id in elsewhere:
            continue
        if rule.id not in covered:
            yield Finding(f"rule {rule.id}", 0, "is forced but has no case")
        elif rule.id not in breached:
            message = "has controls alone, so no answer could show a breach"
            yield Finding(f"rule {rule.id}", 0, message)
        elif rule.level.is_must and rule.id not in twinned:
            yield Finding(f"rule {rule.id}", 0, "is a MUST but has no twin cases")


def lint_architectures(
    rules: Iterable[Rule], cases: Iterable[AnyCase], platforms: Iterable[Platform]
) -> Iterator[Finding]:
    """Yield the MUST rules for all architectures that some of them has no twins for.

    Containers and models count alike; left out is what ``ALIKE`` names.
    """
    places, twinned = tuple(platforms), dict[str, list[AnyCase]]()
    for case in cases:
        if case.twin and not case.is_draft:
            twinned.setdefault(case.rule, []).append(case)
    for rule in rules:
        if rule.arch != "all" or not rule.level.is_must or rule.id not in twinned:
            continue
        if any(fnmatchcase(rule.id, pattern) for pattern in ALIKE):
            continue
        if missing := architectures().keys() - _twins_on(twinned[rule.id], places):
            names = ", ".join(sorted(missing))
            yield Finding(f"rule {rule.id}", 0, f"has no twin cases on {names}")


def _twins_on(cases: Iterable[AnyCase], platforms: Iterable[Platform]) -> set[str]:
    """Return the architectures on which both of some twins are asked.

    A platform counts for the architecture whose tags fit and for its machine's name: an
    interpreter with another ABI has the one without the other.
    """
    where = {
        case.name: {
            name
            for platform in platforms
            if case.platform.selects(platform)
            for name in (platform.arch, platform.machine)
        }
        for case in cases
    }
    both = (where[case.name] & where.get(case.twin, set()) for case in cases)
    return set().union(*both)


def differences(one: Case, other: Case) -> list[str]:
    """Return the names of what differs in two questions; answers are left out."""
    first, second = msgspec.to_builtins(one), msgspec.to_builtins(other)
    return [
        key
        for key in first
        if key not in one.EXPECTED | NAMING and first[key] != second[key]
    ]


def _alone(
    case: AnyCase, rules: Mapping[str, Rule], platforms: tuple[Platform, ...]
) -> Iterator[str]:
    if case.rule not in rules:
        yield f"there is no rule {case.rule!r}"
    elif not any(role.subject in rules[case.rule].subjects for role in case.ROLES):
        asked = " or ".join(sorted(case.ROLES))
        yield f"asks a {asked} about a rule that does not bind one"
    places = [each for each in platforms if case.platform.selects(each)]
    if not places:
        yield "selects no platform, so it would never be asked"
    yield from dict.fromkeys(_filled_in(case, places))


def _filled_in(case: AnyCase, platforms: Iterable[Platform]) -> Iterator[str]:
    """Yield what makes no sense once placeholders are filled in."""
    for platform in platforms:
        try:
            yield from fill(case, platform, "311").problems()
        except ValueError as error:
            yield f"on {platform.name}: {error}"


def _twin(case: AnyCase, by_id: Mapping[str, AnyCase]) -> Iterator[str]:
    """Yield what is wrong with a twin; one under another rule has one of its own."""
    if not case.twin:
        return
    is_lent = "/" in case.twin
    twin = by_id.get(case.twin if is_lent else f"{case.rule}/{case.twin}")
    if twin is None:
        yield f"its twin {case.twin!r} does not exist"
    elif not is_lent and twin.twin != case.name:
        yield f"its twin {case.twin!r} names {twin.twin or 'nobody'!r} instead"
    elif is_lent and twin.rule == case.rule:
        yield f"its twin {case.twin!r} is of the same rule, so its name is enough"
    elif type(twin) is not type(case):
        yield f"its twin {case.twin!r} is another kind of question"
    elif len(differences(case, twin)) != 1:
        found = ", ".join(differences(case, twin)) or "nothing"
        yield f"twins differ in exactly one thing; these differ in {found}"
    elif case.expectation == twin.expectation:
        yield "twins expect different answers; these expect the same"
