"""Order: which of two platform tags is better, and the list of those that fit."""

from __future__ import annotations

from manylinux_reference.mutants.rule import rule, same
from manylinux_reference.rules import tags
from manylinux_reference.rules.installer import eligibility

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from manylinux_reference.rules.installer.platform import Environment
    from manylinux_reference.rules.tags import Version

    Rank = tuple[int, int, int, int]  # smaller is better

ANY = (3, 0, 0, 0)  # the rank of ``any``, after every tag that names a platform
MOST_REMEMBERED = 10_000  # ranks; far more than an index has platform tags
LAST_MINOR = 50  # listed of majors older than the host's; comparing needs no bound


def platform_tags(
    environment: Environment, module: ModuleType | None = None
) -> list[str]:
    """Return the platform tags that fit, best first, down to the listing's floor.

    Raises OverrideError if the ``_manylinux`` module breaks.
    """
    listed = [f"linux_{name}" for name in environment.linux]
    arch, host = environment.arch, environment.glibc
    if host is None or not eligibility.is_known(arch):
        return listed
    floor = eligibility.floor(arch)
    for major in range(host[0], floor[0] - 1, -1):
        newest = host[1] if major == host[0] else LAST_MINOR
        oldest = floor[1] if major == floor[0] else 0
        listed += _spelled(major, newest, oldest, arch)
    if module is None:
        return listed
    ranks = Ranks(environment, module)
    return [tag for tag in listed if ranks[tag]]


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
        rank = self._best(tags.valid_members(tag)) if "." in tag else self._rank(tag)
        if len(self) < MOST_REMEMBERED:
            self[tag] = rank
        return rank

    def _best(self, members: list[str]) -> Rank | None:
        best = None
        for member in members:
            rank = self[member]
            if rank is not None:
                best = rank if best is None else better(best, rank)
            elif not tags.bears_unknown(member):
                return None
        return best

    def _rank(self, tag: str) -> Rank | None:
        folded = tags.fold_case(tag)
        if folded == "any":
            return ANY
        if folded.startswith("linux_") and folded[6:] in self.environment.linux:
            return linux_rank(self.environment.linux.index(folded[6:]))
        promise = tags.parse(folded)
        if promise is None or not eligibility.fits(
            promise, self.environment, self.module
        ):
            return None
        spelling = 0 if folded.startswith("manylinux_") else 1
        major, minor = newest_first(promise[:2])
        return legacy_rank((1, major, minor, prefer_perennial(spelling)))


@rule(
    "installer.order.newest-glibc",
    oldest=lambda version: version,
    minor=lambda version: (0, -version[1]),
    digits=lambda version: (-version[0], -len(str(version[1]))),
)
def newest_first(version: Version) -> Version:
    """Return a sort key in which the newer glibc comes first."""
    return -version[0], -version[1]


@rule(
    "installer.order.alias",
    last=lambda rank: (1 + rank[3], *rank[1:]),
    first=lambda rank: (1 - rank[3], *rank[1:]),
)
def legacy_rank(rank: Rank) -> Rank:
    """Return the rank of a legacy tag: the place of its perennial equivalent."""
    return rank


@rule("installer.order.perennial-first", off=lambda spelling: -spelling)
def prefer_perennial(spelling: int) -> int:
    """Return a sort key in which the perennial spelling (0) precedes a legacy one."""
    return spelling


@rule("installer.order.linux", last=lambda place: (2, place, 0, 0))
def linux_rank(place: int) -> Rank:
    """Return the rank of ``linux_ARCH``: before every manylinux tag."""
    return (0, place, 0, 0)


@rule("installer.order.best-tag", worst=max, first=same)
def better(rank: Rank, other: Rank) -> Rank:
    """Return the better one of two ranks: a set of tags ranks by its best one."""
    return min(rank, other)
