"""Platform tags: their grammar, the legacy spellings, compressed sets."""

from __future__ import annotations

from manylinux_reference.rules import decides

Version = tuple[int, int]  # of glibc: major, minor
Promise = tuple[Version, str]  # what a tag promises: that glibc, an architecture

FEWEST_PARTS = 4  # word, major, minor and at least one piece of the architecture
LARGEST_EXPANSION = 4096  # tags of one set; real ones have at most a few dozen
LONGEST_NUMBERS = 36  # digits in both; keeps int() cheap whatever a tag says

PEP_513 = frozenset({"x86_64", "i686"})
PEP_599 = PEP_513 | {"aarch64", "armv7l", "ppc64", "ppc64le", "s390x"}
LEGACY = {  # family: the glibc it stands for, and on which architectures
    "manylinux1": ((2, 5), PEP_513),
    "manylinux2010": ((2, 12), PEP_513),
    "manylinux2014": ((2, 17), PEP_599),
}
FOREIGN_NAMES = frozenset({"amd64", "x64", "x86", "i386", "arm64"})  # other systems'


class InvalidTagSetError(ValueError):
    """A compressed tag set breaks a rule; the message says which."""


@decides("tag.linux.promises-nothing")
def parse(tag: str) -> Promise | None:
    """Return what a manylinux tag promises, or None if it is not a manylinux tag.

    ``linux_ARCH`` promises nothing beyond the machine it was built on (PEP 513).
    """
    tag = fold_case(tag)
    return parse_perennial(tag) or parse_legacy(tag)


@decides("tag.libc-provider")
def parse_perennial(tag: str) -> Promise | None:
    """Return what ``manylinux_X_Y_ARCH`` promises (PEP 600, Core definition).

    No word may come before the numbers: the C library is glibc.
    """
    parts = split_perennial(tag)
    if parts is None:
        return None
    _, major, minor, *rest = parts
    if not are_decimal(major, minor):
        return None
    arch = join_architecture(rest)
    if not is_architecture_given(arch):
        return None
    name = sysconfig_name(arch)
    name = None if name is None else name_without_level(name)
    return None if name is None else (as_integers(major, minor), name)


@decides("tag.legacy.alias")
def parse_legacy(tag: str) -> Promise | None:
    """Return what the equivalent perennial tag promises (PEP 600, Legacy tags)."""
    family, _, arch = tag.partition("_")
    version = legacy_version(family, arch)
    return None if version is None else (version, arch)


@decides("tag.form")
def split_perennial(tag: str) -> list[str] | None:
    """Return the word, the two numbers and the pieces of the architecture.

    Underscores separate them (PEP 600, Core definition).
    """
    parts = tag.split("_")
    return parts if len(parts) >= FEWEST_PARTS and parts[0] == "manylinux" else None


@decides("tag.version.digits")
def are_decimal(major: str, minor: str) -> bool:
    """Return whether both are ASCII digits only (PEP 600, the sample parser)."""
    both = major + minor
    if not (both.isascii() and major.isdecimal() and minor.isdecimal()):
        return False
    return len(both) <= LONGEST_NUMBERS


@decides("installer.tag.leading-zeros")
def as_integers(major: str, minor: str) -> Version:
    """Return the version that two numbers write, zeros in front included.

    PEP 600, Package installers: the sample code hands both to ``int``.
    """
    return int(major), int(minor)


@decides("tag.architecture.rest")
def join_architecture(parts: list[str]) -> str:
    """Return everything after the second number, underscores included (PEP 600)."""
    return "_".join(parts)


@decides("tag.architecture.non-empty")
def is_architecture_given(arch: str) -> bool:
    """Return whether there is an architecture at all (PEP 600, Core definition)."""
    return arch != ""


def underscored(name: str) -> str:
    """Return a name of sysconfig as it is written in a tag (PEP 425, Platform Tag)."""
    return name.replace("-", "_").replace(".", "_").replace(" ", "_")


@decides("tag.architecture.name")
def sysconfig_name(arch: str) -> str | None:
    """Return an architecture spelled as sysconfig does on Linux, None otherwise.

    PEP 600, Core definition: what ``sysconfig.get_platform()`` says.
    """
    if arch in FOREIGN_NAMES or arch != underscored(arch):
        return None
    return arch


@decides("tag.architecture.no-level-suffix")
def name_without_level(arch: str) -> str | None:
    """Return an architecture without a level such as ``_v3``, None with one.

    Levels are not part of sysconfig's names; PEP 825 (draft) gives them another place.
    """
    name, _, level = arch.rpartition("_v")
    return None if name and level.isdecimal() else arch


@decides(
    "tag.legacy.families",
    "tag.legacy.manylinux1",
    "tag.legacy.manylinux2010",
    "tag.legacy.manylinux2014",
)
def legacy_version(family: str, arch: str) -> Version | None:
    """Return the glibc that a legacy family stands for on an architecture.

    PEP 513, 571 and 599 name the architectures; there is no other family.
    """
    version, architectures = LEGACY.get(family, (None, PEP_513))
    return version if arch in architectures else None


def legacy_spellings(arch: str) -> dict[Version, str]:
    """Return the legacy tags of an architecture by their version, oldest first."""
    return {
        version: f"{family}_{arch}"
        for family in LEGACY
        if (version := legacy_version(family, arch))
    }


@decides("tag.case.lower", "tag.version.no-leading-zeros")
def canonical(promise: Promise) -> str:
    """Return the perennial spelling of a promise, as ``manylinux_2_17_x86_64``.

    As producers write it: lower case, plain numbers (PEP 600, Core definition).
    """
    (major, minor), arch = promise
    return f"manylinux_{major}_{minor}_{arch}".lower()


@decides("tag.case.ignored")
def fold_case(tag: str) -> str:
    """Return a tag as consumers compare it, in lower case, as packaging does."""
    return tag.lower()


def expand(tag_set: str) -> list[str]:
    """Return the tags that a compressed set such as ``py2.py3-none-any`` stands for.

    Raises InvalidTagSetError if the set breaks a rule or stands for too many tags.
    """
    parts = fold_case(tag_set).split("-")
    expanded = [""]
    for part in parts:
        joined = set_members(part)
        if len(expanded) * len(joined) > LARGEST_EXPANSION:
            raise InvalidTagSetError(f"stands for more than {LARGEST_EXPANSION} tags")
        expanded = [f"{tag}-{member}" for tag in expanded for member in joined]
    return [tag[1:] for tag in expanded]


@decides(
    "tag.set.any-order",
    "tag.set.empty-member",
    "tag.set.expansion",
    "tag.set.repeated-member",
)
def set_members(part: str) -> list[str]:
    """Return the members of one part of a set (PEP 425, Compressed Tag Sets).

    They come in any order, and one that is repeated counts once.
    Raises InvalidTagSetError if one is empty.
    """
    members = part.split(".")
    if "" in members:
        raise InvalidTagSetError(f"{part[:80]!r} has an empty member")
    return list(dict.fromkeys(members))
