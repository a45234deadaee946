"""Platform tags: their grammar, the legacy spellings, compressed sets."""

from __future__ import annotations

from manylinux_reference.mutants.rule import always, never, nothing, rule, same

TYPE_CHECKING = False  # importing typing would cost more than this module does
if TYPE_CHECKING:
    from collections.abc import Callable

    Version = tuple[int, int]  # of glibc: major, minor
    Promise = tuple[int, int, str]  # what a tag promises: major, minor, architecture

FEWEST_PARTS = 4  # word, major, minor and at least one piece of the architecture
LARGEST_EXPANSION = 4096  # tags that one compressed set may stand for
LONGEST_NUMBERS = 36  # digits in both; keeps int() cheap whatever a tag says


class InvalidTagSetError(ValueError):
    """A compressed tag set breaks a rule; the message says which."""


def parse(tag: str) -> Promise | None:
    """Return what a manylinux tag promises, or None if it is not a manylinux tag."""
    tag = fold_case(tag)
    if not tag.startswith("manylinux"):
        return linux_promise(tag)
    return _perennial(tag) or _legacy(tag)


def canonical(promise: Promise) -> str:
    """Return the perennial spelling of a promise, as ``manylinux_2_17_x86_64``."""
    major, minor, arch = promise
    return lower(f"manylinux_{number(major)}_{number(minor)}_{arch}")


def legacy_spellings(arch: str) -> dict[Version, str]:
    """Return the legacy tags of an architecture by their version, oldest first."""
    spelled: dict[Version, str] = {}
    if version := manylinux1(arch):
        spelled[version] = f"manylinux1_{arch}"
    if version := manylinux2010(arch):
        spelled[version] = f"manylinux2010_{arch}"
    if version := manylinux2014(arch):
        spelled[version] = f"manylinux2014_{arch}"
    return spelled


def expand(tag_set: str) -> list[str]:
    """Return the tags that a compressed set such as ``py2.py3-none-any`` stands for.

    Raises InvalidTagSetError if the set breaks a rule or stands for too many tags.
    """
    parts = fold_case(tag_set).split("-")
    expanded = [""]
    for part in parts:
        joined = valid_members(part)
        if len(expanded) * len(joined) > LARGEST_EXPANSION:
            raise InvalidTagSetError(f"stands for more than {LARGEST_EXPANSION} tags")
        expanded = [f"{tag}-{member}" for tag in expanded for member in joined]
    return [tag[1:] for tag in expanded]


def valid_members(part: str) -> list[str]:
    """Return the members of one part of a compressed set.

    Raises InvalidTagSetError if one of them spoils the set.
    """
    found = members(part)
    if "" in found and not bears_empty(part):
        raise InvalidTagSetError(f"{part[:80]!r} has an empty member")
    if len(found) == 1:
        return found
    if "any" in found and not bears_any(part):
        raise InvalidTagSetError(f"{part[:80]!r} has 'any' beside another platform")
    if not takes_order(found):
        raise InvalidTagSetError(f"{part[:80]!r} is not sorted")
    return found if len(set(found)) == len(found) else once(found)


def _perennial(tag: str) -> Promise | None:
    parts = perennial_parts(without_provider(tag))
    if parts is None:
        return None
    _, major, minor, *rest = parts
    if not are_decimal(major, minor) or not have_no_leading_zero(major, minor):
        return None
    arch = architecture(rest)
    if not names_something(arch):
        return None
    name = sysconfig_name(arch)
    name = None if name is None else plain_name(name)
    return None if name is None else (int(major), int(minor), name)


def _legacy(tag: str) -> Promise | None:
    family, _, arch = tag.partition("_")
    if family == "manylinux2014":
        version = manylinux2014(arch)
    elif family == "manylinux2010":
        version = manylinux2010(arch)
    elif family == "manylinux1":
        version = manylinux1(arch)
    else:
        version = other_family(family)
    return alias(version, arch) if version and arch else None


def _any_separator(tag: str) -> list[str] | None:
    parts = tag.replace("-", "_").replace(".", "_").split("_")
    return parts if len(parts) >= FEWEST_PARTS else None


def _without_minor(tag: str) -> list[str]:
    word, major, *rest = (*tag.split("_"), "", "")
    return [word, major, *rest] if rest[0].isdecimal() else [word, major, "0", *rest]


@rule("tag.form", separators=_any_separator, without_minor=_without_minor)
def perennial_parts(tag: str) -> list[str] | None:
    """Return the word, the two numbers and the pieces of the architecture."""
    parts = tag.split("_")
    return parts if len(parts) >= FEWEST_PARTS and parts[0] == "manylinux" else None


def _named(tag: str) -> str:
    return tag.replace("manylinux_glibc_", "manylinux_")


@rule("tag.libc-provider", off=_named)
def without_provider(tag: str) -> str:
    """Return a tag unchanged: no word in it may name the C library."""
    return tag


def _unicode_digits(major: str, minor: str) -> bool:
    return major.isdecimal() and minor.isdecimal()


def _signs(major: str, minor: str) -> bool:
    return major.lstrip("+").isdecimal() and minor.lstrip("+").isdecimal()


@rule("tag.version.digits", unicode=_unicode_digits, signs=_signs)
def are_decimal(major: str, minor: str) -> bool:
    """Return whether both numbers are written in ASCII decimal digits only."""
    both = major + minor
    if not (both.isascii() and major.isdecimal() and minor.isdecimal()):
        return False
    return len(both) <= LONGEST_NUMBERS


@rule("installer.tag.leading-zeros", off=always)
def have_no_leading_zero(major: str, minor: str) -> bool:
    """Return whether both numbers are written as producers write them."""
    return (major[0] != "0" or major == "0") and (minor[0] != "0" or minor == "0")


@rule("tag.version.no-leading-zeros", off="{:02d}".format)
def number(value: int) -> str:
    """Return a number as producers write it, without leading zeros."""
    return str(value)


@rule("tag.architecture.rest", off=lambda parts: parts[0])
def architecture(parts: list[str]) -> str:
    """Return everything after the second number, underscores included."""
    return "_".join(parts)


@rule("tag.architecture.non-empty", off=always)
def names_something(arch: str) -> bool:
    """Return whether there is an architecture at all."""
    return arch != ""


FOREIGN_NAMES = {
    "amd64": "x86_64",
    "x64": "x86_64",
    "x86": "i686",
    "i386": "i686",
    "arm64": "aarch64",
}


def _before_level(arch: str) -> str:
    name, _, level = arch.rpartition("_v")
    return name if name and level.isdecimal() else arch


def underscored(name: str) -> str:
    """Return a name of sysconfig as it stands in a tag (PEP 425, Platform Tag)."""
    return name.replace("-", "_").replace(".", "_").replace(" ", "_")


@rule("tag.architecture.name", synonyms=lambda arch: FOREIGN_NAMES.get(arch, arch))
def sysconfig_name(arch: str) -> str | None:
    """Return an architecture spelled as sysconfig does on Linux, None otherwise."""
    if arch in FOREIGN_NAMES or "-" in arch or "." in arch or " " in arch:
        return None
    return arch


@rule("tag.architecture.no-level-suffix", off=_before_level)
def plain_name(arch: str) -> str | None:
    """Return an architecture without a level such as ``_v3``, None with one."""
    name, _, level = arch.rpartition("_v")
    return None if name and level.isdecimal() else arch


def _year(family: str) -> Version | None:
    year = family.removeprefix("manylinux")
    return (2, 17) if year != family and year.isdecimal() else None


@rule("tag.legacy.families", years=_year)
def other_family(_family: str) -> Version | None:
    """Return None: no family but the three has a meaning."""
    return None


PEP_513 = frozenset({"x86_64", "i686"})
PEP_599 = PEP_513 | {"aarch64", "armv7l", "ppc64", "ppc64le", "s390x"}


def _manylinux1(minor: int) -> Callable[[str], Version | None]:
    return lambda arch: (2, minor) if arch in PEP_513 else None


@rule(
    "tag.legacy.manylinux1",
    everywhere=lambda _: (2, 5),
    newer=_manylinux1(6),
    older=_manylinux1(4),
)
def manylinux1(arch: str) -> Version | None:
    """Return the version that manylinux1 stands for on an architecture."""
    return (2, 5) if arch in PEP_513 else None


@rule("tag.legacy.manylinux2010", everywhere=lambda _: (2, 12), newer=lambda _: (2, 13))
def manylinux2010(arch: str) -> Version | None:
    """Return the version that manylinux2010 stands for on an architecture."""
    return (2, 12) if arch in PEP_513 else None


@rule("tag.legacy.manylinux2014", everywhere=lambda _: (2, 17), newer=lambda _: (2, 18))
def manylinux2014(arch: str) -> Version | None:
    """Return the version that manylinux2014 stands for on an architecture."""
    return (2, 17) if arch in PEP_599 else None


@rule("tag.legacy.alias", off=nothing)
def alias(version: Version, arch: str) -> Promise | None:
    """Return the promise of a legacy tag: the one of its perennial equivalent."""
    return (*version, arch)


def _as_text(older: Version, newer: Version) -> bool:
    return "{}_{}".format(*older) <= "{}_{}".format(*newer)


@rule("tag.version.order", lexical=_as_text, minor=lambda old, new: old[1] <= new[1])
def not_newer(older: Version, newer: Version) -> bool:
    """Return whether the first version is at most the second, as pairs of integers."""
    return older <= newer


@rule("tag.case.lower", off=str.upper)
def lower(tag: str) -> str:
    """Return a tag as it is written, in lower case."""
    return tag.lower()


@rule("tag.case.ignored", off=same)
def fold_case(tag: str) -> str:
    """Return a tag as consumers compare it: ASCII case does not matter."""
    return tag.lower()


@rule(
    "tag.linux.promises-nothing",
    off=lambda tag: (2, 5, tag[6:]) if tag.startswith("linux_") else None,
)
def linux_promise(_tag: str) -> Promise | None:
    """Return None: ``linux_ARCH`` promises nothing beyond the build machine."""
    return None


@rule("tag.set.expansion", first=lambda part: part.split(".")[:1], off=lambda p: [p])
def members(part: str) -> list[str]:
    """Return the tags that one part of a compressed set stands for, each of them."""
    return part.split(".")


@rule("tag.set.empty-member", off=always)
def bears_empty(_part: str) -> bool:
    """Return False: a part with an empty member is not accepted."""
    return False


@rule("tag.set.any-alone", off=always)
def bears_any(_part: str) -> bool:
    """Return False: ``any`` beside another platform is not accepted."""
    return False


@rule("tag.set.repeated-member", refused=lambda _: [])
def once(members: list[str]) -> list[str]:
    """Return the members as if none was repeated."""
    return list(dict.fromkeys(members))


@rule("tag.set.any-order", off=lambda members: members == sorted(members))
def takes_order(_members: list[str]) -> bool:
    """Return True: consumers take the members in any order."""
    return True


@rule("tag.set.unknown-member", off=never)
def bears_unknown(_member: str) -> bool:
    """Return True: a member that is not recognised does not spoil the others."""
    return True
