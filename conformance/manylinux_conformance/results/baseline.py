"""Committed results: what pinned tools answered, kept as text and compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from manylinux_conformance.results.blocks import Block, read_results, write_blocks
from manylinux_conformance.results.lines import Header, Result

SHOWN = 3  # of the answers that were made under other circumstances

Place = tuple[str, str, str, str]  # role, tool, version and container
OnFile = Mapping[Place, Block]


def place(header: Header) -> Place:
    """Return whose answers a block holds, and from where."""
    return header.role.value, header.tool, header.version, header.platform


def file_name(header: Header) -> str:
    """Return the file that keeps a block, such as ``installer-uv-0.13.9.jsonl``."""
    return "-".join(part for part in place(header)[:3] if part) + ".jsonl"


def read_committed(folder: Path) -> dict[Place, Block]:
    """Read what is on file; InputError names a damaged file."""
    return {place(block.header): block for block in read_results(folder)}


def commit(blocks: Iterable[Block], on_file: OnFile, folder: Path) -> None:
    """Write what was answered over what is on file; what was not run stays there."""
    fresh = {
        place(block.header): _completed(block, on_file.get(place(block.header)))
        for block in blocks
        if block.results
    }
    files: dict[str, list[Block]] = {}
    for _, block in sorted({**on_file, **fresh}.items()):
        files.setdefault(file_name(block.header), []).append(block)
    for name in {file_name(block.header) for block in fresh.values()}:
        write_blocks(files[name], folder / name)


def _completed(block: Block, before: Block | None) -> Block:
    """Keep what is on file for platforms that were not run, at its place."""
    unseen = {line.platform for line in block.not_run}
    kept = [one for one in before.results if one.platform in unseen] if before else []
    if before is None or not kept:
        return block
    places = list(dict.fromkeys(result.platform for result in before.results))
    order = {where: number for number, where in enumerate(places)}
    results = (*block.results, *kept)
    known = {result.platform for result in kept}
    return Block(
        block.header,
        tuple(sorted(results, key=lambda one: order.get(one.platform, len(order)))),
        tuple(line for line in block.not_run if line.platform not in known),
    )


def not_rerun(blocks: Iterable[Block], on_file: OnFile) -> list[Block]:
    """Return what is on file without a fresh answer."""
    fresh = {place(block.header) for block in blocks if block.results}
    return [block for key, block in on_file.items() if key not in fresh]


def changes(block: Block, on_file: OnFile, *, complete: bool) -> Iterator[str]:
    """Yield how a fresh block differs from the committed one, a line per case.

    ``complete``: the run was not narrowed, so committed cases may not be missing,
    except on platforms that the block says were not run.
    """
    name = file_name(block.header)
    committed = on_file.get(place(block.header))
    if committed is None:
        yield f"{name}: not committed yet; run with --update"
        return
    if committed.header.host != block.header.host:
        return  # the modelled platforms of another machine are others
    before, after = _by_case(committed), _by_case(block)
    found = [
        line for key in after for line in _change(name, before.get(key), after[key])
    ]
    if complete:
        unseen = {line.platform for line in block.not_run}
        gone = [key for key in before if key not in after and key[1] not in unseen]
        found += [f"{name}: {case} on {where}: no longer asked" for case, where in gone]
        if not found and not unseen and list(before) != list(after):
            found.append(f"{name}: the same answers in another order")
    yield from found


def remarks(blocks: Sequence[Block], on_file: OnFile) -> Iterator[str]:
    """Yield what was not compared, and what was made under other circumstances.

    None of it makes a check fail, and none of it may go unsaid.
    """
    asked = {place(block.header)[:3] for block in blocks}
    missing = [
        _name(block.header)
        for block in not_rerun(blocks, on_file)
        if place(block.header)[:3] in asked
    ]
    if missing:
        yield f"not checked, because not run: {', '.join(missing)}"
    groups: dict[str, list[str]] = {}
    for block in blocks:
        committed = on_file.get(place(block.header))
        if committed is not None and block.results:
            for words in _circumstances(committed.header, block.header):
                groups.setdefault(words, []).append(_name(block.header))
    for words, names in groups.items():
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        yield f"{words}: {', '.join(names[:SHOWN])}{more}"


def _circumstances(before: Header, now: Header) -> Iterator[str]:
    if before.host != now.host:
        yield f"not checked, because made on {before.host}"
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
    """Return the results of a block; the interpreter's own tag as cases spell it."""
    tag = f"cp{block.header.python.replace('.', '')}-"
    return {
        (result.case, result.platform): msgspec.structs.replace(
            result,
            expected=result.expected.replace(tag, "cp{python}-"),
            answer=result.answer.replace(tag, "cp{python}-"),
        )
        for result in block.results
    }


def _change(name: str, before: Result | None, after: Result) -> Iterator[str]:
    where = f"{name}: {after.case} on {after.platform}"
    if before is None:
        yield f"{where}: not asked before"
    elif before != after:
        then, now = msgspec.to_builtins(before), msgspec.to_builtins(after)
        moved = (
            f"{field} was {then[field] or 'nothing'}, is {now[field] or 'nothing'}"
            for field in then
            if then[field] != now[field]
        )
        yield f"{where}: {'; '.join(moved)}"
