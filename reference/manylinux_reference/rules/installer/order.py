"""Order: which of two platform tags is better, and the list of those that fit."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType

from manylinux_reference.rules import decides, tags
from manylinux_reference.rules.installer import eligibility
from manylinux_reference.rules.installer.platform import Environment
from manylinux_reference.rules.tags import Version

Rank = tuple[int, int, int, int]  # smaller is better

ANY = (3, 0, 0, 0)  # the rank of ``any``, after every tag that names a platform
MOST_REMEMBERED = 10_000  # ranks; far more than an index has platform tags
# glibc has not said how many minors 2 will have when 3 comes, and a list has to end
# somewhere.  packaging lists up to 50 as well; whether a tag fits needs no list.
LAST_MINOR = 50


@decides("tag.listing")
def platform_tags(
    environment: Environment, module: ModuleType | None = None
) -> list[str]:
    """Return the platform tags that fit, best first, down to the listing's floor.

    The list is what pip's and Poetry's debugging commands print.
    Raises OverrideError if the ``_manylinux`` module breaks.
    """
    listed = [f"linux_{name}" for name in environment.linux]
    arch, host = environment.arch, environment.glibc
    if host is None or not eligibility.is_known(arch):
        return listed
    first = floor(arch)
    for major in range(host[0], first[0] - 1, -1):
        newest = host[1] if major == host[0] else LAST_MINOR
        oldest = first[1] if major == first[0] else 0
        listed += _spelled(major, newest, oldest, arch)
    if module is None:
        return listed
    ranks = Ranks(environment, module)
    return [tag for tag in listed if ranks[tag]]


def floor(arch: str) -> Version:
    """Return the oldest version that a listing need name: the oldest legacy tag's."""
    return (2, 5) if arch in tags.PEP_513 else (2, 17)


def _spelled(major: int, newest: int, oldest: int, arch: str) -> list[str]:
    minors = range(newest, oldest - 1, -1)
    spelled = [f"manylinux_{major}_{minor}_{arch}" for minor in minors]
    for version, tag in tags.legacy_spellings(arch).items():
        if version[0] == major and oldest <= version[1] <= newest:
            spelled.insert(newest - version[1] + 1, tag)
    return spelled


class Ranks(dict[str, "Rank | None"]):
    """The rank of platform tags in one environment; None for those that do not fit.

    A tag or a compressed set is compared when it is first looked up.
    """

    __slots__ = ("environment", "module")

    def __init__(
        self, environment: Environment, module: ModuleType | None = None
    ) -> None:
        super().__init__()
        self.environment = environment
        self.module = module

    def __missing__(self, tag: str) -> Rank | None:
        """Return the rank of a tag or compressed set that was not looked up before.

        Raises InvalidTagSetError if the set breaks a rule, OverrideError if the
        ``_manylinux`` module breaks.
        """
        if "." in tag:
            rank = best_rank(self[member] for member in tags.set_members(tag))
        else:
            rank = self._rank(tag)
        if len(self) < MOST_REMEMBERED:
            self[tag] = rank
        return rank

    def _rank(self, tag: str) -> Rank | None:
        folded = tags.fold_case(tag)
        if folded == "any":
            return ANY
        if folded.startswith("linux_") and folded[6:] in self.environment.linux:
            return linux_rank(self.environment.linux.index(folded[6:]))
        if folded.startswith("musllinux_"):
            return musllinux_rank(folded, self.environment)
        promise = tags.parse(folded)
        if promise is None or not eligibility.fits(
            promise, self.environment, self.module
        ):
            return None
        version, _ = promise
        return manylinux_rank(version, legacy=not folded.startswith("manylinux_"))


@decides("installer.order.best-tag", "tag.set.unknown-member")
def best_rank(ranks: Iterable[Rank | None]) -> Rank | None:
    """Return the best rank of a set's members; those that do not fit do no harm.

    PEP 425, Compressed Tag Sets.
    """
    return min((rank for rank in ranks if rank is not None), default=None)


@decides(
    "installer.order.alias",
    "installer.order.newest-glibc",
    "installer.order.perennial-first",
)
def manylinux_rank(version: Version, *, legacy: bool) -> Rank:
    """Return the rank of a manylinux tag: the newer glibc comes first (packaging).

    A legacy tag comes right after its perennial equivalent.
    """
    major, minor = version
    return 1, -major, -minor, int(legacy)


@decides("installer.order.linux")
def linux_rank(position: int) -> Rank:
    """Return the rank of ``linux_ARCH``: before every manylinux tag.

    Decided here: it was built for machines like this one.  ``position`` is the place
    of its name among the environment's.
    """
    return 0, position, 0, 0


def musllinux_rank(tag: str, environment: Environment) -> Rank | None:
    """Return the rank of ``musllinux_X_Y_ARCH``, None if it does not fit.

    Its major is musl's and its minor no newer (PEP 656); here only so that sets and
    wheels beside manylinux ones are taken on musl.
    """
    parts = tags.split_perennial("manylinux" + tag.removeprefix("musllinux"))
    host = environment.musl
    if parts is None or host is None or not tags.are_decimal(*parts[1:3]):
        return None
    major, minor = int(parts[1]), int(parts[2])
    if (major, "_".join(parts[3:])) != (host[0], environment.arch) or minor > host[1]:
        return None
    return manylinux_rank((major, minor), legacy=False)
