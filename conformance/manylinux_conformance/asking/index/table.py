"""The table of an index in an adapter: how it is started, or where it runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

import msgspec
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.asking.role_table import (
    PLACEHOLDER,
    PLACEHOLDERS,
    RoleTable,
    Variables,
    fill,
)
from manylinux_conformance.sandbox.tool_description import Provide, Text

IN_ADDRESSES = frozenset(("inner", "port", "project", "user"))


class Index(RoleTable, frozen=True, kw_only=True):
    """How an index is started, or where it runs, and how it is asked.

    ``prepare``, ``start``, ``front`` and ``after`` are commands; see ``Startup``.
    Without ``start`` the index runs already.  ``{port}`` is where it is asked,
    ``{inner}`` where the server is that has a ``front``, ``{data}`` a new folder.
    ``upload`` takes uploads; empty: nobody can, and ``files`` is the folder in which
    wheels lie, or ``{upstream}`` the index, of which this one is a view.
    ``page`` is the simple page of ``{project}``.
    ``settle`` is how many seconds it may take until an upload is listed.
    ``audits``: it looks inside wheels.  ``declines`` are reasons, by patterns of rules.
    ``leaves_out_linux``: it mirrors another index, without the wheels for Linux.
    ``recorded`` is the day of the answers on file.
    ``by_hand``: why nobody can start it from a package; where it does not run, it is
    not asked, and nothing is missing then.
    """

    COMMANDS: ClassVar = ("prepare", "start", "front", "after")
    PLACEHOLDERS: ClassVar = PLACEHOLDERS | {
        "data", "inner", "password", "port", "project", "upstream", "user",
    }  # fmt: skip

    prepare: tuple[Text, ...] = ()
    start: tuple[Text, ...] = ()
    front: tuple[Text, ...] = ()
    after: tuple[Text, ...] = ()
    ready: str
    inner_ready: str = ""
    upload: str = ""
    page: str
    files: str = ""
    user: str = "nobody"
    password: str = ""
    password_file: str = ""
    settle: float = 0
    audits: bool = False
    leaves_out_linux: bool = False
    declines: Variables = msgspec.field(default_factory=dict)
    recorded: dt.date | None = None
    by_hand: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where requests are sent, ports aside."""
        values = dict.fromkeys(IN_ADDRESSES, "1") | {"user": self.user}
        return tuple(fill(text, values) for text in self._texts if text)

    @property
    def _texts(self) -> tuple[str, ...]:
        return (self.ready, self.inner_ready, self.upload, self.page)

    @property
    def views(self) -> bool:
        """Whether it serves what lies elsewhere, and takes no uploads."""
        return not self.upload

    def problems(self, provide: Provide) -> Iterator[str]:
        """Yield what makes no sense in the table."""
        yield from super().problems(provide)
        for text in self._texts:
            for name in set(PLACEHOLDER.findall(text)) - IN_ADDRESSES:
                yield f"unknown placeholder {{{name}}} in {text!r}"
        if "{project}" not in self.page:
            yield "page: lacks {project}"
        if self.front and not self.inner_ready:
            yield "front: needs inner_ready, the address of the server behind it"
        if self.by_hand and self.start:
            yield "by_hand: what the suite can start is no index that runs already"
        if self.files and self.upload:
            yield "files: an index that takes uploads is asked by them"

    def based_at(self, folder: Path) -> Index:
        """Let the password's file start at the adapter's folder, too."""
        based = super().based_at(folder)
        if not self.password_file:
            return based
        file = str(folder / self.password_file)
        return msgspec.structs.replace(based, password_file=file)


def index_addresses(tables: Iterable[RoleTable]) -> tuple[str, ...]:
    """Return where the indexes among the tables of an adapter are asked."""
    indexes = (table for table in tables if isinstance(table, Index))
    return tuple(address for table in indexes for address in table.addresses)


def password_of(table: Index) -> str:
    """Return the password; raises InputError if its file cannot be read."""
    if not table.password_file:
        return table.password
    return read_bytes(Path(table.password_file)).decode().strip()
