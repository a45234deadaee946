"""Rules on version needs and on the relocation format that came with a version."""

from __future__ import annotations

from manylinux_reference.reading.elf.dynamic import readable
from manylinux_reference.reading.elf.file import Elf, VersionNeed
from manylinux_reference.reading.policy import NEVER, Policy, Version, dotted, version
from manylinux_reference.rules import decides
from manylinux_reference.rules.findings import Finding, Findings
from manylinux_reference.rules.wheel.needed import (
    ALLOWED,
    CONTAINED,
    LOADER,
    kind_of,
)
from manylinux_reference.rules.wheel.scopes import has, scope_of

DT_RELR_FROM = (2, 36)
DT_RELR_NODE = "GLIBC_ABI_DT_RELR"
MARKERS = "GLIBC_ABI_"  # nodes without symbols: what the loader has to know
PRIVATE_NODE = "GLIBC_PRIVATE"
GLIBC = "GLIBC"  # the namespace of what is always loaded
LIBGCC = "libgcc_s.so.1"
# Types of relocation by e_machine: name, and the release whose loader first applies it
# (``elf_machine_rela`` in each ``dl-machine.h``).  Where IFUNCs are newer than the
# oldest system, that one has them all the same: CentOS 7 for aarch64.
LATER_TYPES: dict[int, dict[int, tuple[str, Version]]] = {
    3: {38: ("R_386_SIZE32", (2, 18))},
    62: {32: ("R_X86_64_SIZE32", (2, 18)), 33: ("R_X86_64_SIZE64", (2, 18))},
    243: {58: ("R_RISCV_IRELATIVE", (2, 33))},
    258: {14: ("R_LARCH_TLS_DESC64", (2, 40))},
}
LONGEST_RELEASE = 9  # characters; keeps int() cheap whatever a file says


def versions(elf: Elf, policy: Policy) -> Findings:
    """Yield what is wrong with the versions that a file needs from outside."""
    yield from relocations(elf)
    yield from relocation_types(elf)
    yield from marker(elf)
    for need in elf.version_needs:
        yield from library(elf, need, policy)
        kind = kind_of(need.library, elf, policy)
        if kind in (ALLOWED, LOADER) and is_required(need):
            yield from node(elf, need, policy)
            yield from provider(elf, need, policy)
        elif kind == CONTAINED and is_required(need):
            yield from defined(elf, need)
            yield from has_symbols(elf, need, policy)


@decides("wheel.versions.weak-need")
def is_required(need: VersionNeed) -> bool:
    """Return whether the loader insists on a version (glibc, ``elf/dl-version.c``).

    It does not on a weak one, but on each symbol bound to it that is not weak.
    """
    return not need.weak or need.strong


@decides("wheel.versions.needed")
def library(elf: Elf, need: VersionNeed, policy: Policy) -> Findings:
    """Yield a finding if the file does not need the library that has the version.

    glibc asserts that it is loaded (``elf/dl-version.c``), which ends the process;
    the loader itself always is.
    """
    if need.library not in (*elf.needed, policy.loader_name):
        text = f"needs {need.node} from {need.library}, which DT_NEEDED does not name"
        yield Finding("wheel.versions.needed", elf.name, text, library=need.library)


def lacking(library: Elf, elf: Elf, name: str) -> set[str]:
    """Return the versions that a file needs of a library and that this one lacks.

    One that defines none passes, unless it has not even DT_VERSYM: then the loader ends
    at the first symbol (``check_match`` in glibc's ``elf/dl-lookup.c``).
    """
    if not library.definitions and library.versioned:
        return set()
    needs = (need for need in elf.version_needs if need.library == name)
    wanted = {need.node for need in needs if is_required(need)}
    return wanted - library.definitions


@decides("wheel.versions.contained")
def defined(elf: Elf, need: VersionNeed) -> Findings:
    """Yield a finding if a contained library lacks a version that is needed of it.

    glibc, ``match_symbol`` in ``elf/dl-version.c``.
    """
    library = elf.links[need.library]
    if isinstance(library, Elf) and need.node in lacking(library, elf, need.library):
        text = f"needs {need.node} from {library.name}, which does not define it"
        yield Finding(
            "wheel.versions.contained", elf.name, text, library=need.library,
            version=need.node,
        )  # fmt: skip


@decides("wheel.symbols.contained")
def has_symbols(elf: Elf, need: VersionNeed, policy: Policy) -> Findings:
    """Yield a finding if a contained library has the version and not the symbol.

    Nor has another one that is loaded with it (glibc, ``elf/dl-lookup.c``).
    """
    library = elf.links[need.library]
    if not isinstance(library, Elf) or need.node in lacking(library, elf, need.library):
        return
    # Nearly always the library has the name; a lookup in the others takes as long.
    scope = [library, *scope_of(elf)] if need.names else []
    if _may_be_outside(need.node, scope, policy):
        return
    for symbol in sorted(need.names):
        if not any(has(each, symbol, need.node) for each in scope):
            name = readable(symbol)
            text = f"needs {name}@{need.node} from {library.name}, which lacks it"
            yield Finding(
                "wheel.symbols.contained", elf.name, text, library=need.library,
                version=need.node, symbol=name,
            )  # fmt: skip
            return


def _may_be_outside(node: str, scope: list[Elf], policy: Policy) -> bool:
    """Return whether a library of the system that is loaded has a version, too."""
    namespace, _, _ = node.partition("_")
    libraries = policy.providers.get(namespace, [])
    return namespace == GLIBC or any(
        name in libraries and elf.links.get(name) is None
        for elf in scope
        for name in elf.needed
    )


@decides(
    "wheel.versions.abi-markers",
    "wheel.versions.dt-relr",
    "wheel.versions.listed",
    "wheel.versions.loader",
    "wheel.versions.named-nodes",
    "wheel.versions.namespace",
    "wheel.versions.private",
)
def node(elf: Elf, need: VersionNeed, policy: Policy) -> Findings:
    """Yield from which level on a version need is allowed.

    PEP 600, Core definition: what the C library of that level has.
    """
    rule = node_rule(need, policy)
    level = NEVER
    if rule == "wheel.versions.private":
        why = "which glibc keeps for itself"
    elif rule == "wheel.versions.namespace":
        why = "of an unknown namespace"
    else:
        level = node_level(need.node, policy)
        known = "not listed" if level == NEVER else f"listed since {dotted(level)}"
        why = f"{known} on {policy.arch}"
    symbols = elf.version_symbols.get(need.index, [])
    name = f"{symbols[0]}@{need.node}" if symbols else need.node
    text = f"needs {name} from {need.library}, {why}"
    finding = Finding(
        rule, elf.name, text, min_level=level, library=need.library, version=need.node
    )
    finding.symbols = symbols
    if symbols:
        finding.evidence["symbol"] = symbols[0]
    yield finding


def node_level(node: str, policy: Policy) -> Version:
    """Return the first level that lists a version node, NEVER if none does.

    glibc's nodes carry the version of the release that introduced them (``Versions``
    files), so levels between two with data are known too.
    """
    first = policy.nodes.get(node, NEVER)
    namespace, _, suffix = node.partition("_")
    if first == NEVER:
        return newer_release(node, policy)
    if namespace == GLIBC and suffix[:1].isdecimal():
        return min(first, version(suffix))
    return first


@decides("wheel.versions.newer-glibc")
def newer_release(node: str, policy: Policy) -> Version:
    """Return the glibc release in a node that is newer than all data, NEVER for others.

    PEP 600, Core definition: a level exists with the release.
    """
    suffix = node.removeprefix("GLIBC_")
    major, _, minor = suffix.partition(".")
    is_release = major.isdecimal() and minor.isdecimal()
    if not is_release or len(suffix) > LONGEST_RELEASE:
        return NEVER
    release = int(major), int(minor)
    is_newer = release > policy.known_until and node == f"GLIBC_{dotted(release)}"
    return release if is_newer else NEVER


def node_rule(need: VersionNeed, policy: Policy) -> str:
    """Return the one rule that speaks about a version need."""
    namespace, _, suffix = need.node.partition("_")
    if need.node == PRIVATE_NODE:
        return "wheel.versions.private"
    if need.node == DT_RELR_NODE:
        return "wheel.versions.dt-relr"
    if need.node.startswith(MARKERS):
        return "wheel.versions.abi-markers"
    if namespace not in policy.providers:
        return "wheel.versions.namespace"
    if need.library == policy.loader_name:
        return "wheel.versions.loader"
    numbered = suffix.replace(".", "").isdecimal()
    return "wheel.versions.listed" if numbered else "wheel.versions.named-nodes"


@decides("wheel.versions.provider")
def provider(elf: Elf, need: VersionNeed, policy: Policy) -> Findings:
    """Yield a finding if the library does not define the node on this architecture.

    The loader looks in the library that the need names (``elf/dl-version.c``).
    """
    level = node_level(need.node, policy)
    if level == NEVER:
        return  # the business of other rules
    since = NEVER
    known = "does not define it"
    if _is_defined(need, level, policy):
        since = policy.later.get((need.library, need.node), level)
        known = f"defines it since {dotted(since)}"
    if since <= level:
        return
    text = f"needs {need.node} from {need.library}, which {known} on {policy.arch}"
    yield Finding(
        "wheel.versions.provider", elf.name, text, library=need.library,
        version=need.node, min_level=since,
    )  # fmt: skip


def _is_defined(need: VersionNeed, level: Version, policy: Policy) -> bool:
    providers = policy.providers[need.node.partition("_")[0]]
    if need.library == LIBGCC and need.node == policy.libgcc_node:
        return True
    if need.library in policy.defined and level <= policy.known_until:
        return need.node in policy.defined[need.library]
    return need.library in (*providers, policy.loader_name)


@decides("wheel.relocations.relr", "wheel.executable.static")
def relocations(elf: Elf) -> Findings:
    """Yield from which level on the loader knows the file's relocation format.

    Loaders before glibc 2.36 skip DT_RELR (its release notes); a statically linked
    program relocates itself.
    """
    if elf.relr and not elf.is_static:
        text = "has DT_RELR relocations, which loaders know from 2.36 on"
        yield Finding("wheel.relocations.relr", elf.name, text, min_level=DT_RELR_FROM)


@decides("wheel.relocations.types", "wheel.executable.static")
def relocation_types(elf: Elf) -> Findings:
    """Yield from which level on the loader applies the file's types of relocations.

    Of others it says "unexpected reloc type"; a statically linked program relocates
    itself.
    """
    later = LATER_TYPES.get(elf.machine, {})
    for kind in sorted(elf.relocations & later.keys()) if not elf.is_static else ():
        name, level = later[kind]
        text = f"has relocations {name}, which loaders know from {dotted(level)} on"
        yield Finding("wheel.relocations.types", elf.name, text, min_level=level)


@decides("wheel.relocations.relr-marker")
def marker(elf: Elf) -> Findings:
    """Yield a finding if a loader that knows DT_RELR refuses the file.

    From glibc 2.36 on it wants the marker node of files with versions that need
    libc (``elf/dl-version.c``).
    """
    nodes = [need.node for need in elf.version_needs]
    needs_libc = any(name.startswith("libc.so.") for name in elf.needed)
    if elf.relr and nodes and needs_libc and DT_RELR_NODE not in nodes:
        text = f"has DT_RELR relocations and does not need {DT_RELR_NODE}"
        yield Finding("wheel.relocations.relr-marker", elf.name, text)
