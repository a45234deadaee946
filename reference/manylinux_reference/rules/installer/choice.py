"""Choosing: which of several wheels an installer takes."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Mapping

from manylinux_reference.rules import decides, tags
from manylinux_reference.rules.installer.order import ANY, MOST_REMEMBERED, Rank, Ranks
from manylinux_reference.rules.installer.platform import Environment

Preference = tuple[int | Rank, int | Rank]  # smaller is better

PARTS = 4  # of a wheel's name: project and version, Python, ABI and platform tag
EVERY_PYTHON = 1000  # more than there are ranks of Python and ABI tags


@decides("installer.filename-decides")
def choose(
    offers: Mapping[str, tuple[str, ...]], pythons: PythonRanks, ranks: Ranks
) -> str | None:
    """Return the file name of the best wheel, or None if none fits.

    ``offers`` maps each file name to the Tag lines of its WHEEL, where known; the name
    decides (PEP 425, Use).

    Raises OverrideError if the ``_manylinux`` module breaks.
    """
    wanted = [
        (preferred, name)
        for name in offers
        if (preferred := preference(name, pythons, ranks))
    ]
    return min(wanted)[1] if wanted else None


def preference(name: str, pythons: PythonRanks, ranks: Ranks) -> Preference | None:
    """Return how much a wheel is wanted by its file name, None if it does not fit.

    Raises OverrideError if the ``_manylinux`` module breaks.
    """
    parts = name.rsplit("-", 3)
    if len(parts) != PARTS or not name.endswith(".whl"):
        return None
    try:
        python = pythons[parts[1], parts[2]]
        platform = None if python is None else ranks[parts[3][:-4]]
    except tags.InvalidTagSetError:
        return None
    if python is None or platform is None:
        return None
    return sort_key(python, platform)


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


@decides("installer.target.legacy", "installer.target.perennial")
def explicit_target(tag: str) -> Environment | None:
    """Return the environment of an explicit target: its level and every older one.

    None if the tag is not a manylinux tag.  Under either spelling, as for pip and uv.
    """
    promise = tags.parse(tag)
    if promise is None:
        return None
    version, arch = promise
    return Environment((), arch, version)
