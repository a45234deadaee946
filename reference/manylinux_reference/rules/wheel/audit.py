"""Audits a wheel: which claims hold, what speaks against them, what would hold."""

from __future__ import annotations

from manylinux_reference.reading.archive import Archive
from manylinux_reference.reading.elf.file import Elf
from manylinux_reference.reading.elf.reader import defined_among, read_elves
from manylinux_reference.reading.policy import NEVER, Policy, Version, architectures
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.reading.wheel.reader import (
    Wheel,
    compare_hashes,
    read_dist_info,
)
from manylinux_reference.rules import decides, tags
from manylinux_reference.rules.findings import (
    STANDARD,
    Claim,
    Finding,
    Findings,
    Outcome,
    Report,
    worst,
)
from manylinux_reference.rules.tags import Promise
from manylinux_reference.rules.wheel.bundled import bundled
from manylinux_reference.rules.wheel.contents import contents, filename_tags
from manylinux_reference.rules.wheel.header import header, is_data, machine, origin
from manylinux_reference.rules.wheel.links import link
from manylinux_reference.rules.wheel.loading import (
    executables,
    libraries,
    loading,
    program,
)
from manylinux_reference.rules.wheel.members import elf_members, refuse_unsafe_names
from manylinux_reference.rules.wheel.needed import needed
from manylinux_reference.rules.wheel.scopes import leave_out_defined
from manylinux_reference.rules.wheel.symbols import symbol_query, symbols
from manylinux_reference.rules.wheel.versioned import versioned
from manylinux_reference.rules.wheel.versions import versions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from manylinux_reference.reading.archive import RangedFile

Promised = tuple[str, Promise]  # a claim as spelled, what it promises

ALL_HOLD, FALSE_CLAIM, UNUSABLE = 0, 1, 2  # exit statuses
CONFIRMED = (Outcome.HOLDS, Outcome.OBJECTIONS, Outcome.NO_CLAIM)
BY_SYMBOLS = (
    *("wheel.versions.", "wheel.symbols.glibc-", "wheel.symbols.cxx-"),
    "wheel.symbols.unversioned",
    *("wheel.relocations.relr", "wheel.relocations.types"),
)
BY_FILES = (  # of those, what no level changes: a fault of the files
    "wheel.relocations.relr-marker", "wheel.versions.contained",
    "wheel.versions.needed",
)  # fmt: skip
USUAL_ARCH = "x86_64"  # whose policy says what to look for if nothing is claimed


def audit(
    path: str,
    provided: Sequence[tuple[str, str]] = (),
    *,
    hashes: bool = True,
    file: RangedFile | None = None,
) -> Report:
    """Audit one wheel; without ``hashes``, what is no ELF file is not read to its end.

    ``provided`` are libraries of other wheels (see ``Policy``).  ``file`` is read if
    the wheel is not at the path.
    Raises UnusableError if it cannot be read or claims an unknown architecture,
    NotJudgedError if it is beyond the budget.
    """
    filename = path.rpartition("/")[2]
    claims = claims_of(filename)
    archs = dict.fromkeys(arch for _, (_, arch) in claims)
    policies = {arch: _policy(arch) for arch in archs}
    first = next(iter(policies.values()), None) or Policy(USUAL_ARCH)
    level = min((version for _, (version, _) in claims), default=NEVER)
    wheel = Wheel(filename)
    read_wheel(file or path, wheel, first, level, hashes=hashes)
    policies = policies or _guess(wheel)
    found = {}
    for arch, policy in policies.items():
        policy.provided = provided
        found[arch] = _all_findings(wheel, policy)
    report = Report(path)
    report.files = len(wheel.elves)
    claimed = {tag for tag, _ in claims}
    report.others = [tag for tag in wheel.platforms if tag not in claimed]
    for tag, (version, arch) in claims:
        level = judged_as(version, policies[arch])
        report.claims.append(Claim(tag, _against(level, found[arch])))
    report.advice = [
        finding for each in found.values() for finding in each if finding.advice
    ]
    for arch, against in found.items() if wheel.elves else ():
        report.by_symbols = report.by_symbols or by_symbols(against, policies[arch])
        if len(found) == 1:
            report.oldest = oldest(against, policies[arch])
    report.outcome = outcome(report)
    return report


def _all_findings(wheel: Wheel, policy: Policy) -> list[Finding]:
    """Return everything that was found, each with its basis.

    Raises NotJudgedError if it is too much.
    """
    found = []
    for finding in findings(wheel, policy):
        wheel.budget.findings.spend()
        finding.basis = policy.bases.get(finding.rule, STANDARD)
        found.append(finding)
    return found


def read_wheel(
    file: str | RangedFile,
    wheel: Wheel,
    policy: Policy,
    level: Version,
    *,
    hashes: bool,
) -> None:
    """Read what the rules look at into a wheel of which only the name is known.

    Raises UnusableError if the file is not a wheel, damaged or out of bounds.
    """
    filename_tags(wheel)  # refused before anything is opened
    with Archive(file, wheel.budget) as archive:
        refuse_unsafe_names(archive)
        read_dist_info(archive, wheel)
        query = symbol_query(wheel, policy, judged_as(level, policy))
        if hashes:
            compare_hashes(archive, wheel)
        members = elf_members(archive, thoroughly=hashes)
        for elf in read_elves(archive, members, query):
            wheel.add(elf)
        link(wheel)
        leave_out_defined(wheel)
        _find_static_storage(archive, wheel)
        wheel.changed = archive.changed


def _find_static_storage(archive: Archive, wheel: Wheel) -> None:
    """Note of which libraries other files want the thread-local storage to be static.

    glibc makes it so for the file that has the symbol (``CHECK_STATIC_TLS``).
    """
    wanted = {name for elf in wheel.elves for name in elf.tls_wanted}
    users = [link for elf in wheel.elves for link in elf.links.values()]
    used = {each.name: each for each in users if isinstance(each, Elf) and each.tls}
    if not wanted or not used:
        return
    for member in archive.members:
        if member.name in used:
            library = used[member.name]
            library.tls_used = bool(defined_among(archive, member, library, wanted))


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
    for elf in [each for each in wheel.elves if not is_data(each)][:1]:
        for policy in map(Policy, architectures()):
            if not origin(elf, policy):
                return {policy.arch: policy}
    return {}


def findings(wheel: Wheel, policy: Policy) -> Findings:
    """Yield all that speaks against any level of one architecture."""
    yield from contents(wheel, policy)
    for elf in wheel.elves:
        yield from file_findings(elf, wheel, policy)
    yield from versioned(wheel, policy)
    yield from libraries(wheel)
    yield from bundled(wheel, policy)


@decides("auditor.members.foreign")
def file_findings(elf: Elf, wheel: Wheel, policy: Policy) -> Findings:
    """Yield all that speaks against one ELF file.

    One of another architecture is refused, not skipped (PEP 599, item 1).
    """
    if is_data(elf):
        if elf.is_named_as_module or elf.is_script:
            yield from machine(elf, policy)
            yield from program(elf)
        return
    foreign = origin(elf, policy)
    if foreign:
        yield from foreign
        return
    yield from header(elf, policy)
    yield from loading(elf, policy)
    yield from executables(elf, policy)
    yield from needs(elf, wheel, policy)


@decides("auditor.needs.transitive")
def needs(elf: Elf, wheel: Wheel, policy: Policy) -> Findings:
    """Yield what is wrong with a file's needs, contained library or not.

    The loader loads those, and what they need, like any other (ld.so(8)).
    """
    yield from needed(elf, wheel, policy)
    yield from versions(elf, policy)
    yield from symbols(elf, policy)


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


@decides("auditor.verdict.true-claim", "wheel.levels.monotone")
def holds(needed: Version, claimed: Version) -> bool:
    """Return whether what holds from one level on holds at another.

    glibc keeps every version node (PEP 600, Core definition).
    """
    return needed <= claimed


@decides("auditor.report.oldest-level")
def oldest(against: list[Finding], policy: Policy) -> str | None:
    """Return the tag of the oldest level with policy data that holds, if any does.

    Conditions, and objections that hold at every level, aside; auditwheel's overall
    tag.
    """
    levels = [
        finding.min_level
        for finding in against
        if not finding.advice
        and (finding.min_level < NEVER or finding.outcome == Outcome.FALSE)
    ]
    return _oldest_level(max(levels, default=policy.first_level), policy)


@decides("auditor.report.oldest-level")
def by_symbols(against: list[Finding], policy: Policy) -> str | None:
    """Return the tag of the oldest level by version needs and symbols alone."""
    levels = [
        finding.min_level
        for finding in against
        if finding.rule.startswith(BY_SYMBOLS)
        and finding.rule not in BY_FILES
        and not (finding.advice or finding.condition)
    ]
    return _oldest_level(max(levels, default=policy.first_level), policy)


def _oldest_level(first: Version, policy: Policy) -> str | None:
    """Return the tag of the oldest level with data that holds; beyond them, its own."""
    for level in [*policy.levels, first]:
        if first != NEVER and holds(first, level):
            return tags.canonical((level, policy.arch))
    return None


@decides(
    "auditor.outcome.condition",
    "auditor.outcome.no-elf",
    "auditor.outcome.objections",
)
def outcome(report: Report) -> str:
    """Return what became of the audit as a whole: the worst of its claims.

    A wheel without ELF files has an outcome of its own, as auditwheel gives it.
    """
    found = worst(claim.outcome for claim in report.claims)
    if not report.files and found in (Outcome.HOLDS, Outcome.OBJECTIONS):
        return Outcome.NO_ELF
    return found if report.claims else Outcome.NO_CLAIM


@decides("auditor.exit.false-claim")
def exit_status(report: Report, *, checking: bool) -> int:
    """Return the status that one wheel calls for; only ``check`` minds its claims.

    Decided here; wanted in auditwheel #180.  A condition that the user has named
    himself does not count, one that only the audit found does.
    """
    if report.outcome in (Outcome.UNUSABLE, Outcome.NOT_JUDGED):
        return UNUSABLE
    if checking and report.outcome not in CONFIRMED:
        is_empty = report.outcome == Outcome.NO_ELF and not report.claims
        if not (is_empty or is_met(report)):
            return FALSE_CLAIM
    return ALL_HOLD


def is_met(report: Report) -> bool:
    """Return whether the user has named every condition of the claims himself."""
    return report.outcome == Outcome.CONDITION and all(
        finding.provided or not finding.condition
        for claim in report.claims
        for finding in claim.against
    )
