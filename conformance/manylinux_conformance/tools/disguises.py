"""Disguises compared: which verdicts move with the look of a question, and why."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from manylinux_fixtures.disguise import Disguise
from manylinux_fixtures.recipes.disguised import section_headers
from manylinux_spec.input_files import read_toml

from manylinux_conformance.finding import Finding
from manylinux_conformance.results.baseline import Baseline, block_key
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.tools.causes import Identifier, Patterns, Shows, one_of


class Fault(enum.StrEnum):
    """Whose fault it is that a verdict moves."""

    SUITE = "suite"  # the disguise changes more than the look of the question
    TOOL = "tool"  # it goes by the look of a question, and its users meet both


class Explanation(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """Why verdicts of a tool move, and where that shows.

    ``appearance``: it shows only in wheels that look so, as ``section headers absent``.
    ``link`` is the issue, or the place in the tool's source.
    """

    id: Identifier
    tool: str
    fault: Fault
    why: str
    link: str = ""
    versions: Patterns = ("*",)
    appearance: str = ""
    shows: tuple[Shows, ...]

    def covers(self, moved: Moved) -> bool:
        """Return whether this is why a verdict moved."""
        return (
            moved.tool == self.tool
            and one_of(moved.version, self.versions)
            and self.appearance in {"", moved.appearance}
            and any(each.covers(moved.after, moved.version) for each in self.shows)
        )


class Explanations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of explanations."""

    moved: tuple[Explanation, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """A verdict that moves in a disguise; ``appearance`` is that of a wheel."""

    tool: str
    version: str
    seed: int
    before: Result
    after: Result
    appearance: str = ""

    def __str__(self) -> str:
        """Say what moved, and from what to what."""
        before, after = (
            f"{each.verdict} ({each.answer or each.reason})"
            for each in (self.before, self.after)
        )
        looks = f", {self.appearance}" if self.appearance else ""
        name = f"{self.tool} {self.version}".strip()
        where = f"{self.after.case} on {self.after.where}"
        return f"{name}: {where}, seed {self.seed}{looks}: was {before}, is {after}"


@dataclass(frozen=True, slots=True)
class Compared:
    """The verdicts of one block in a disguise, beside those on file.

    ``new``: how many answers have none on file.
    """

    tool: str
    role: Role
    seed: int
    count: int
    new: int
    moved: tuple[Moved, ...]


def compared(block: Block, baseline: Baseline, disguise: Disguise) -> Compared:
    """Compare the verdicts of a block with those on file; drafts count for nothing."""
    header = block.header
    known = baseline.get(block_key(header))
    before = _by_case(known) if known and known.header.host == header.host else {}
    after = _by_case(block)
    moved = tuple(
        Moved(header.tool, header.version, disguise.seed, before[key], result, look)
        for key, result in after.items()
        if key in before and before[key].verdict is not result.verdict
        for look in [_appearance(result, disguise)]
    )
    count = len(after.keys() & before.keys())
    new = len(after) - count
    return Compared(header.name, header.role, disguise.seed, count, new, moved)


def shares(found: Iterable[Compared]) -> Mapping[tuple[str, Role], tuple[int, int]]:
    """Return by tool and role how many of how many verdicts kept, over all seeds."""
    total: dict[tuple[str, Role], tuple[int, int]] = {}
    for each in found:
        kept, count = total.get((each.tool, each.role), (0, 0))
        kept_too = kept + each.count - len(each.moved)
        total[each.tool, each.role] = kept_too, count + each.count
    return total


def read_explanations(path: Path) -> tuple[Explanation, ...]:
    """Read the explanations of moved verdicts; raises InputError for a damaged file."""
    return read_toml(path, Explanations).moved if path.exists() else ()


def unexplained(
    moved: Iterable[Moved], explanations: Sequence[Explanation]
) -> Iterator[str]:
    """Yield each moved verdict that no explanation covers, or two do."""
    for each in moved:
        covering = [one.id for one in explanations if one.covers(each)]
        if len(covering) != 1:
            said = f"; has two explanations, {covering}" if covering else ""
            yield f"{each}{said}"


def unmatched(
    moved: Sequence[Moved], explanations: Iterable[Explanation], file: str
) -> Iterator[Finding]:
    """Yield each explanation of which nothing showed under all seeds."""
    for each in explanations:
        if not any(each.covers(one) for one in moved):
            yield Finding(file, 0, f"{each.id}: no verdict of {each.tool} moves so")


def _by_case(block: Block) -> dict[tuple[str, str], Result]:
    return {
        (result.case, result.where): result
        for result in block.results
        if not result.draft and result.verdict is not Verdict.INFRASTRUCTURE
    }


def _appearance(result: Result, disguise: Disguise) -> str:
    """Return how the wheel looks that a result is about; nothing of other questions."""
    return section_headers(disguise, result.case).value if result.arch else ""
