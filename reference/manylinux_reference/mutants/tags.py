"""Wrong functions for the rules on tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from manylinux_reference.mutants.table import Table, always, never, nothing, same
from manylinux_reference.rules import tags
from manylinux_reference.rules.index import examined, is_non_tag, is_plain_linux
from manylinux_reference.rules.installer.eligibility import fits_glibc
from manylinux_reference.rules.installer.order import best_rank, platform_tags
from manylinux_reference.rules.tags import (
    FEWEST_PARTS,
    LEGACY,
    InvalidTagSetError,
    are_decimal,
    as_integers,
    canonical,
    fold_case,
    is_architecture_given,
    join_architecture,
    legacy_version,
    name_without_level,
    parse,
    parse_legacy,
    parse_perennial,
    set_members,
    split_perennial,
    sysconfig_name,
)

if TYPE_CHECKING:
    from types import ModuleType

    from manylinux_reference.rules.installer.order import Rank
    from manylinux_reference.rules.installer.platform import Environment
    from manylinux_reference.rules.tags import Promise, Version

NEVER = 10**9  # no glibc has such a version
SYNONYMS = {
    "amd64": "x86_64",
    "x64": "x86_64",
    "x86": "i686",
    "i386": "i686",
    "arm64": "aarch64",
}


def _any_separator(tag: str) -> list[str] | None:
    if not tag.startswith("manylinux"):
        return None
    parts = tag.replace("-", "_").replace(".", "_").split("_")
    return parts if len(parts) >= FEWEST_PARTS else None


def _without_minor(tag: str) -> list[str] | None:
    if not tag.startswith("manylinux"):
        return None
    word, major, *rest = (*tag.split("_"), "", "")
    return [word, major, *rest] if rest[0].isdecimal() else [word, major, "0", *rest]


def _with_provider(tag: str) -> Promise | None:
    return parse_perennial(tag.replace("manylinux_glibc_", "manylinux_"))


def _unicode_digits(major: str, minor: str) -> bool:
    return major.isdecimal() and minor.isdecimal()


def _signs(major: str, minor: str) -> bool:
    return major.lstrip("+").isdecimal() and minor.lstrip("+").isdecimal()


def _without_zeros(major: str, minor: str) -> Version:
    """Return a version that fits nothing where a number has zeros in front."""
    version = as_integers(major, minor)
    plain = (major, minor) == tuple(map(str, version))
    return version if plain else (NEVER, NEVER)


def _padded(promise: Promise) -> str:
    (major, minor), arch = promise
    return f"manylinux_{major:02d}_{minor:02d}_{arch}".lower()


def _before_level(arch: str) -> str:
    name, _, level = arch.rpartition("_v")
    return name if name and level.isdecimal() else arch


def _of_linux(tag: str) -> Promise | None:
    folded = tags.fold_case(tag)
    return ((2, 5), folded[6:]) if folded.startswith("linux_") else parse(tag)


def _of_any_year(family: str, arch: str) -> Version | None:
    year = family.removeprefix("manylinux")
    if family not in LEGACY and year != family and year.isdecimal():
        return (2, 17) if arch else None
    return legacy_version(family, arch)


def _family_at(
    family: str, version: Version, *, everywhere: bool = False
) -> Callable[[str, str], Version | None]:
    """Return a function that takes one family for another version."""

    def wrong(name: str, arch: str) -> Version | None:
        right = legacy_version(name, arch)
        if name != family:
            return right
        return version if arch and (everywhere or right) else None

    return wrong


def _as_text(version: Version, host: Version) -> bool:
    if version[0] < host[0]:
        return fits_glibc(version, host)
    return "{}_{}".format(*version) <= "{}_{}".format(*host)


def _by_minor(version: Version, host: Version) -> bool:
    return version[0] < host[0] or version[1] <= host[1]


def _with_empty_member(part: str) -> list[str]:
    return list(dict.fromkeys(part.split(".")))


def _first_member(part: str) -> list[str]:
    return set_members(part.split(".", maxsplit=1)[0])


def _one_member(part: str) -> list[str]:
    return [part] if part else set_members(part)


def _none_if_repeated(part: str) -> list[str]:
    found = part.split(".")
    members = set_members(part)
    return members if len(found) == len(members) else []


def _sorted_alone(part: str) -> list[str]:
    members = set_members(part)
    found = part.split(".")
    if found != sorted(found):
        raise InvalidTagSetError(f"{part[:80]!r} is not sorted")
    return members


def _all_or_none(ranks: list[Rank | None]) -> Rank | None:
    found = list(ranks)
    return None if None in found else best_rank(found)


def _reversed(environment: Environment, module: ModuleType | None) -> list[str]:
    return platform_tags(environment, module)[::-1]


MUTANTS: Table = {
    "index.members.every": {
        "first": {examined: lambda platforms: examined(platforms)[:1]},
        "last": {examined: lambda platforms: examined(platforms)[-1:]},
    },
    "index.refuses.linux": {"off": {is_plain_linux: never}},
    "index.refuses.non-tag": {"off": {is_non_tag: never}},
    "installer.tag.leading-zeros": {"off": {as_integers: _without_zeros}},
    "tag.architecture.name": {
        "synonyms": {sysconfig_name: lambda arch: SYNONYMS.get(arch, arch)},
    },
    "tag.architecture.no-level-suffix": {"off": {name_without_level: _before_level}},
    "tag.architecture.non-empty": {"off": {is_architecture_given: always}},
    "tag.architecture.rest": {"off": {join_architecture: lambda parts: parts[0]}},
    "tag.case.ignored": {"off": {fold_case: same}},
    "tag.case.lower": {"off": {canonical: lambda promise: canonical(promise).upper()}},
    "tag.form": {
        "separators": {split_perennial: _any_separator},
        "without_minor": {split_perennial: _without_minor},
    },
    "tag.legacy.alias": {"off": {parse_legacy: nothing}},
    "tag.legacy.families": {"years": {legacy_version: _of_any_year}},
    "tag.legacy.manylinux1": {
        "everywhere": {
            legacy_version: _family_at("manylinux1", (2, 5), everywhere=True)
        },
        "newer": {legacy_version: _family_at("manylinux1", (2, 6))},
        "older": {legacy_version: _family_at("manylinux1", (2, 4))},
    },
    "tag.legacy.manylinux2010": {
        "everywhere": {
            legacy_version: _family_at("manylinux2010", (2, 12), everywhere=True)
        },
        "newer": {
            legacy_version: _family_at("manylinux2010", (2, 13), everywhere=True)
        },
    },
    "tag.legacy.manylinux2014": {
        "everywhere": {
            legacy_version: _family_at("manylinux2014", (2, 17), everywhere=True)
        },
        "newer": {
            legacy_version: _family_at("manylinux2014", (2, 18), everywhere=True)
        },
    },
    "tag.libc-provider": {"off": {parse_perennial: _with_provider}},
    "tag.linux.promises-nothing": {"off": {parse: _of_linux}},
    "tag.listing": {
        "off": {platform_tags: lambda *_: []},
        "reversed": {platform_tags: _reversed},
    },
    "tag.set.any-order": {"off": {set_members: _sorted_alone}},
    "tag.set.empty-member": {"off": {set_members: _with_empty_member}},
    "tag.set.expansion": {
        "first": {set_members: _first_member},
        "off": {set_members: _one_member},
    },
    "tag.set.repeated-member": {"refused": {set_members: _none_if_repeated}},
    "tag.set.unknown-member": {"off": {best_rank: _all_or_none}},
    "tag.version.digits": {
        "signs": {are_decimal: _signs},
        "unicode": {are_decimal: _unicode_digits},
    },
    "tag.version.no-leading-zeros": {"off": {canonical: _padded}},
    "tag.version.order": {
        "lexical": {fits_glibc: _as_text},
        "minor": {fits_glibc: _by_minor},
    },
}
