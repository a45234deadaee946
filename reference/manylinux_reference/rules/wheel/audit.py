"""Audits a wheel: which claims hold, what stands against them, what would hold."""

from __future__ import annotations

from manylinux_reference.mutants.rule import never, nothing, rule
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.reading.wheel import read_wheel
from manylinux_reference.rules import tags
from manylinux_reference.rules.wheel.bundled import bundled
from manylinux_reference.rules.wheel.contents import contents
from manylinux_reference.rules.wheel.header import header, origin
from manylinux_reference.rules.wheel.loading import executables, loading
from manylinux_reference.rules.wheel.needed import needed
from manylinux_reference.rules.wheel.policy import NEVER, Policy, architectures
from manylinux_reference.rules.wheel.report import Claim, Outcome, Report
from manylinux_reference.rules.wheel.symbols import question, symbols
from manylinux_reference.rules.wheel.versions import versions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from manylinux_reference.reading.elf import Elf
    from manylinux_reference.reading.wheel import Wheel
    from manylinux_reference.rules.wheel.finding import Finding
    from manylinux_reference.rules.wheel.policy import Version

    Promised = tuple[str, tuple[int, int, str]]  # a claim as spelled, what it promises


def audit(path: str) -> Report:
    """Audit one wheel.

    Raises UnusableError if it cannot be read or claims an unknown architecture.
    """
    policies = _Policies()
    claims = _claims(path.rpartition("/")[2])
    first = policies[claims[0][1][2] if claims else "x86_64"]
    level = min((promise[:2] for _, promise in claims), default=NEVER)
    wheel = read_wheel(path, question(first, judged_as(level, first)))
    found: dict[str, list[Finding]] = {}
    for arch in {promise[2]: None for _, promise in claims} or _guess(wheel):
        found[arch] = list(findings(wheel, policies[arch]))
    report = Report(path)
    report.files = len(wheel.elves)
    for tag, promise in claims:
        report.claims.append(_judge(tag, promise, found, policies))
    report.advice = [
        finding for each in found.values() for finding in each if finding.advice
    ]
    if len(found) == 1:
        (arch,) = found
        report.oldest = oldest(found[arch], policies[arch])
    report.outcome = outcome(report)
    return report


class _Policies:
    """The policies that one wheel needs, each read once."""

    def __init__(self) -> None:
        self._read: dict[str, Policy] = {}

    def __getitem__(self, arch: str) -> Policy:
        if arch not in self._read:
            try:
                self._read[arch] = Policy(arch)
            except KeyError:
                reason = f"claims {arch}, an architecture without policy data"
                raise UnusableError(reason) from None
        return self._read[arch]


def _claims(filename: str) -> list[Promised]:
    platforms = filename.removesuffix(".whl").rpartition("-")[2].split(".")
    parsed = ((tag, tags.parse(tag)) for tag in platforms)
    claims = [(tag, promise) for tag, promise in parsed if promise]
    return each_architecture(every_claim(claims))


@rule("auditor.claims.every", off=lambda claims: claims[:1])
def every_claim(claims: list[Promised]) -> list[Promised]:
    """Return the claims unchanged: each is checked."""
    return claims


def _first_architecture(claims: list[Promised]) -> list[Promised]:
    return [claim for claim in claims if claim[1][2] == claims[0][1][2]]


@rule("auditor.claims.mixed-architectures", off=_first_architecture)
def each_architecture(claims: list[Promised]) -> list[Promised]:
    """Return the claims unchanged: each is checked by its own architecture."""
    return claims


def _guess(wheel: Wheel) -> list[str]:
    """Return the architecture of a wheel without claims, by its first ELF file."""
    for elf in wheel.elves[:1]:
        for arch in architectures():
            if not origin(elf, Policy(arch)):
                return [arch]
    return []


def findings(wheel: Wheel, policy: Policy) -> Iterator[Finding]:
    """Yield all that stands against any level of one architecture."""
    for finding in contents(wheel):
        if compares_metadata() or finding.rule != "wheel.tags.metadata":
            yield finding
    for elf in wheel.elves:
        foreign = origin(elf, policy)
        if foreign:
            yield from foreign if reports_foreign(policy, wheel) else ()
        else:
            yield from _of_file(elf, wheel, policy)
    yield from bundled(wheel, policy)


def _of_file(elf: Elf, wheel: Wheel, policy: Policy) -> Iterator[Finding]:
    yield from header(elf, policy)
    if not elf.is_loadable:
        return
    yield from loading(elf, policy)
    yield from executables(elf, wheel.contained, policy)
    if needs_count(elf, wheel):
        yield from needed(elf, wheel, policy)
        yield from versions(elf, wheel, policy)
        yield from symbols(elf, wheel, policy)


@rule("auditor.claims.metadata", off=never)
def compares_metadata() -> bool:
    """Return True: the filename's tags are compared with those in WHEEL."""
    return True


@rule("auditor.members.foreign", off=never)
def reports_foreign(_policy: Policy, _wheel: Wheel) -> bool:
    """Return True: a file of another architecture is a violation."""
    return True


@rule(
    "auditor.needs.transitive",
    off=lambda elf, wheel: (
        not any(
            elf.base_name in other.needed or elf.soname in other.needed
            for other in wheel.elves
        )
    ),
)
def needs_count(_elf: Elf, _wheel: Wheel) -> bool:
    """Return True: what a contained library needs counts like any other need."""
    return True


def _judge(
    tag: str,
    promise: tuple[int, int, str],
    found: dict[str, list[Finding]],
    policies: _Policies,
) -> Claim:
    level = judged_as(promise[:2], policies[promise[2]])
    against = [
        finding
        for finding in found.get(promise[2], [])
        if not finding.advice and not holds(finding.holds_from, level)
    ]
    return Claim(tag, against)


@rule(
    "auditor.policy.nearest-older-level",
    off=lambda claimed, policy: claimed if claimed in policy.levels else (0, 0),
)
def judged_as(claimed: Version, policy: Policy) -> Version:
    """Return the level by which a claim is judged: its own.

    What a level between two with data allows, ``node_level`` knows; a claim older
    than the architecture stands for its first glibc.
    """
    return max(claimed, policy.first_glibc)


@rule("wheel.levels.monotone", off=lambda needed, claimed: needed == claimed)
def holds(needed: Version, claimed: Version) -> bool:
    """Return whether what holds from one level on holds at another."""
    return needed <= claimed


@rule("auditor.report.oldest-level", off=nothing)
def oldest(against: list[Finding], policy: Policy) -> str | None:
    """Return the tag of the oldest level with policy data that holds, if any does."""
    levels = [finding.holds_from for finding in against if not finding.advice]
    needed = max(levels, default=policy.first_level)
    for level in policy.levels:
        if holds(needed, level):
            return tags.canonical((*level, policy.arch))
    return None


@rule("auditor.outcome.no-elf", off=never)
def distinguishes_pure() -> bool:
    """Return True: a wheel without ELF files has an outcome of its own."""
    return True


def outcome(report: Report) -> str:
    """Return what became of the audit as a whole."""
    if not report.files and distinguishes_pure():
        return Outcome.NO_ELF
    if not report.claims:
        return Outcome.NO_CLAIM
    kept = all(claim.holds for claim in report.claims)
    return Outcome.HOLDS if kept else Outcome.VIOLATES
