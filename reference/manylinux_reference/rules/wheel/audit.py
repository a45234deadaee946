"""Audits a wheel: which claims hold, what speaks against them, what would hold."""

from __future__ import annotations

from manylinux_reference.reading.archive import Archive
from manylinux_reference.reading.elf import Elf
from manylinux_reference.reading.elf_reader import read_elves
from manylinux_reference.reading.policy import NEVER, Policy, Version, architectures
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.reading.wheel import Wheel, read_dist_info
from manylinux_reference.rules import decides, tags
from manylinux_reference.rules.tags import Promise
from manylinux_reference.rules.wheel.bundled import bundled
from manylinux_reference.rules.wheel.contents import contents, filename_tags
from manylinux_reference.rules.wheel.header import header, origin
from manylinux_reference.rules.wheel.loading import executables, loading
from manylinux_reference.rules.wheel.members import elf_members, refuse_unsafe_names
from manylinux_reference.rules.wheel.needed import needed
from manylinux_reference.rules.wheel.report import (
    Claim,
    Finding,
    Findings,
    Outcome,
    Report,
)
from manylinux_reference.rules.wheel.symbols import symbol_query, symbols
from manylinux_reference.rules.wheel.versions import versions

Promised = tuple[str, Promise]  # a claim as spelled, what it promises

ALL_HOLD, FALSE_CLAIM, UNUSABLE = 0, 1, 2  # exit statuses
USUAL_ARCH = "x86_64"  # whose policy says what to look for if nothing is claimed


def audit(path: str) -> Report:
    """Audit one wheel.

    Raises UnusableError if it cannot be read or claims an unknown architecture.
    """
    filename = path.rpartition("/")[2]
    claims = claims_of(filename)
    archs = dict.fromkeys(arch for _, (_, arch) in claims)
    policies = {arch: _policy(arch) for arch in archs}
    first = next(iter(policies.values()), None) or Policy(USUAL_ARCH)
    level = min((version for _, (version, _) in claims), default=NEVER)
    wheel = read_wheel(path, Wheel(filename), first, level)
    policies = policies or _guess(wheel)
    found = {arch: list(findings(wheel, policy)) for arch, policy in policies.items()}
    report = Report(path)
    report.files = len(wheel.elves)
    for tag, (version, arch) in claims:
        level = judged_as(version, policies[arch])
        report.claims.append(Claim(tag, _against(level, found[arch])))
    report.advice = [
        finding for each in found.values() for finding in each if finding.advice
    ]
    if len(found) == 1:
        ((arch, against),) = found.items()
        report.oldest = oldest(against, policies[arch])
    report.outcome = outcome(report)
    return report


def read_wheel(path: str, wheel: Wheel, policy: Policy, level: Version) -> Wheel:
    """Read what the rules look at into a wheel of which only the name is known.

    Raises UnusableError if the file is not a wheel, damaged or out of bounds.
    """
    filename_tags(wheel)  # refused before anything is opened
    with Archive(path) as archive:
        refuse_unsafe_names(archive)
        read_dist_info(archive, wheel)
        query = symbol_query(wheel, policy, judged_as(level, policy))
        for elf in read_elves(archive, elf_members(archive), query):
            wheel.add(elf)
    return wheel


def _policy(arch: str) -> Policy:
    try:
        return Policy(arch)
    except KeyError:
        reason = f"claims {arch}, an architecture without policy data"
        raise UnusableError(reason) from None


@decides("auditor.claims.every", "auditor.claims.mixed-architectures")
def claims_of(filename: str) -> list[Promised]:
    """Return every manylinux tag of a wheel's name, of whatever architecture.

    An installer may meet any of them (PEP 425, Compressed Tag Sets).
    """
    platforms = filename.removesuffix(".whl").rpartition("-")[2].split(".")
    parsed = ((tag, tags.parse(tag)) for tag in platforms)
    return [(tag, promise) for tag, promise in parsed if promise]


def _guess(wheel: Wheel) -> dict[str, Policy]:
    """Return the policy for a wheel without claims, by its first ELF file."""
    for elf in wheel.elves[:1]:
        for policy in map(Policy, architectures()):
            if not origin(elf, policy):
                return {policy.arch: policy}
    return {}


def findings(wheel: Wheel, policy: Policy) -> Findings:
    """Yield all that speaks against any level of one architecture."""
    yield from contents(wheel)
    for elf in wheel.elves:
        yield from file_findings(elf, wheel, policy)
    yield from bundled(wheel, policy)


@decides("auditor.members.foreign")
def file_findings(elf: Elf, wheel: Wheel, policy: Policy) -> Findings:
    """Yield all that speaks against one ELF file.

    One of another architecture is refused, not skipped (PEP 599, item 1).
    """
    foreign = origin(elf, policy)
    if foreign:
        yield from foreign
        return
    yield from header(elf, policy)
    if elf.is_loadable:
        yield from loading(elf, policy)
        yield from executables(elf, wheel.contained, policy)
        yield from needs(elf, wheel, policy)


@decides("auditor.needs.transitive")
def needs(elf: Elf, wheel: Wheel, policy: Policy) -> Findings:
    """Yield what is wrong with a file's needs, contained library or not.

    The loader loads those, and what they need, like any other (ld.so(8)).
    """
    yield from needed(elf, wheel, policy)
    yield from versions(elf, wheel, policy)
    yield from symbols(elf, wheel, policy)


@decides("auditor.policy.nearest-older-level", "wheel.levels.before-first")
def judged_as(claimed: Version, policy: Policy) -> Version:
    """Return the level by which a claim is judged: its own, data or not.

    What levels between two with data allow, ``node_level`` knows; a claim older than
    every system of the architecture stands for the oldest one (decided here).
    """
    return max(claimed, policy.oldest_system)


def _against(level: Version, found: list[Finding]) -> list[Finding]:
    return [
        finding
        for finding in found
        if not finding.advice and not holds(finding.min_level, level)
    ]


@decides("wheel.levels.monotone")
def holds(needed: Version, claimed: Version) -> bool:
    """Return whether what holds from one level on holds at another.

    glibc keeps every version node (PEP 600, Core definition).
    """
    return needed <= claimed


@decides("auditor.report.oldest-level")
def oldest(against: list[Finding], policy: Policy) -> str | None:
    """Return the tag of the oldest level with policy data that holds, if any does.

    auditwheel's overall tag.  Beyond the data it is that of the newest release needed.
    """
    levels = [finding.min_level for finding in against if not finding.advice]
    first = max(levels, default=policy.first_level)
    for level in [*policy.levels, first]:
        if first != NEVER and holds(first, level):
            return tags.canonical((level, policy.arch))
    return None


@decides("auditor.outcome.no-elf")
def outcome(report: Report) -> str:
    """Return what became of the audit as a whole.

    A wheel without ELF files has an outcome of its own, as auditwheel gives it.
    """
    if not report.files:
        return Outcome.NO_ELF
    if not report.claims:
        return Outcome.NO_CLAIM
    kept = all(claim.holds for claim in report.claims)
    return Outcome.HOLDS if kept else Outcome.VIOLATES


@decides("auditor.exit.false-claim")
def exit_status(report: Report, *, checking: bool) -> int:
    """Return the status that one wheel calls for; only ``check`` minds false claims.

    Decided here; wanted in auditwheel #180.
    """
    if report.outcome == Outcome.UNUSABLE:
        return UNUSABLE
    return FALSE_CLAIM if checking and report.outcome == Outcome.VIOLATES else ALL_HOLD
