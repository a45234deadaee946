"""Rules on DT_NEEDED: each name falls under exactly one of them."""

from __future__ import annotations

from manylinux_reference.mutants.rule import never, nothing, rule
from manylinux_reference.rules.wheel.finding import Finding, no_findings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from manylinux_reference.reading.elf import Elf
    from manylinux_reference.reading.wheel import Wheel
    from manylinux_reference.rules.wheel.policy import Policy, Version

# What a needed name is.  Not an enum: importing that costs a third of Python's start.
PATH, CONTAINED, LIBPYTHON, MUSL = "path", "contained", "libpython", "musl"
LOADER, WITHDRAWN, ALLOWED, OTHER = "loader", "withdrawn", "allowed", "other"
STARTS = {
    LIBPYTHON: ("libpython",),
    MUSL: ("libc.musl-", "ld-musl-", "libc.so\0"),
    LOADER: ("ld64.so", "ld.so"),
}
EVERY_LEVEL = (2, 5)  # the first level of all: what it allows, older ones do too


def needed(elf: Elf, wheel: Wheel, policy: Policy) -> Iterator[Finding]:
    """Yield what is wrong with the names of the libraries that a file needs."""
    for name in elf.needed:
        kind = kind_of(name, wheel, policy)
        for check in (path, libpython, musl, loader, withdrawn, allowed):
            yield from check(kind, name, elf, policy)


def kind_of(name: str, wheel: Wheel, policy: Policy) -> str:
    """Return what a needed name is, and so which rule speaks about it."""
    if "/" in name:
        return PATH
    if name in wheel.contained:
        return CONTAINED
    for kind, starts in STARTS.items():
        if f"{name}\0".startswith(starts):
            return kind
    if "ld-linux" in name:
        return LOADER
    if name in policy.withdrawn:
        return WITHDRAWN
    return ALLOWED if allowed_from(name, policy) else OTHER


def allowed_from(name: str, policy: Policy) -> Version | None:
    """Return the first level that allows an external library, or None."""
    if allows_pep_599(name, policy):
        return policy.pep_599[name]
    return additional_from(name, policy)


@rule("wheel.needed.pep-599-libraries", off=never)
def allows_pep_599(name: str, policy: Policy) -> bool:
    """Return whether a library is one of the nineteen of PEP 599."""
    return name in policy.pep_599


@rule("wheel.needed.additional-libraries", off=nothing)
def additional_from(name: str, policy: Policy) -> Version | None:
    """Return the first level that allows a library which PEP 599 does not have."""
    return policy.additional.get(name)


@rule("wheel.needed.no-path", off=no_findings)
def path(kind: str, name: str, elf: Elf, _policy: Policy) -> Iterator[Finding]:
    """Yield a finding if the name is a path."""
    if kind == PATH:
        text = f"needs {name}, a path"
        yield Finding("wheel.needed.no-path", elf.name, text, library=name)


@rule("wheel.needed.libpython", off=no_findings)
def libpython(kind: str, name: str, elf: Elf, _policy: Policy) -> Iterator[Finding]:
    """Yield a finding if the name is any libpython."""
    if kind == LIBPYTHON:
        text = f"needs {name}, which many interpreters do not have"
        yield Finding("wheel.needed.libpython", elf.name, text, library=name)


@rule("wheel.needed.musl", off=no_findings)
def musl(kind: str, name: str, elf: Elf, _policy: Policy) -> Iterator[Finding]:
    """Yield a finding if the name is musl's."""
    if kind == MUSL:
        text = f"needs {name}, the C library of musl"
        yield Finding("wheel.needed.musl", elf.name, text, library=name)


@rule("wheel.needed.loader", off=no_findings)
def loader(kind: str, name: str, elf: Elf, policy: Policy) -> Iterator[Finding]:
    """Yield a finding if the name is like a loader's, and not this architecture's."""
    if kind == LOADER and name != policy.loader_name:
        text = f"needs {name}, the loader of {policy.arch} is {policy.loader_name}"
        yield Finding("wheel.needed.loader", elf.name, text, library=name)


@rule("wheel.needed.withdrawn", off=no_findings)
def withdrawn(kind: str, name: str, elf: Elf, _policy: Policy) -> Iterator[Finding]:
    """Yield a finding if distributions stopped shipping the library."""
    if kind == WITHDRAWN:
        text = f"needs {name}, which was withdrawn from every level"
        yield Finding("wheel.needed.withdrawn", elf.name, text, library=name)


@rule("wheel.needed.allowed", off=no_findings)
def allowed(kind: str, name: str, elf: Elf, policy: Policy) -> Iterator[Finding]:
    """Yield a finding if a library is at no level, or at newer ones only."""
    identifier = "wheel.needed.allowed"
    if kind == OTHER:
        text = f"needs {name}, which no level allows and the wheel does not contain"
        yield Finding(identifier, elf.name, text, library=name)
    elif kind == ALLOWED:
        level = allowed_from(name, policy)
        if level and level > EVERY_LEVEL:
            text = f"needs {name}, allowed since {level[0]}.{level[1]}"
            yield Finding(identifier, elf.name, text, holds_from=level, library=name)
