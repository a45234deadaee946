"""Rules on version needs and on the relocation format that came with a version."""

from __future__ import annotations

from manylinux_reference.reading.elf import Elf, VersionNeed
from manylinux_reference.reading.policy import NEVER, Policy, Version, dotted, version
from manylinux_reference.reading.wheel import Wheel
from manylinux_reference.rules import decides
from manylinux_reference.rules.wheel.needed import ALLOWED, LOADER, kind_of
from manylinux_reference.rules.wheel.report import Finding, Findings

DT_RELR_FROM = (2, 36)
DT_RELR_NODE = "GLIBC_ABI_DT_RELR"
MARKERS = "GLIBC_ABI_"  # nodes without symbols: what the loader has to know
PRIVATE_NODE = "GLIBC_PRIVATE"
LONGEST_RELEASE = 9  # characters; keeps int() cheap whatever a file says


def versions(elf: Elf, wheel: Wheel, policy: Policy) -> Findings:
    """Yield what is wrong with the versions that a file needs from outside."""
    yield from relocations(elf)
    for need in elf.version_needs:
        kind = kind_of(need.library, wheel, policy)
        if kind in (ALLOWED, LOADER) and is_required(need):
            yield from node(elf, need, policy)
            yield from provider(elf, need, policy)


@decides("wheel.versions.weak-need")
def is_required(need: VersionNeed) -> bool:
    """Return whether the loader insists on a version (glibc, ``elf/dl-version.c``)."""
    return not need.weak


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
    symbol = elf.example_symbols.get(need.index, "")
    name = f"{symbol}@{need.node}" if symbol else need.node
    text = f"needs {name} from {need.library}, {why}"
    finding = Finding(
        rule, elf.name, text, min_level=level, library=need.library, version=need.node
    )
    if symbol:
        finding.evidence["symbol"] = symbol
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
    if namespace == "GLIBC" and suffix[:1].isdecimal():
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
    is_newer = release > policy.levels[-1] and node == f"GLIBC_{dotted(release)}"
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
    """Yield advice if the library does not define the node on this architecture.

    The loader looks in the library that the need names (``elf/dl-version.c``).
    """
    providers = policy.providers.get(need.node.partition("_")[0])
    if providers is None or need.library in _providers(need.node, providers, policy):
        return
    text = (
        f"needs {need.node} from {need.library}, "
        f"which does not define it on {policy.arch}"
    )
    yield Finding(
        "wheel.versions.provider", elf.name, text, advice=True,
        library=need.library, version=need.node,
    )  # fmt: skip


def _providers(node: str, providers: list[str], policy: Policy) -> list[str]:
    if not node.startswith("GLIBC_"):
        return providers
    if node != policy.libgcc_node:
        return [*providers, policy.loader_name]
    own = version(node.removeprefix("GLIBC_"))
    both = [*providers, policy.loader_name, "libgcc_s.so.1"]
    return both if own >= policy.oldest_node else ["libgcc_s.so.1"]


@decides("wheel.relocations.relr")
def relocations(elf: Elf) -> Findings:
    """Yield from which level on the loader knows the file's relocation format.

    Loaders before glibc 2.36 skip DT_RELR (its release notes).
    """
    if elf.relr:
        text = "has DT_RELR relocations, which loaders know from 2.36 on"
        yield Finding("wheel.relocations.relr", elf.name, text, min_level=DT_RELR_FROM)
