"""Wrong functions for the rules on wheels and auditors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from manylinux_reference.mutants.table import (
    Check,
    Mutation,
    Table,
    always,
    never,
    nothing,
    shifted,
    without,
)
from manylinux_reference.reading.archive import Archive, Member
from manylinux_reference.reading.policy import NEVER
from manylinux_reference.rules.findings import Finding, Outcome
from manylinux_reference.rules.wheel import bundled, contents, header, loading, record
from manylinux_reference.rules.wheel.audit import (
    ALL_HOLD,
    claims_of,
    exit_status,
    file_findings,
    holds,
    judged_as,
    needs,
    oldest,
    outcome,
)
from manylinux_reference.rules.wheel.header import origin
from manylinux_reference.rules.wheel.loading import interpreter
from manylinux_reference.rules.wheel.members import (
    elf_members,
    refuse_collisions,
    unsafe,
)
from manylinux_reference.rules.wheel.needed import (
    allowed_from,
    everywhere,
    names,
    needed,
    reached,
)
from manylinux_reference.rules.wheel.symbols import (
    cxx_versioned,
    forbidden,
    may_be_missing,
    pyfpe,
    resolved,
    unversioned,
)
from manylinux_reference.rules.wheel.versioned import versioned
from manylinux_reference.rules.wheel.versions import (
    defined,
    has_symbols,
    is_required,
    library,
    marker,
    newer_release,
    node,
    provider,
    relocation_types,
    relocations,
)

if TYPE_CHECKING:
    from manylinux_reference.reading.elf.file import Elf
    from manylinux_reference.reading.policy import Policy
    from manylinux_reference.reading.wheel.reader import Wheel
    from manylinux_reference.rules.findings import Report
    from manylinux_reference.rules.tags import Version
    from manylinux_reference.rules.wheel.audit import Promised


def _first_architecture(filename: str) -> list[Promised]:
    claims = claims_of(filename)
    return [claim for claim in claims if claim[1][1] == claims[0][1][1]]


def _members_if(keep: Callable[[str], bool]) -> Mutation:
    """Return a mutation in which only members of certain names can be ELF files."""

    def members(archive: Archive, **_: bool) -> Iterator[Member]:
        return (member for member in elf_members(archive) if keep(member.name))

    return {elf_members: members}


def _skipping_foreign(elf: Elf, wheel: Wheel, policy: Policy) -> Iterator[Finding]:
    return iter(()) if origin(elf, policy) else file_findings(elf, wheel, policy)


def _of_extensions_alone(elf: Elf, wheel: Wheel, policy: Policy) -> Iterator[Finding]:
    names = (elf.base_name, elf.soname)
    is_needed = any(name in other.needed for name in names for other in wheel.elves)
    return iter(()) if is_needed else needs(elf, wheel, policy)


def _not_taken_for_pure(report: Report) -> str:
    files, report.files = report.files, 1
    wrong = outcome(report)
    report.files = files
    return wrong


def _condition_taken_for_granted(report: Report) -> str:
    right = outcome(report)
    return Outcome.HOLDS if right == Outcome.CONDITION else right


def _levels_with_data(claimed: Version, policy: Policy) -> Version:
    return claimed if claimed in policy.levels else (0, 0)


def _release_after(node: str, policy: Policy) -> Version:
    major, minor = newer_release(node, policy)
    return major, minor + 1


def _dynamic_alone(elf: Elf, policy: Policy) -> Iterator[Finding]:
    yield from interpreter(elf, policy)
    if not elf.dynamic:
        text = "has no dynamic section"
        yield Finding("wheel.executable.static", elf.name, text)


def _additional_alone(name: str, policy: Policy) -> Version | None:
    return policy.additional.get(name)


def _pep_599_alone(name: str, policy: Policy) -> Version | None:
    return policy.pep_599.get(name)


DECIDERS: dict[str, Check] = {  # of rules that a mutation silences
    "wheel.abi.module-suffix": contents.module_suffix,
    "wheel.abi.not-none": contents.abi_not_none,
    "wheel.abi.unicode-width": contents.unicode_width,
    "wheel.bundled.glibc": bundled.glibc,
    "wheel.bundled.sbom": bundled.sbom,
    "wheel.bundled.unique-name": bundled.unique_name,
    "wheel.contents.case": contents.case,
    "wheel.contents.elf": contents.has_elf,
    "wheel.contents.module": contents.modules,
    "wheel.contents.record": record.listed,
    "wheel.contents.record-hash": record.hashes,
    "wheel.contents.record-rows": record.rows,
    "wheel.elf.abi-version": header.abi_version,
    "wheel.elf.byte-order": header.byte_order,
    "wheel.elf.class": header.elf_class,
    "wheel.elf.flags.armv7l": header.flags,
    "wheel.elf.flags.loongarch64": header.flags,
    "wheel.elf.flags.powerpc": header.flags,
    "wheel.elf.flags.riscv64": header.flags,
    "wheel.elf.machine": header.machine,
    "wheel.elf.osabi": header.os_abi,
    "wheel.executable.filters": loading.filtering,
    "wheel.executable.interpreter": interpreter,
    "wheel.executable.launcher": loading.launcher,
    "wheel.executable.type": loading.program,
    "wheel.isa.property": loading.isa_property,
    "wheel.kernel.note": loading.kernel,
    "wheel.layout.purelib": contents.purelib,
    "wheel.layout.root-is-purelib": contents.root_is_purelib,
    "wheel.needed.allowed": needed,
    "wheel.needed.libpython": needed,
    "wheel.needed.loader": needed,
    "wheel.needed.everywhere": everywhere,
    "wheel.needed.musl": needed,
    "wheel.needed.no-path": needed,
    "wheel.needed.reached": reached,
    "wheel.needed.withdrawn": needed,
    "wheel.relocations.relr-marker": marker,
    "wheel.relocations.text": loading.text_relocations,
    "wheel.runpath.origin": loading.runpath,
    "wheel.segments.alignment": loading.segments,
    "wheel.shared-object.no-open": loading.no_open,
    "wheel.shared-object.type": loading.shared_object,
    "wheel.stack.executable": loading.executable_stack,
    "wheel.stack.header": loading.stack_header,
    "wheel.symbols.contained": has_symbols,
    "wheel.symbols.cxx-versioned": cxx_versioned,
    "wheel.symbols.pyfpe": pyfpe,
    "wheel.symbols.resolved": resolved,
    "wheel.symbols.unversioned": unversioned,
    "wheel.symbols.versioned": versioned,
    "wheel.tags.any": contents.platform_any,
    "wheel.tags.both-spellings": contents.both_spellings,
    "wheel.tags.metadata": contents.metadata,
    "wheel.tags.one-triple-per-line": contents.one_triple_per_line,
    "wheel.tls.reserve": loading.tls_reserve,
    "wheel.tls.static": loading.static_tls,
    "wheel.versions.contained": defined,
    "wheel.versions.namespace": node,
    "wheel.versions.needed": library,
    "wheel.versions.private": node,
    "wheel.versions.provider": provider,
}
WITH_LEVELS: dict[str, Check] = {  # whose level a mutation moves as well
    "wheel.relocations.relr": relocations,
    "wheel.relocations.types": relocation_types,
    "wheel.symbols.glibc-2-18": forbidden,
    "wheel.symbols.zlib": forbidden,
    "wheel.versions.abi-markers": node,
    "wheel.versions.dt-relr": node,
    "wheel.versions.listed": node,
    "wheel.versions.loader": node,
    "wheel.versions.named-nodes": node,
}
MUTANTS: Table = {
    **{rule: {"off": without(check, rule)} for rule, check in DECIDERS.items()},
    **{
        rule: {
            "earlier": shifted(check, rule, -1),
            "later": shifted(check, rule, 1),
            "off": without(check, rule),
        }
        for rule, check in WITH_LEVELS.items()
    },
    "auditor.claims.every": {"off": {claims_of: lambda name: claims_of(name)[:1]}},
    "auditor.claims.metadata": {
        "off": without(contents.metadata, "wheel.tags.metadata"),
    },
    "auditor.claims.mixed-architectures": {"off": {claims_of: _first_architecture}},
    "auditor.exit.false-claim": {"off": {exit_status: lambda *_, **__: ALL_HOLD}},
    "auditor.input.hostile": {"off": {refuse_collisions: nothing, unsafe: nothing}},
    "auditor.members.every": {"off": _members_if(lambda name: ".data/" not in name)},
    "auditor.members.foreign": {"off": {file_findings: _skipping_foreign}},
    "auditor.needs.transitive": {"off": {needs: _of_extensions_alone}},
    "auditor.outcome.condition": {"off": {outcome: _condition_taken_for_granted}},
    "auditor.outcome.no-elf": {"off": {outcome: _not_taken_for_pure}},
    "auditor.policy.nearest-older-level": {"off": {judged_as: _levels_with_data}},
    "auditor.report.oldest-level": {"off": {oldest: nothing}},
    "wheel.contents.any-name": {
        "off": _members_if(lambda name: not name.endswith(".py")),
    },
    "wheel.elf.not-loaded": {"off": {header.is_data: never}},
    "wheel.executable.static": {"off": {interpreter: _dynamic_alone}},
    "auditor.verdict.true-claim": {"off": {holds: never}},
    "wheel.levels.before-first": {"off": {judged_as: lambda claimed, _: claimed}},
    "wheel.levels.monotone": {
        "off": {holds: lambda needed, claimed: needed == claimed}
    },
    "wheel.needed.additional-libraries": {"off": {allowed_from: _pep_599_alone}},
    "wheel.needed.filters": {"off": {names: lambda elf: elf.needed}},
    "wheel.needed.pep-599-libraries": {"off": {allowed_from: _additional_alone}},
    "wheel.symbols.weak": {"off": {may_be_missing: never}},
    "wheel.versions.newer-glibc": {
        "off": {newer_release: lambda *_: NEVER},
        "later": {newer_release: _release_after},
    },
    "wheel.versions.weak-need": {"off": {is_required: always}},
}
