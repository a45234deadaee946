"""Editions: what the specification said at a time, frozen in ``spec/editions/``."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
from manylinux_fixtures.files.atomic_file import write_whole
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.errors import InputError
from manylinux_conformance.suite.data_files import NORMATIVE
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.suite.rules import Basis, Level, Subject

FOLDER = "editions"
FILE, SCHEMA = "edition.json", "edition-schema.json"
NAME = re.compile(r"20\d\d\.[1-9]\d*")


class FrozenRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule as the edition has it; texts are Markdown of MyST."""

    id: str
    revision: int
    level: Level
    subjects: tuple[Subject, ...]
    arch: str
    basis: Basis
    parent: str
    differs: str
    source: str
    tested: str
    chapter: str
    text: str
    reason: str


class Edition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything normative of one edition.

    ``data`` maps the names of the normative tables to their content, ``cases`` has the
    questions as the command ``cases`` prints them.
    """

    format: Literal[1] = 1
    schema: str = msgspec.field(name="$schema", default=SCHEMA)
    edition: str
    date: dt.date
    rules: tuple[FrozenRule, ...]
    data: dict[str, Any]
    cases: tuple[dict[str, Any], ...]

    def rule(self, identifier: str) -> FrozenRule | None:
        """Return a rule of this edition, or None."""
        return next((each for each in self.rules if each.id == identifier), None)


@dataclass(frozen=True, slots=True)
class Words:
    """Words that two texts share, or that the newer one lost or gained."""

    kind: Literal["same", "del", "ins"]
    text: str


def freeze(suite: Suite, spec: Path, edition: str, date: dt.date) -> Path:
    """Write an edition for ever, and return its folder.

    Raises InputError for a name that is none, or an edition that is frozen already.
    """
    folder = spec / FOLDER / edition
    if not NAME.fullmatch(edition):
        raise InputError(edition, "an edition is named like 2026.1")
    if folder.exists():
        raise InputError(folder, "this edition is frozen, and stays as it is")
    frozen = Edition(
        edition=edition,
        date=date,
        rules=tuple(_frozen(suite)),
        data=_data(spec),
        cases=tuple(
            {"kind": type(case).__name__.lower(), **msgspec.to_builtins(case)}
            for case in suite.cases
        ),
    )
    folder.mkdir(parents=True)
    schema = {"$id": SCHEMA, **msgspec.json.schema(Edition)}
    for name, content in ((SCHEMA, schema), (FILE, frozen)):
        encoded = msgspec.json.format(msgspec.json.encode(content), indent=1)
        write_whole(folder / name, encoded + b"\n")
    return folder


def read_editions(spec: Path) -> tuple[Edition, ...]:
    """Return the frozen editions, oldest first.

    Raises InputError, naming the file, for one that is damaged.
    """
    return tuple(sorted(_editions(spec), key=lambda edition: edition.date))


def word_differences(old: str, new: str) -> Iterator[Words]:
    """Yield what two texts share and what the newer lost and gained, in order."""
    before, after = old.split(), new.split()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, begin, stop in matcher.get_opcodes():
        if tag == "equal":
            yield Words("same", " ".join(before[start:end]))
        if tag in {"delete", "replace"}:
            yield Words("del", " ".join(before[start:end]))
        if tag in {"insert", "replace"}:
            yield Words("ins", " ".join(after[begin:stop]))


def _editions(spec: Path) -> Iterator[Edition]:
    for path in sorted((spec / FOLDER).glob(f"*/{FILE}")):
        try:
            edition = msgspec.json.decode(read_bytes(path), type=Edition)
        except msgspec.DecodeError as error:
            raise InputError(path, str(error)) from error
        if edition.edition != path.parent.name:
            raise InputError(path, f"it says that it is edition {edition.edition}")
        yield edition


def _frozen(suite: Suite) -> Iterator[FrozenRule]:
    for rule in suite.rules.values():
        fields = {name: getattr(rule, name) for name in FrozenRule.__struct_fields__}
        yield FrozenRule(**fields)


def _data(spec: Path) -> dict[str, Any]:
    paths = {name: spec / "data" / f"{name}.toml" for name in NORMATIVE}
    return {
        name: tomllib.loads(read_bytes(path).decode())
        for name, path in paths.items()
        if path.exists()
    }
