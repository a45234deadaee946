"""Rules on version needs and on the relocation format that came with a version."""

from __future__ import annotations

from manylinux_reference.mutants.rule import always, rule
from manylinux_reference.rules.wheel.finding import Finding, no_findings, shifted
from manylinux_reference.rules.wheel.needed import ALLOWED, LOADER, kind_of
from manylinux_reference.rules.wheel.policy import NEVER, version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from manylinux_reference.reading.elf import Elf, VersionNeed
    from manylinux_reference.reading.wheel import Wheel
    from manylinux_reference.rules.wheel.policy import Policy, Version

    Check = Callable[[Elf, VersionNeed, Policy], Iterator[Finding]]

DT_RELR_FROM = (2, 36)
DT_RELR_NODE = "GLIBC_ABI_DT_RELR"
PRIVATE_NODE = "GLIBC_PRIVATE"


def versions(elf: Elf, wheel: Wheel, policy: Policy) -> Iterator[Finding]:
    """Yield what is wrong with the versions that a file needs from outside."""
    yield from relocations(elf)
    for need in elf.version_needs:
        library, node, _, _ = need
        kind = kind_of(library, wheel, policy)
        if kind not in (ALLOWED, LOADER) or not counts(need):
            continue
        check = _check(library, node, policy)
        yield from check(elf, need, policy)
        yield from provider(elf, need, policy)


def _check(library: str, node: str, policy: Policy) -> Check:
    """Return the one rule that speaks about a version need."""
    namespace, _, suffix = node.partition("_")
    if node == PRIVATE_NODE:
        return private
    if node == DT_RELR_NODE:
        return dt_relr
    if namespace not in policy.providers:
        return unknown_namespace
    if library == policy.loader_name:
        return from_loader
    return listed if suffix.replace(".", "").isdecimal() else named


def node_level(node: str, policy: Policy) -> Version:
    """Return the first level that lists a version node.

    glibc's nodes carry the version of the release that introduced them, so levels
    between two with data are known too.
    """
    first = policy.nodes.get(node, NEVER)
    namespace, _, suffix = node.partition("_")
    if namespace == "GLIBC" and first != NEVER and suffix[:1].isdecimal():
        return min(first, version(suffix))
    return first


@rule("wheel.versions.weak-need", off=always)
def counts(need: VersionNeed) -> bool:
    """Return whether the loader insists on a version need."""
    return not need[2]


def _late(
    identifier: str, elf: Elf, need: VersionNeed, policy: Policy
) -> Iterator[Finding]:
    level = node_level(need[1], policy)
    known = f"listed since {level[0]}.{level[1]}" if level != NEVER else "not listed"
    return _finding(identifier, elf, need, f"{known} on {policy.arch}", level)


def _finding(
    identifier: str, elf: Elf, need: VersionNeed, why: str, level: Version = NEVER
) -> Iterator[Finding]:
    library, node, _, index = need
    symbol = elf.witnesses.get(index, "")
    text = f"needs {symbol}{'@' if symbol else ''}{node} from {library}, {why}"
    finding = Finding(
        identifier, elf.name, text, holds_from=level, library=library, version=node
    )
    if symbol:
        finding.evidence["symbol"] = symbol
    yield finding


def _listed(elf: Elf, need: VersionNeed, policy: Policy) -> Iterator[Finding]:
    return _late("wheel.versions.listed", elf, need, policy)


@rule(
    "wheel.versions.listed",
    off=no_findings,
    earlier=shifted(_listed, -1),
    later=shifted(_listed, 1),
)
def listed(elf: Elf, need: VersionNeed, policy: Policy) -> Iterator[Finding]:
    """Yield from which level on a numbered node is listed."""
    return _listed(elf, need, policy)


def _from_loader(elf: Elf, need: VersionNeed, policy: Policy) -> Iterator[Finding]:
    return _late("wheel.versions.loader", elf, need, policy)


@rule(
    "wheel.versions.loader",
    off=no_findings,
    earlier=shifted(_from_loader, -1),
    later=shifted(_from_loader, 1),
)
def from_loader(elf: Elf, need: VersionNeed, policy: Policy) -> Iterator[Finding]:
    """Yield from which level on the loader has a node."""
    return _from_loader(elf, need, policy)


def _named(elf: Elf, need: VersionNeed, policy: Policy) -> Iterator[Finding]:
    return _late("wheel.versions.named-nodes", elf, need, policy)


@rule(
    "wheel.versions.named-nodes",
    off=no_findings,
    earlier=shifted(_named, -1),
    later=shifted(_named, 1),
)
def named(elf: Elf, need: VersionNeed, policy: Policy) -> Iterator[Finding]:
    """Yield from which level on a node without a plain number is listed."""
    return _named(elf, need, policy)


def _dt_relr(elf: Elf, need: VersionNeed, policy: Policy) -> Iterator[Finding]:
    return _late("wheel.versions.dt-relr", elf, need, policy)


@rule(
    "wheel.versions.dt-relr",
    off=no_findings,
    earlier=shifted(_dt_relr, -1),
    later=shifted(_dt_relr, 1),
)
def dt_relr(elf: Elf, need: VersionNeed, policy: Policy) -> Iterator[Finding]:
    """Yield from which level on the marker of packed relocations is listed."""
    return _dt_relr(elf, need, policy)


@rule("wheel.versions.private", off=no_findings)
def private(elf: Elf, need: VersionNeed, _policy: Policy) -> Iterator[Finding]:
    """Yield a finding: glibc's private node is promised by nobody."""
    return _finding("wheel.versions.private", elf, need, "which glibc keeps for itself")


@rule("wheel.versions.namespace", off=no_findings)
def unknown_namespace(
    elf: Elf, need: VersionNeed, _policy: Policy
) -> Iterator[Finding]:
    """Yield a finding: no level knows the namespace of this node."""
    return _finding("wheel.versions.namespace", elf, need, "of an unknown namespace")


@rule("wheel.versions.provider", off=no_findings)
def provider(elf: Elf, need: VersionNeed, policy: Policy) -> Iterator[Finding]:
    """Yield advice if the library does not define the node on this architecture."""
    library, node, _, _ = need
    providers = policy.providers.get(node.partition("_")[0])
    if providers is None or library in _providers(node, providers, policy):
        return
    text = f"needs {node} from {library}, which does not define it on {policy.arch}"
    yield Finding(
        "wheel.versions.provider", elf.name, text, advice=True,
        library=library, version=node,
    )  # fmt: skip


def _providers(node: str, providers: list[str], policy: Policy) -> list[str]:
    if not node.startswith("GLIBC_"):
        return providers
    if node != policy.libgcc_node:
        return [*providers, policy.loader_name]
    own = version(node.removeprefix("GLIBC_"))
    both = [*providers, policy.loader_name, "libgcc_s.so.1"]
    return both if own >= policy.first_glibc else ["libgcc_s.so.1"]


def _relocations(elf: Elf) -> Iterator[Finding]:
    if elf.relr:
        text = "has DT_RELR relocations, which loaders know from 2.36 on"
        yield Finding("wheel.relocations.relr", elf.name, text, holds_from=DT_RELR_FROM)


@rule(
    "wheel.relocations.relr",
    off=no_findings,
    earlier=shifted(_relocations, -1),
    later=shifted(_relocations, 1),
)
def relocations(elf: Elf) -> Iterator[Finding]:
    """Yield from which level on the loader knows the file's relocation format."""
    return _relocations(elf)
