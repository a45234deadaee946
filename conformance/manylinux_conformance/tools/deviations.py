"""Deviations: files of the causes for which a tool differs from the rules."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
from manylinux_spec.input_files import read_toml

from manylinux_conformance.errors import InputError
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import DIFFERING, Role
from manylinux_conformance.tools.causes import (
    Cause,
    Identifier,
    Kind,
    Patterns,
    Shows,
    problems,
)

TOLD_BY_ANOTHER = ("kind", "why", "links", "since", "why_kind", "why_each")


class CauseEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One ``[[cause]]`` of a file; see ``Cause``.

    With ``of``, kind, reason, links and release stand in that tool's file.
    """

    id: Identifier
    of: str = ""
    kind: Kind | None = None
    why: str = ""
    links: tuple[str, ...] = ()
    since: str = ""
    why_kind: str = ""
    why_each: str = ""
    versions: Patterns = ("*",)
    roles: tuple[Role, ...] = ()
    shows: Annotated[tuple[Shows, ...], msgspec.Meta(min_length=1)]


class DeviationFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of ``deviations/<tool>.toml``."""

    cause: tuple[CauseEntry, ...] = ()


def read_deviations(folder: Path, tool: str) -> tuple[Cause, ...]:
    """Read the causes of a tool; no file means none.

    Raises InputError if an entry says too little, says a thing twice, or refers to a
    cause that is not described.
    """
    path = folder / f"{tool}.toml"
    return read_causes(path, folder) if path.exists() else ()


def read_causes(path: Path, folder: Path) -> tuple[Cause, ...]:
    """Read a file of causes; ``folder`` holds the files of other tools.

    Raises InputError as above.
    """
    return resolved(path, read_toml(path, DeviationFile).cause, folder)


def read_all_deviations(folder: Path) -> dict[str, tuple[Cause, ...]]:
    """Read the causes of every tool that has a file, by its name.

    Raises InputError as above.
    """
    tools = sorted(path.stem for path in folder.glob("*.toml"))
    return {tool: read_deviations(folder, tool) for tool in tools}


def resolved(
    path: Path, entries: tuple[CauseEntry, ...], folder: Path
) -> tuple[Cause, ...]:
    """Return the causes of a file, those of other tools as their files tell them.

    ``folder`` holds the files of the other tools.  Raises InputError as above.
    """
    causes: list[Cause] = []
    for entry in entries:
        if any(entry.id == cause.id for cause in causes):
            raise InputError(path, f"{entry.id}: two causes have this identifier")
        cause = _of_another(path, entry, folder) if entry.of else _own(path, entry)
        if reason := next(problems(cause), ""):
            raise InputError(path, f"{entry.id}: {reason}")
        causes.append(cause)
    return tuple(causes)


def annotate(
    results: Iterable[Result], causes: tuple[Cause, ...], version: str, role: Role
) -> list[Result]:
    """Return the results, each difference with its cause and the kind of that."""
    return [_annotated(result, causes, version, role) for result in results]


def _own(path: Path, entry: CauseEntry) -> Cause:
    if entry.kind is None:
        raise InputError(path, f"{entry.id}: a cause needs a 'kind', or the tool 'of'")
    fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
    return Cause(**fields)


def _of_another(path: Path, entry: CauseEntry, folder: Path) -> Cause:
    if said := [name for name in TOLD_BY_ANOTHER if getattr(entry, name)]:
        raise InputError(path, f"{entry.id}: {entry.of} tells {said[0]!r}")
    told = folder / f"{entry.of}.toml"
    others = read_toml(told, DeviationFile).cause if told.exists() else ()
    for other in others:
        if other.id == entry.id and not other.of:
            return msgspec.structs.replace(
                _own(told, other),
                of=entry.of,
                versions=entry.versions,
                roles=entry.roles,
                shows=entry.shows,
            )
    raise InputError(path, f"{entry.id}: {entry.of} has no such cause of its own")


def _annotated(
    result: Result, causes: tuple[Cause, ...], version: str, role: Role
) -> Result:
    for cause in causes if result.verdict in DIFFERING else ():
        if cause.covers(result, version, role):
            kind = cause.kind.value
            return msgspec.structs.replace(result, deviation=kind, cause=cause.id)
    return msgspec.structs.replace(result, deviation="", cause="")
