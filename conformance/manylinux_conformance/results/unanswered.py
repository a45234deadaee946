"""Says which questions were due in a run and got no answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.results.verdicts import Verdict


def unanswered(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield a line for each tool, platform and reason.

    A tool that was not asked because it is not made for a platform, and a platform
    that was not there when the run began, are no complaint, and drafts never are.
    """
    for block in blocks:
        name = block.header.name
        lost = Counter(
            (result.where, result.reason)
            for result in block.results
            if result.verdict is Verdict.INFRASTRUCTURE and not result.draft
        )
        for (where, reason), count in lost.items():
            questions = "1 question" if count == 1 else f"{count} questions"
            yield f"{where}: {questions} to {name} got no answer: {reason}"
        for line in block.missing:
            if line.due:
                yield f"{_places(line)}: {name} was asked nothing: {line.explanation}"


def _places(line: NotRun) -> str:
    first, *others = line.platforms or ("everywhere",)
    return f"{first} and {len(others)} other platforms" if others else first
