"""Rules on DT_NEEDED: each name falls under exactly one of them."""

from __future__ import annotations

from manylinux_reference.reading.elf.file import DF_1_NODEFLIB, Elf
from manylinux_reference.reading.policy import Policy, Version, dotted
from manylinux_reference.rules import decides
from manylinux_reference.rules.findings import Finding, Findings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.reading.wheel.reader import Wheel

# What a needed name is.  Not an enum: importing that costs a third of Python's start.
PATH, CONTAINED, LIBPYTHON, MUSL = "path", "contained", "libpython", "musl"
LOADER, WITHDRAWN, ALLOWED, OTHER = "loader", "withdrawn", "allowed", "other"
UNREACHED, UNLOADABLE, PROVIDED = "unreached", "unloadable", "provided"
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
TOKENS = tuple(
    form.format(token)
    for token in ("ORIGIN", "LIB", "PLATFORM")
    for form in ("${}", "${{{}}}")
)  # glibc, ``elf/dl-dst.h``
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
    for name in names(elf):
        kind = kind_of(name, elf, policy)
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
            yield from everywhere(elf, name, policy)
            yield from looked_for(elf, name)
        elif kind in (UNREACHED, UNLOADABLE):
            yield from reached(elf, name, wheel)
        elif kind == PROVIDED:
            yield set_aside(elf, name, policy)


@decides("wheel.needed.everywhere")
def everywhere(elf: Elf, name: str, policy: Policy) -> Findings:
    """Yield advice if some systems have to install a library first.

    PEP 600, Core definition, asks for what every mainstream system has.
    """
    if name in policy.missing:
        text = f"needs {name}, which is missing from {policy.missing[name]}"
        yield Finding(
            "wheel.needed.everywhere", elf.name, text, advice=True, library=name
        )


@decides("wheel.needed.reached")
def reached(elf: Elf, name: str, wheel: Wheel) -> Findings:
    """Yield a finding if a file does not reach a library that the wheel has.

    ld.so(8); a library that is loaded already is found by its SONAME alone (glibc,
    ``elf/dl-load.c``), so a package can make up for it by loading that first.
    """
    found = elf.links[name]
    if found is not None:
        text = f"finds {found} for {name}, which the loader refuses"
        yield Finding("wheel.needed.reached", elf.name, text, library=name)
        return
    loadable = next((each for each in wheel.elves if can_be(each, name, elf)), None)
    names = (other.name for other in wheel.elves if other.base_name == name)
    where = loadable.name if loadable else next(names, "another file's SONAME")
    text = f"needs {name}, and its search path does not lead to {where}"
    finding = Finding("wheel.needed.reached", elf.name, text, library=name)
    if loadable and elf.is_shared_object:
        finding.condition = f"the package loads {loadable.name} before {elf.name}"
    yield finding


@decides("wheel.needed.reached")
def looked_for(elf: Elf, name: str) -> Findings:
    """Yield a finding if a file forbids to look where the system has its libraries.

    DF_1_NODEFLIB (glibc, ``_dl_map_object`` in ``elf/dl-load.c``); the C library is
    there before each module.
    """
    is_there = elf.is_shared_object and name.startswith("libc.so.")
    if elf.flags_1 & DF_1_NODEFLIB and not is_there:
        text = f"needs {name} and is marked DF_1_NODEFLIB: it is not looked for"
        yield Finding("wheel.needed.reached", elf.name, text, library=name)


def can_be(other: Elf, name: str, elf: Elf) -> bool:
    """Return whether a file, loaded before, answers to a name that another needs."""
    fits = (other.machine, other.bits) == (elf.machine, elf.bits)
    return other.soname == name and fits and other.is_shared_object and other != elf


@decides("auditor.report.excluded")
def set_aside(elf: Elf, name: str, policy: Policy) -> Finding:
    """Return the finding on a need of which the user says who meets it."""
    by = next(each for each, pattern in policy.provided if matches(name, pattern))
    text = f"needs {name}, which {by} supplies, as --provided-by says"
    finding = Finding(
        "wheel.needed.allowed", elf.name, text, library=name, provided_by=by
    )
    finding.condition = f"{by} supplies {name}"
    finding.provided = True
    return finding


def matches(name: str, pattern: str) -> bool:
    """Return whether a name is a pattern's, in which ``*`` stands for anything."""
    first, *rest = pattern.split("*")
    if not rest:
        return name == pattern
    at = len(first)
    if not name.startswith(first):
        return False
    for part in rest[:-1]:
        found = name.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(name) - at >= len(rest[-1]) and name.endswith(rest[-1])


@decides("wheel.needed.filters")
def names(elf: Elf) -> list[str]:
    """Return the libraries that the loader looks for, those it filters through too.

    glibc, ``elf/dl-deps.c``: DT_FILTER and DT_AUXILIARY beside DT_NEEDED.
    """
    return elf.needed + elf.filters


@decides(
    "wheel.needed.libpython",
    "wheel.needed.loader",
    "wheel.needed.musl",
    "wheel.needed.no-path",
    "wheel.needed.reached",
    "wheel.needed.withdrawn",
)
def kind_of(name: str, elf: Elf, policy: Policy) -> str:
    """Return what a needed name is, and so which rule speaks about it.

    A name with a slash, or with a token that stands for one, is a path to the loader
    (ld.so(8)); PEP 513 refuses libpython.
    """
    if "/" in name or ("$" in name and any(token in name for token in TOKENS)):
        return PATH
    found = elf.links.get(name)
    if found is not None:
        return UNLOADABLE if isinstance(found, str) else CONTAINED
    for kind, starts in STARTS.items():
        if f"{name}\0".startswith(starts):
            return kind
    return LOADER if "ld-linux" in name else _kind_of_external(name, elf, policy)


def _kind_of_external(name: str, elf: Elf, policy: Policy) -> str:
    if policy.provided and any(matches(name, each) for _, each in policy.provided):
        return PROVIDED
    if name in policy.withdrawn:
        return WITHDRAWN
    if allowed_from(name, policy):
        return ALLOWED
    return UNREACHED if name in elf.links else OTHER


@decides("wheel.needed.additional-libraries", "wheel.needed.pep-599-libraries")
def allowed_from(name: str, policy: Policy) -> Version | None:
    """Return the first level that allows an external library, or None.

    Nineteen by PEP 599, and those that auditwheel's policies add.
    """
    return policy.pep_599.get(name) or policy.additional.get(name)
