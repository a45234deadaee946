"""Adapter files: how a tool is provided, and how it is asked in each of its roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from manylinux_spec.input_files import convert_part, read_toml

from manylinux_conformance.asking.role_table import (
    PLACEHOLDERS,
    RoleTable,
    based_at,
    unknown_placeholders,
)
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError, InvariantError
from manylinux_conformance.platforms.interpreters import allows
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.registry import ROLES
from manylinux_conformance.sandbox.tool_description import ToolDescription
from manylinux_conformance.tools.adapter_keys import CommonKeys, explained
from manylinux_conformance.tools.causes import Cause
from manylinux_conformance.tools.deviations import CauseEntry, resolved

Table = TypeVar("Table", bound=RoleTable)


class Adapter(ToolDescription, frozen=True, kw_only=True):
    """One tool, in one or more roles, each with its table.

    ``causes`` are those that the adapter file itself tells, ``programs`` what each role
    starts, in the words of the file.
    """

    roles: Annotated[tuple[Role, ...], msgspec.Meta(min_length=1)]
    tables: dict[Role, RoleTable] = msgspec.field(default_factory=dict)
    causes: tuple[Cause, ...] = ()
    programs: dict[Role, str] = msgspec.field(default_factory=dict)

    def table(self, shape: type[Table]) -> Table:
        """Return the table of a role, by its type.

        Raises InvariantError if the tool has none; whoever asks it looks before.
        """
        for table in self.tables.values():
            if isinstance(table, shape):
                return table
        raise InvariantError(self.name, f"has no table {shape.__name__}")


def read_adapter(path: Path) -> Adapter:
    """Read one adapter file; arguments that begin with ``./`` start at its folder.

    Raises InputError for what makes no sense, such as a role without its table, an
    unknown placeholder, or a name that could not be a folder's.
    """
    try:
        return _read(path)
    except InputError as error:
        raise InputError(error.where, explained(error.reason)) from error


def _read(path: Path) -> Adapter:
    document = read_toml(path, dict[str, object])
    tables = {
        role: convert_part(path, document.pop(key), definition.table, key)
        for role, definition in ROLES.items()
        if (key := role.table_key) in document
    }
    entries = convert_part(
        path, document.pop("cause", ()), tuple[CauseEntry, ...], "cause"
    )
    common = convert_part(path, document, CommonKeys, "")
    if reason := next(_problems(common, tables), ""):
        raise InputError(path, reason)
    folder = path.absolute().parent
    provide = common.provide
    constraints = based_at(provide.constraints, folder)
    based = {role: table.based_at(folder) for role, table in tables.items()}
    fields = {name: getattr(common, name) for name in common.__struct_fields__}
    fields["version"] = tuple(based_at(word, folder) for word in common.version)
    fields["provide"] = msgspec.structs.replace(provide, constraints=constraints)
    causes = resolved(path, entries, data_folder("deviations"))
    programs = {role: table.program for role, table in tables.items()}
    return Adapter(**fields, tables=based, causes=causes, programs=programs)


def _problems(common: CommonKeys, tables: Mapping[Role, RoleTable]) -> Iterator[str]:
    for role in common.roles:
        if role in ROLES and role not in tables:
            yield f"role {role.value!r} needs a table [{role.table_key}]"
    if common.provide.image and common.roles != (Role.BUILDER,):
        yield "provide.image: only the role 'builder' is asked of images"
    for constraint in common.provide.python.values():
        try:
            allows(constraint, (3, 0))
        except ValueError as error:
            yield f"provide.python: {error}"
    yield from unknown_placeholders((word, PLACEHOLDERS) for word in common.version)
    for table in tables.values():
        yield from table.problems(common.provide)
