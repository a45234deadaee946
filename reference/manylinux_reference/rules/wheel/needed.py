"""Rules on DT_NEEDED: each name falls under exactly one of them."""

from __future__ import annotations

from manylinux_reference.reading.elf import Elf
from manylinux_reference.reading.policy import Policy, Version, dotted
from manylinux_reference.reading.wheel import Wheel
from manylinux_reference.rules import decides
from manylinux_reference.rules.wheel.report import Finding, Findings

# What a needed name is.  Not an enum: importing that costs a third of Python's start.
PATH, CONTAINED, LIBPYTHON, MUSL = "path", "contained", "libpython", "musl"
LOADER, WITHDRAWN, ALLOWED, OTHER = "loader", "withdrawn", "allowed", "other"
STARTS = {  # the first names that only these libraries have; \0 ends a name
    LIBPYTHON: ("libpython",),
    MUSL: ("libc.musl-", "ld-musl-", "libc.so\0"),
    LOADER: ("ld64.so", "ld.so"),
}
REFUSED = {  # kind: the rule that no level lets it keep, and why
    PATH: ("wheel.needed.no-path", "a path"),
    LIBPYTHON: ("wheel.needed.libpython", "which many interpreters do not have"),
    MUSL: ("wheel.needed.musl", "the C library of musl"),
    WITHDRAWN: ("wheel.needed.withdrawn", "which was withdrawn from every level"),
    OTHER: (
        "wheel.needed.allowed",
        "which no level allows and the wheel does not contain",
    ),
}
EVERY_LEVEL = (2, 5)  # the first level of all: what it allows, older ones do too


@decides(
    "wheel.needed.allowed",
    "wheel.needed.libpython",
    "wheel.needed.loader",
    "wheel.needed.musl",
    "wheel.needed.no-path",
    "wheel.needed.withdrawn",
)
def needed(elf: Elf, wheel: Wheel, policy: Policy) -> Findings:
    """Yield what is wrong with the names of the libraries that a file needs.

    PEP 599, The manylinux2014 policy, item 1.
    """
    for name in elf.needed:
        kind = kind_of(name, wheel, policy)
        if kind in REFUSED:
            rule, why = REFUSED[kind]
            text = f"needs {name}, {why}"
            yield Finding(rule, elf.name, text, library=name)
        elif kind == LOADER and name != policy.loader_name:
            text = f"needs {name}, the loader of {policy.arch} is {policy.loader_name}"
            yield Finding("wheel.needed.loader", elf.name, text, library=name)
        elif kind == ALLOWED:
            level = allowed_from(name, policy)
            if level and level > EVERY_LEVEL:
                text = f"needs {name}, allowed since {dotted(level)}"
                yield Finding(
                    "wheel.needed.allowed", elf.name, text, min_level=level,
                    library=name,
                )  # fmt: skip


@decides(
    "wheel.needed.libpython",
    "wheel.needed.loader",
    "wheel.needed.musl",
    "wheel.needed.no-path",
    "wheel.needed.withdrawn",
)
def kind_of(name: str, wheel: Wheel, policy: Policy) -> str:
    """Return what a needed name is, and so which rule speaks about it.

    A name with a slash is a path to the loader (ld.so(8)); PEP 513 refuses libpython.
    """
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


@decides("wheel.needed.additional-libraries", "wheel.needed.pep-599-libraries")
def allowed_from(name: str, policy: Policy) -> Version | None:
    """Return the first level that allows an external library, or None.

    Nineteen by PEP 599, and those that auditwheel's policies add.
    """
    return policy.pep_599.get(name) or policy.additional.get(name)
