"""Updates the baseline: new answers over old ones, and never nothing over an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.results.baseline import (
    Baseline,
    BlockKey,
    answered_blocks,
    file_name,
)
from manylinux_conformance.results.blocks import Block, write_blocks
from manylinux_conformance.results.lines import Header, NotRun, Result
from manylinux_conformance.results.verdicts import Verdict

NO_ANSWER = frozenset({Verdict.INFRASTRUCTURE, Verdict.NOT_ASKED})

Key = tuple[str, str]  # case and where


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run was to ask: cases, by rule and identifier, and whether everywhere."""

    has_case: Callable[[str, str], bool] = lambda _rule, _case: True
    everywhere: bool = True
    whole: bool = True  # every case, everywhere


EVERYTHING = Scope()


def update_baseline(
    blocks: Iterable[Block],
    baseline: Baseline,
    folder: Path,
    scope: Scope = EVERYTHING,
) -> list[str]:
    """Write new answers over the committed ones; return what was not written, and why.

    What was not asked stays, and so does an answer whose question got none this time.
    """
    fresh: dict[BlockKey, Block] = {}
    notes: list[str] = []
    for key, block in answered_blocks(blocks).items():
        before = baseline.get(key)
        merged = _merged(block, before, scope)
        if merged.results:
            fresh[key] = merged
        notes += _notes(block, before, merged)
    files: dict[str, list[Block]] = {}
    for _, block in sorted({**baseline, **fresh}.items()):
        files.setdefault(file_name(block.header), []).append(block)
    for name in {file_name(block.header) for block in fresh.values()}:
        write_blocks(files[name], folder / name)
    return notes


def _merged(block: Block, before: Block | None, scope: Scope) -> Block:
    """Return what is to be on file for a place."""
    new = {_key(one): one for one in block.results if _may_be_kept(one)}
    lines = tuple(line for line in block.not_run if not line.due)
    if before is None:
        return Block(block.header, _sorted(new.values()), lines)
    if before.header.host != block.header.host:
        return before  # the modelled platforms of another machine are others
    kept = _kept(block, before, scope)
    if kept and before.header.python != block.header.python:
        return before  # the answers name the interpreter's tag
    chosen = {**new, **kept}
    narrowed = bool(kept) and not scope.whole
    return Block(
        before.header if narrowed else block.header,
        _sorted(chosen.values()),
        tuple(_lines(lines, before, {where for _, where in chosen}, scope)),
    )


def _kept(block: Block, before: Block, scope: Scope) -> dict[Key, Result]:
    """Return the committed results that the run has nothing to put in place of."""
    asked = {_key(one): one for one in block.results}
    missing = {name for line in block.missing for name in line.platforms}
    places = {one.where for one in block.results}

    def is_gone(one: Result) -> bool:
        """Return whether the question would have been put if there still were one."""
        here = one.where in places or (scope.everywhere and one.where not in missing)
        return here and scope.has_case(one.rule, one.case)

    return {
        key: one
        for one in before.results
        if not ((now := asked.get(key := _key(one))) or is_gone(one))
        or (now and not _takes_the_place(now, one))
    }


def _takes_the_place(now: Result, before: Result) -> bool:
    """Return whether a new result may stand where the committed one does."""
    if now.verdict is Verdict.INFRASTRUCTURE:
        return False
    return now.verdict not in NO_ANSWER or before.verdict in NO_ANSWER


def _may_be_kept(one: Result) -> bool:
    return one.verdict is not Verdict.INFRASTRUCTURE


def _key(one: Result) -> Key:
    return one.case, one.where


def _sorted(results: Iterable[Result]) -> tuple[Result, ...]:
    """Put results by place, then by case, so that no run's order shows."""
    return tuple(sorted(results, key=lambda one: (one.where, one.case)))


def _lines(
    lines: Iterable[NotRun], before: Block, answered: set[str], scope: Scope
) -> Iterator[NotRun]:
    """Yield what was not run, now or, of a run that left it out, before."""
    said: set[str] = set()
    for line in (*lines, *(() if scope.whole else before.not_run)):
        if left := line.without(answered | said):
            said.update(left.platforms)
            yield left


def _notes(block: Block, before: Block | None, merged: Block) -> Iterator[str]:
    """Say what is not on file although it was asked."""
    name = f"{file_name(block.header)}: {block.header.platform or 'this machine'}"
    if merged is before:
        said = _circumstances(merged.header)
        yield f"{name}: stays as it is, since its answers are from {said}"
        return
    kept = {_key(one): one.verdict for one in before.results} if before else {}
    silent = [one for one in block.results if one.verdict in NO_ANSWER]
    stays = [one for one in silent if kept.get(_key(one), one.verdict) not in NO_ANSWER]
    if stays:
        first = f"{stays[0].case} on {stays[0].where}: {stays[0].reason}"
        yield f"{name}: {len(stays)} answers stay, since none came now ({first})"


def _circumstances(header: Header) -> str:
    return f"{header.host} with Python {header.python or 'of its own'}"
