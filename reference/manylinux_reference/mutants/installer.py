"""Wrong functions for the rules on installers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from manylinux_reference.mutants.table import Table, always
from manylinux_reference.reading.wheel.filename import SUFFIX, Releases, WheelName
from manylinux_reference.rules import tags
from manylinux_reference.rules.installer import eligibility, order
from manylinux_reference.rules.installer.choice import (
    EVERY_PYTHON,
    Fitting,
    best,
    choose,
    explicit_target,
    release_rank,
    sort_key,
    unversioned_target,
    wheel_name,
)
from manylinux_reference.rules.installer.eligibility import (
    fits_architecture,
    fits_environment,
    fits_glibc,
    is_known,
)
from manylinux_reference.rules.installer.order import (
    best_rank,
    linux_rank,
    manylinux_rank,
)
from manylinux_reference.rules.installer.platform import Environment

if TYPE_CHECKING:
    from manylinux_reference.rules.installer.choice import Preference, PythonRanks
    from manylinux_reference.rules.installer.order import Rank, Ranks
    from manylinux_reference.rules.tags import Promise, Version

TAGS = 3  # of a file name: python, ABI and platform
FIRST_PORT = {"riscv64": (2, 27), "loongarch64": (2, 36), "aarch64": (2, 17)}
LEGACY_LEVELS = {(2, 5), (2, 12), (2, 17)}
UNKNOWN_SYSTEM = Environment((), "", None)


def _any_architecture(_arch: str, host: str) -> bool:
    return eligibility.is_known(host)


def _either_byte_order(arch: str, host: str) -> bool:
    return {arch, host} == {"ppc64", "ppc64le"} or fits_architecture(arch, host)


def _since_port(promise: Promise, environment: Environment) -> bool:
    version, arch = promise
    first = FIRST_PORT.get(arch, (0, 0))
    return version >= first and fits_environment(promise, environment)


def _since_floor(promise: Promise, environment: Environment) -> bool:
    version, arch = promise
    return version >= order.floor(arch) and fits_environment(promise, environment)


def _one_older(version: Version, host: Version) -> bool:
    return fits_glibc(version, (host[0], host[1] - 1))


def _one_newer(version: Version, host: Version) -> bool:
    return fits_glibc(version, (host[0], host[1] + 1))


def _same_major(version: Version, host: Version) -> bool:
    return version[0] == host[0] and fits_glibc(version, host)


def _levels(known: Collection[Version]) -> Callable[[Version, Version], bool]:
    """Return a function for which only these minors and the host's own count."""

    def fits(version: Version, host: Version) -> bool:
        return (version in known or version == host) and fits_glibc(version, host)

    return fits


def _by_metadata(
    offers: Mapping[str, tuple[str, ...]], pythons: PythonRanks, ranks: Ranks
) -> str | None:
    renamed = {
        f"{name.rsplit('-', 3)[0]}-{lines[-1]}.whl" if lines else name: name
        for name, lines in offers.items()
    }
    chosen = choose(dict.fromkeys(renamed, ()), pythons, ranks)
    return None if chosen is None else renamed[chosen]


def _from_the_right(
    filename: str, releases: Releases | None = None
) -> WheelName | None:
    """Count parts from the right and take all before them for name and version."""
    _, *tags = filename.removesuffix(SUFFIX).rsplit("-", TAGS)
    if len(tags) != TAGS or not filename.endswith(SUFFIX):
        return None
    wheel = wheel_name("-".join(["p-1", *tags]) + SUFFIX, releases)
    if wheel:
        wheel.filename = filename
    return wheel


def _newest_alone(
    offers: Mapping[str, tuple[str, ...]], pythons: PythonRanks, ranks: Ranks
) -> str | None:
    """Choose from the newest release, whether or not it fits."""
    wheels = [wheel for name in offers if (wheel := wheel_name(name))]
    newest = max(map(release_rank, wheels), default=None)
    kept = {w.filename: () for w in wheels if release_rank(w) == newest}
    return choose(kept, pythons, ranks)


def _lowest_build(fitting: list[Fitting]) -> str:
    return min(fitting, key=lambda each: (each[0], each[1].build))[1].filename


def _build_as_text(fitting: list[Fitting]) -> str:
    wanted = min(preferred for preferred, _ in fitting)
    equal = [wheel for preferred, wheel in fitting if preferred == wanted]
    return max(equal, key=lambda wheel: "".join(map(str, wheel.build))).filename


def _build_first(fitting: list[Fitting]) -> str:
    highest = max(wheel.build for _, wheel in fitting)
    return best([each for each in fitting if each[1].build == highest])


def _from_list(tag: str) -> Environment | None:
    """Know the targets of a list that ends at some version; nothing fits others."""
    right = explicit_target(tag)
    if right is None or right.glibc is None or right.glibc <= (2, 40):
        return right
    return replace(right, glibc=None)


def _without_manylinux(tag: str) -> Environment | None:
    right = unversioned_target(tag)
    return replace(right, glibc=None) if right else None


def _platform_first(python: int, platform: Rank) -> Preference:
    any_last, _ = sort_key(python, platform)
    return platform, any_last


def _any_first(python: int, platform: Rank) -> Preference:
    return (python - EVERY_PYTHON if platform is order.ANY else python), platform


def _first_rank(ranks: Iterable[Rank | None]) -> Rank | None:
    return next((rank for rank in ranks if rank is not None), None)


def _worst_rank(ranks: Iterable[Rank | None]) -> Rank | None:
    return max((rank for rank in ranks if rank is not None), default=None)


def _oldest_first(version: Version, *, legacy: bool) -> Rank:
    return 1, version[0], version[1], int(legacy)


def _by_minor(version: Version, *, legacy: bool) -> Rank:
    return 1, 0, -version[1], int(legacy)


def _by_digits(version: Version, *, legacy: bool) -> Rank:
    return 1, -version[0], -len(str(version[1])), int(legacy)


def _legacy_last(version: Version, *, legacy: bool) -> Rank:
    return (1 + legacy, *manylinux_rank(version, legacy=legacy)[1:])


def _legacy_first(version: Version, *, legacy: bool) -> Rank:
    return (1 - legacy, *manylinux_rank(version, legacy=legacy)[1:])


def _legacy_before(version: Version, *, legacy: bool) -> Rank:
    return (*manylinux_rank(version, legacy=legacy)[:3], -legacy)


def _unknown(*, legacy: bool) -> Callable[[str], Environment | None]:
    """Return a function for which targets of one spelling are unknown systems."""

    def target(tag: str) -> Environment | None:
        right = explicit_target(tag)
        return UNKNOWN_SYSTEM if right and _is_legacy(tag) == legacy else right

    return target


def _newer(*, legacy: bool) -> Callable[[str], Environment | None]:
    """Return a function for which targets of one spelling are one minor newer."""

    def target(tag: str) -> Environment | None:
        right = explicit_target(tag)
        if not right or not right.glibc or _is_legacy(tag) != legacy:
            return right
        major, minor = right.glibc
        return replace(right, glibc=(major, minor + 1))

    return target


def _is_legacy(tag: str) -> bool:
    return not tags.fold_case(tag).startswith("manylinux_")


MUTANTS: Table = {
    "installer.architecture.equal": {"off": {fits_architecture: _any_architecture}},
    "installer.architecture.known": {
        "off": {is_known: always},
        "seven": {is_known: lambda arch: arch in tags.PEP_599},
    },
    "installer.architecture.old-version": {"off": {fits_environment: _since_port}},
    "installer.architecture.ppc64-byte-order": {
        "off": {fits_architecture: _either_byte_order},
    },
    "installer.filename.malformed": {"off": {wheel_name: _from_the_right}},
    "installer.filename-decides": {"metadata": {choose: _by_metadata}},
    "installer.glibc.at-least": {
        "newer": {fits_glibc: _one_newer},
        "off": {fits_glibc: always},
        "older": {fits_glibc: _one_older},
    },
    "installer.glibc.below-floor": {"off": {fits_environment: _since_floor}},
    "installer.glibc.every-minor": {
        "images": {fits_glibc: _levels({*LEGACY_LEVELS, (2, 28)})},
        "legacy": {fits_glibc: _levels(LEGACY_LEVELS)},
    },
    "installer.glibc.newer-major": {"off": {fits_glibc: _same_major}},
    "installer.order.alias": {
        "first": {manylinux_rank: _legacy_first},
        "last": {manylinux_rank: _legacy_last},
    },
    "installer.order.any-last": {"first": {sort_key: _any_first}},
    "installer.order.best-tag": {
        "first": {best_rank: _first_rank},
        "worst": {best_rank: _worst_rank},
    },
    "installer.order.build-number": {
        "before_tags": {best: _build_first},
        "lowest": {best: _lowest_build},
        "text": {best: _build_as_text},
    },
    "installer.order.linux": {
        "last": {linux_rank: lambda position: (2, position, 0, 0)},
    },
    "installer.order.newest-glibc": {
        "digits": {manylinux_rank: _by_digits},
        "minor": {manylinux_rank: _by_minor},
        "oldest": {manylinux_rank: _oldest_first},
    },
    "installer.order.perennial-first": {"off": {manylinux_rank: _legacy_before}},
    "installer.order.platform-last": {"off": {sort_key: _platform_first}},
    "installer.release.step-back": {"off": {choose: _newest_alone}},
    "installer.target.legacy": {
        "newer": {explicit_target: _newer(legacy=True)},
        "off": {explicit_target: _unknown(legacy=True)},
    },
    "installer.target.perennial": {
        "newer": {explicit_target: _newer(legacy=False)},
        "off": {explicit_target: _unknown(legacy=False)},
    },
    "installer.target.unnamed": {"listed": {explicit_target: _from_list}},
    "installer.target.unversioned": {
        "no_limit": {
            unversioned_target: lambda tag: explicit_target(
                tag.replace("linux_", "manylinux_999_0_")
            )
        },
        "off": {unversioned_target: _without_manylinux},
    },
}
