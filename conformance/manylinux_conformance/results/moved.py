"""Moved verdicts: what differs between two sets of results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from manylinux_conformance.results.baseline import block_key
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict

Key = tuple[str, ...]  # role, tool, version, container, host; case and where


@dataclass(frozen=True, slots=True)
class Moved:
    """A question whose verdict is another one; None where it was not asked."""

    tool: str
    role: str
    case: str
    where: str
    before: Result | None
    now: Result | None

    @property
    def verdicts(self) -> str:
        """The two verdicts, in words."""
        return f"{_verdict(self.before)} → {_verdict(self.now)}"

    @property
    def is_worse(self) -> bool:
        """Whether it passed before, and does not now."""
        passed = self.before is not None and self.before.verdict is Verdict.PASS
        return passed and (self.now is None or self.now.verdict is not Verdict.PASS)

    def __str__(self) -> str:
        """Say what moved, with the answers where they say more."""
        where = f"{self.tool} as {self.role}: {self.case} on {self.where}"
        answers = [each.answer for each in (self.before, self.now) if each]
        said = f" (was {answers[0]}, is {answers[-1]})" if _told(answers) else ""
        return f"{where}: {self.verdicts}{said}"


def moved(before: Iterable[Block], now: Iterable[Block]) -> Iterator[Moved]:
    """Yield every question whose verdict is not the same, in a fixed order.

    Tools in roles that only one side has are not compared.
    """
    then, current = _by_question(before), _by_question(now)
    both = {key[:3] for key in then} & {key[:3] for key in current}
    for key in sorted(then.keys() | current.keys()):
        one, other = then.get(key), current.get(key)
        if key[:3] in both and _verdict(one) != _verdict(other):
            role, tool, version = key[:3]
            yield Moved(f"{tool} {version}".strip(), role, key[-2], key[-1], one, other)


def _by_question(blocks: Iterable[Block]) -> dict[Key, Result]:
    return {
        (*block_key(block.header), block.header.host, result.case, result.where): result
        for block in blocks
        for result in block.results
        if not result.draft
    }


def _verdict(result: Result | None) -> str:
    return result.verdict.value if result else "not asked"


def _told(answers: list[str]) -> bool:
    return len(answers) > 1 and answers[0] != answers[1] and all(answers)
