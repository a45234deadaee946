"""The baseline: committed results of pinned tools, which a rerun is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from manylinux_conformance.results.blocks import Block, read_results
from manylinux_conformance.results.lines import Header, Result
from manylinux_conformance.results.verdicts import Verdict

SHOWN = 3  # of the answers that were made under other circumstances

BlockKey = tuple[str, str, str, str]  # role, tool, version and container
Baseline = Mapping[BlockKey, Block]  # none of them without results


def block_key(header: Header) -> BlockKey:
    """Return whose answers a block holds, and from where."""
    return header.role.value, header.tool, header.version, header.platform


def file_name(header: Header) -> str:
    """Return the file that keeps a block, such as ``installer-uv-0.13.9.jsonl``."""
    return "-".join(part for part in block_key(header)[:3] if part) + ".jsonl"


def read_baseline(folder: Path) -> dict[BlockKey, Block]:
    """Read the committed results.

    Raises InputError, naming the file, if one is damaged.
    """
    return answered_blocks(read_results(folder))


def answered_blocks(blocks: Iterable[Block]) -> dict[BlockKey, Block]:
    """Return the blocks that have results, by whose and from where they are."""
    return {block_key(block.header): block for block in blocks if block.results}


def _missing(block: Block) -> set[str]:
    return {name for line in block.missing for name in line.platforms}


def not_rerun(blocks: Iterable[Block], baseline: Baseline) -> list[Block]:
    """Return the committed blocks without a fresh answer."""
    fresh = answered_blocks(blocks)
    return [block for key, block in baseline.items() if key not in fresh]


def changes(block: Block, baseline: Baseline, *, complete: bool) -> Iterator[str]:
    """Yield how a fresh block differs from the committed one, a line per case.

    ``complete``: the run was not narrowed, so committed cases may not be missing,
    except on platforms that the block says were not run.  A question that got no answer
    is no change; ``unanswered`` complains of it.
    """
    name = file_name(block.header)
    committed = baseline.get(block_key(block.header))
    if committed is None:
        if block.header.platform:
            return  # a container that somebody prepared here; a note says so
        yield f"{name}: not in the baseline yet; run with --update"
        return
    if committed.header.host != block.header.host:
        return  # the modelled platforms of another machine are others
    before, after = _by_case(committed), _by_case(block)
    lost = {key for key, one in after.items() if one.verdict is Verdict.INFRASTRUCTURE}
    found = [
        line
        for key in after
        if key not in lost
        for line in _change(name, before.get(key), after[key])
    ]
    if complete:
        missing = _missing(block)
        gone = [key for key in before if key not in after and key[1] not in missing]
        found += [f"{name}: {case} on {where}: no longer asked" for case, where in gone]
    yield from found


def notes(blocks: Sequence[Block], baseline: Baseline) -> Iterator[str]:
    """Yield what was not compared, and what was made under other circumstances.

    None of it makes a check fail, and none of it may go unsaid.
    """
    asked = {block_key(block.header)[:3] for block in blocks}
    missing = [
        _name(block.header)
        for block in not_rerun(blocks, baseline)
        if block_key(block.header)[:3] in asked
    ]
    if missing:
        yield f"not checked, because not run: {', '.join(missing)}"
    groups: dict[str, list[str]] = {}
    new = [
        _name(block.header)
        for block in blocks
        if block.results
        and block.header.platform
        and block_key(block.header) not in baseline
    ]
    if new:
        yield f"not checked, because not on file yet: {', '.join(new)}"
    for block in blocks:
        committed = baseline.get(block_key(block.header))
        if committed is not None and block.results:
            for words in _circumstances(committed.header, block.header):
                groups.setdefault(words, []).append(_name(block.header))
    for words, names in groups.items():
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        yield f"{words}: {', '.join(names[:SHOWN])}{more}"


def _circumstances(before: Header, now: Header) -> Iterator[str]:
    if before.host != now.host:
        yield f"not checked, because the baseline is from {before.host}"
        return
    if before.rules_lock != now.rules_lock:
        yield "checked against answers to other revisions of the rules (run --update)"
    for fact in ("python", "emulator"):
        then, here = getattr(before, fact), getattr(now, fact)
        if then != here:
            yield f"checked against answers with {fact} {then}, now {here}"


def _name(header: Header) -> str:
    where = f" on {header.platform}" if header.platform else ""
    return f"{header.name} as {header.role.value}{where}"


def _by_case(block: Block) -> dict[tuple[str, str], Result]:
    """Return what counts of a block; the interpreter's own tag as cases spell it."""
    tag = f"cp{block.header.python.replace('.', '')}-"
    return {
        (result.case, result.where): msgspec.structs.replace(
            result,
            expected=result.expected.replace(tag, "cp{python}-"),
            answer=result.answer.replace(tag, "cp{python}-"),
        )
        for result in block.results
        if not result.draft
    }


def _change(name: str, before: Result | None, after: Result) -> Iterator[str]:
    where = f"{name}: {after.case} on {after.where}"
    if before is None:
        yield f"{where}: not asked before"
    elif before != after:
        then, now = msgspec.structs.asdict(before), msgspec.structs.asdict(after)
        moved = (
            f"{field} was {then[field] or 'nothing'}, is {now[field] or 'nothing'}"
            for field in then
            if then[field] != now[field]
        )
        yield f"{where}: {'; '.join(moved)}"
