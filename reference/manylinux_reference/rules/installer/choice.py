"""Choosing: which of several wheels an installer takes."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Mapping

from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.reading.wheel.filename import (
    Releases,
    WheelName,
    read_filename,
)
from manylinux_reference.reading.wheel.version import Key, is_pre_release
from manylinux_reference.rules import decides, tags
from manylinux_reference.rules.installer.order import ANY, MOST_REMEMBERED, Rank, Ranks
from manylinux_reference.rules.installer.platform import Environment

Preference = tuple[int | Rank, int | Rank]  # smaller is better
Fitting = tuple[Preference, WheelName]

UNVERSIONED = (2, 28)  # the glibc of a target without a version; in the README
EVERY_PYTHON = 1000  # more than there are ranks of Python and ABI tags


@decides("installer.filename-decides", "installer.release.step-back")
def choose(
    offers: Mapping[str, tuple[str, ...]], pythons: PythonRanks, ranks: Ranks
) -> str | None:
    """Return the file name of the best wheel of a project, or None if none fits.

    ``offers`` maps each file name to the Tag lines of its WHEEL, where known; the name
    decides (PEP 425, Use).  It is of the newest release that has a fitting wheel.

    Raises OverrideError if the ``_manylinux`` module breaks.
    """
    releases = Releases()
    fitting = [
        (wanted, wheel)
        for name in offers
        if (wheel := wheel_name(name, releases))
        and (wanted := preference(wheel, pythons, ranks))
    ]
    if not fitting:
        return None
    newest = max(release_rank(wheel) for _, wheel in fitting)
    return best([each for each in fitting if release_rank(each[1]) == newest])


@decides("installer.filename.malformed")
def wheel_name(filename: str, releases: Releases | None = None) -> WheelName | None:
    """Return the parts of a wheel's file name, None if it is not one.

    PyPA, Binary distribution format, File name convention.
    """
    try:
        return read_filename(filename, releases)
    except UnusableError:
        return None


def release_rank(wheel: WheelName) -> tuple[bool, Key]:
    """Return how new a wheel's release is; pre-releases come last.

    PyPA, Version specifiers, Handling of pre-releases.
    """
    return not is_pre_release(wheel.version), wheel.version


@decides("installer.order.build-number")
def best(fitting: list[Fitting]) -> str:
    """Return the file name of the best wheel of one release.

    Of those with equally good tags it has the highest build number; none is below
    every number (PyPA, Binary distribution format, Build tag).
    """
    wanted = min(preferred for preferred, _ in fitting)
    equal = [wheel for preferred, wheel in fitting if preferred == wanted]
    highest = max(wheel.build for wheel in equal)
    return min(wheel.filename for wheel in equal if wheel.build == highest)


def preference(
    wheel: WheelName, pythons: PythonRanks, ranks: Ranks
) -> Preference | None:
    """Return how much a wheel is wanted by its tags, None if it does not fit.

    Raises OverrideError if the ``_manylinux`` module breaks.
    """
    try:
        if (python := pythons[wheel.python, wheel.abi]) is None:
            return None
        platform = ranks[wheel.platform]
        if platform is ANY:
            python = without_abi(wheel, pythons)
    except tags.InvalidTagSetError:
        return None
    if python is None or platform is None:
        return None
    return sort_key(python, platform)


def without_abi(wheel: WheelName, pythons: PythonRanks) -> int | None:
    """Return the rank of Python tags with ABI ``none``, the one that goes with ``any``.

    An ABI is one of some platform (PEP 425, Use: the list has no other with ``any``).
    """
    if "none" not in tags.set_members(tags.fold_case(wheel.abi)):
        return None
    return pythons[wheel.python, "none"]


@decides("installer.order.any-last", "installer.order.platform-last")
def sort_key(python: int, platform: Rank) -> Preference:
    """Return how a wheel ranks: by Python and ABI, and only then by platform.

    Every wheel for a platform comes before every one for ``any``, as in packaging.
    """
    return (python + EVERY_PYTHON if platform is ANY else python), platform


class PythonRanks(dict[tuple[str, str], "int | None"]):
    """The rank of Python and ABI tags for one CPython; None for those that do not fit.

    ``abi`` is the interpreter's own, as ``cp311``.  The order is PEP 425's and
    packaging's: own ABI, stable ABI, no ABI; older stable ABIs; Python in general.
    """

    __slots__ = ()

    def __init__(self, version: tuple[int, int], abi: str) -> None:
        major, minor = version
        own = f"cp{major}{minor}"
        stable = [(f"cp{major}{older}", "abi3") for older in range(minor, 1, -1)]
        if abi != own:  # free-threaded builds have no stable ABI (PEP 703)
            stable = []
        ordered = [(own, abi), *stable[:1], (own, "none"), *stable[1:]]
        ordered += [(f"py{major}{minor}", "none"), (f"py{major}", "none")]
        ordered += [(f"py{major}{older}", "none") for older in range(minor - 1, -1, -1)]
        super().__init__((pair, rank) for rank, pair in enumerate(ordered))

    def __missing__(self, pair: tuple[str, str]) -> int | None:
        """Return the best rank of a compressed or unknown pair.

        Raises InvalidTagSetError if one of the two sets breaks a rule.
        """
        python, abi = (tags.set_members(tags.fold_case(part)) for part in pair)
        pairs = ((one, other) for one in python for other in abi)
        ranks = [rank for one in pairs if (rank := self.get(one)) is not None]
        best = min(ranks, default=None)
        if len(self) < MOST_REMEMBERED:
            self[pair] = best
        return best


def running_python_ranks() -> PythonRanks:
    """Return the ranks of Python and ABI tags for the running CPython."""
    major, minor = sys.version_info[:2]
    threads = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
    return PythonRanks((major, minor), f"cp{major}{minor}{threads}")


@decides(
    "installer.target.legacy",
    "installer.target.perennial",
    "installer.target.unnamed",
)
def explicit_target(tag: str) -> Environment | None:
    """Return the environment of an explicit target: its level and every older one.

    None if the tag is not a manylinux tag.  Under either spelling, as for pip and uv,
    and for every version, known or not.
    """
    promise = tags.parse(tag)
    if promise is None:
        return unversioned_target(tag)
    version, arch = promise
    return Environment((), arch, version)


@decides("installer.target.unversioned")
def unversioned_target(tag: str) -> Environment | None:
    """Return the environment of a target ``linux_ARCH``, which names no glibc.

    It gets a documented one, as in uv and conda-lock.
    """
    word, _, arch = tags.fold_case(tag).partition("_")
    if word != "linux" or not arch:
        return None
    return Environment((arch,), arch, UNVERSIONED)
