"""Kept verdicts: how many of a tool's verdicts are the same in other appearances."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
from manylinux_fixtures.files.atomic_file import whole_file
from manylinux_spec.input_files import read_toml

from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.tools.disguises import Compared, shares

FILE = "kept.toml"
HEAD = '# Written by "manylinux-conformance disguise --update".\n'


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many of the verdicts of a tool in a role kept, under some seeds.

    ``tool`` has its version; ``modelled``: it was asked on models alone.
    """

    tool: str
    role: Role
    seeds: tuple[int, ...]
    modelled: bool
    asked: int
    kept: int


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kept: tuple[Kept, ...] = ()


def read_kept(folder: Path) -> tuple[Kept, ...]:
    """Read what is on file; raises InputError for a damaged file."""
    path = folder / FILE
    return read_toml(path, _File).kept if path.exists() else ()


def update_kept(found: Iterable[Compared], folder: Path, *, modelled: bool) -> None:
    """Write what kept over what is on file of the same tools and roles."""
    compared = [each for each in found if each.count]
    seeds = tuple(sorted({each.seed for each in compared}))
    known = {(each.tool, each.role): each for each in read_kept(folder)}
    for (tool, role), (kept, asked) in shares(compared).items():
        known[tool, role] = Kept(
            tool=tool,
            role=role,
            seeds=seeds,
            modelled=modelled,
            asked=asked,
            kept=kept,
        )
    with whole_file(folder / FILE) as new:
        new.write_text(HEAD + "".join(map(_table, sorted(known.values(), key=_name))))


def _name(kept: Kept) -> tuple[str, Role]:
    return kept.tool, kept.role


def _table(kept: Kept) -> str:
    """Return a TOML table; its strings are written as JSON, which TOML reads alike."""
    lines = (
        f"{key} = {msgspec.json.encode(value).decode()}\n"
        for key, value in msgspec.structs.asdict(kept).items()
    )
    return f"\n[[kept]]\n{''.join(lines)}"
