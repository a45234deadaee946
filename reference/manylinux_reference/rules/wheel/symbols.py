"""Rules on symbols, and which names have to be looked for to decide them."""

from __future__ import annotations

from manylinux_reference.reading.elf.dynamic import readable
from manylinux_reference.reading.elf.file import Elf
from manylinux_reference.reading.elf.symbols import SymbolQuery
from manylinux_reference.reading.glibc_names import glibc_names
from manylinux_reference.reading.policy import NEVER, Policy, Version, dotted
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules import decides
from manylinux_reference.rules.findings import Finding, Findings
from manylinux_reference.rules.wheel.contents import INIT_PREFIXES, narrow_abis
from manylinux_reference.rules.wheel.needed import (
    ALLOWED,
    CONTAINED,
    EVERY_LEVEL,
    LOADER,
    kind_of,
)
from manylinux_reference.rules.wheel.scopes import shared_alone
from manylinux_reference.rules.wheel.versions import node_level

PYFPE = b"PyFPE_jbuf"
ZLIB = "libz.so.1"
CXX_LIBRARY = "libstdc++.so.6"


def symbol_query(wheel: Wheel, policy: Policy, level: Version) -> SymbolQuery:
    """Return what to look for in the files of a wheel whose oldest claim is a level.

    NEVER if it claims nothing.
    """
    by_library: dict[str, list[bytes]] = {}
    for library, _, names in policy.forbidden:
        by_library.setdefault(library, []).extend(names)
    is_init_needed = "none" in wheel.abis or bool(narrow_abis(wheel))
    return SymbolQuery(
        names=(PYFPE,),
        by_library=by_library,
        stem_prefixes=INIT_PREFIXES if is_init_needed else (),
        known_nodes=None if level == NEVER else _nodes_at(level, policy),
    )


def _nodes_at(level: Version, policy: Policy) -> frozenset[str]:
    return frozenset(node for node in policy.nodes if node_level(node, policy) <= level)


def symbols(elf: Elf, policy: Policy) -> Findings:
    """Yield what is wrong with the symbols that a file refers to."""
    yield from forbidden(elf, policy)
    yield from resolved(elf)
    yield from pyfpe(elf)
    yield from cxx_versioned(elf, policy)
    yield from unversioned(elf, policy)
    yield from shared_alone(elf)


@decides("wheel.symbols.glibc-2-18", "wheel.symbols.zlib")
def forbidden(elf: Elf, policy: Policy) -> Findings:
    """Yield the names that glibc 2.18 introduced, and zlib's internal and late ones.

    auditwheel's policies forbid them: no version node tells these names apart.
    """
    for library, level, names in policy.forbidden:
        if library not in elf.needed or elf.links.get(library) is not None:
            continue
        rule = "wheel.symbols.zlib" if library == ZLIB else "wheel.symbols.glibc-2-18"
        for symbol in names:
            if symbol in elf.undefined and not may_be_missing(elf, symbol):
                name = symbol.decode()
                text = f"refers to {name}, which {library} need not have"
                yield Finding(
                    rule, elf.name, text, min_level=level, library=library,
                    symbol=name,
                )  # fmt: skip


@decides("wheel.symbols.weak")
def may_be_missing(elf: Elf, symbol: bytes) -> bool:
    """Return whether all references to a symbol are weak, so that null will do.

    gABI, Symbol Table, STB_WEAK.
    """
    return elf.undefined[symbol]


@decides("wheel.symbols.resolved")
def resolved(elf: Elf) -> Findings:
    """Yield advice if nothing the file needs can provide an undefined symbol.

    gABI, Shared Object Dependencies; the interpreter provides its own names.
    """
    if not elf.is_shared_object or elf.needed:
        return
    for symbol, weak in elf.undefined.items():
        if not weak and not symbol.startswith((b"Py", b"_Py")):
            name = readable(symbol)
            text = f"refers to {name} and needs no library that could have it"
            yield Finding(
                "wheel.symbols.resolved", elf.name, text, advice=True, symbol=name
            )


@decides("wheel.symbols.pyfpe")
def pyfpe(elf: Elf) -> Findings:
    """Yield a finding if the file wants an interpreter built with fpectl (PEP 571)."""
    if PYFPE in elf.undefined:
        text = "refers to PyFPE_jbuf, which interpreters without fpectl do not have"
        yield Finding("wheel.symbols.pyfpe", elf.name, text, symbol="PyFPE_jbuf")


@decides("wheel.symbols.cxx-versioned")
def cxx_versioned(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if a file refers to the C++ library without a version.

    libstdc++.so.6 gives every name a version (GCC, ``libstdc++-v3/config/abi``).  A
    library that nobody can look into may define the name.
    """
    if not elf.unversioned:
        return
    known = (ALLOWED, CONTAINED, LOADER)
    if any(kind_of(name, elf, policy) not in known for name in elf.needed):
        return
    why = "without a version"
    if CXX_LIBRARY not in elf.needed:
        why = f"and does not need {CXX_LIBRARY}"
    some = f"{len(elf.unversioned)} names of the C++ library"
    text = f"refers to {some} {why}, for example {elf.unversioned[0]}"
    finding = Finding("wheel.symbols.cxx-versioned", elf.name, text)
    finding.symbols = elf.unversioned
    yield finding


@decides("wheel.symbols.unversioned")
def unversioned(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding for names that neither Python, glibc nor the wheel defines.

    CPython opens modules with RTLD_NOW, and glibc then looks for each symbol
    (``elf/dl-lookup.c``).  What was loaded before and made global may have it.
    """
    if not elf.loose:
        return
    if policy.names is None:
        policy.names = glibc_names(policy.arch)
    names = policy.names
    listed = {name.decode() for _, _, each in policy.forbidden for name in each}
    loose = [name for name in elf.loose if name not in listed]  # by another rule
    unknown = [name for name in loose if name not in names]
    level = max((names[name] for name in loose if name in names), default=NEVER)
    if EVERY_LEVEL < level < NEVER:
        name = next(name for name in loose if names.get(name) == level)
        text = f"refers to {name}, which glibc has since {dotted(level)}"
        yield Finding(
            "wheel.symbols.unversioned", elf.name, text, min_level=level, symbol=name
        )
    if unknown:
        some = f"{len(unknown)} names" if len(unknown) > 1 else "a name"
        text = f"refers to {some} that nothing defines, for example {unknown[0]}"
        finding = Finding(
            "wheel.symbols.unversioned", elf.name, text, symbol=unknown[0]
        )
        finding.symbols = unknown
        if elf.is_shared_object:
            finding.condition = f"the package loads what defines {unknown[0]} before"
        yield finding
