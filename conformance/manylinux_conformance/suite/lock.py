"""The rule lock: what rules, definitions and data said when last agreed on."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from manylinux_fixtures.files.atomic_file import write_whole
from manylinux_spec.input_files import read_bytes, read_toml

from manylinux_conformance.errors import InputError
from manylinux_conformance.finding import Finding
from manylinux_conformance.suite.data_files import DataFile
from manylinux_conformance.suite.definitions import Definition
from manylinux_conformance.suite.rules import Level, Rule, Subject

NAME = "rules.lock"


class LockedRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule as it was locked."""

    id: str
    revision: int
    level: Level
    subjects: tuple[Subject, ...]
    digest: str
    text: str


class LockedDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One definition as it was locked."""

    id: str
    revision: int
    digest: str
    text: str


class LockedData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One normative data file as it was locked."""

    id: str
    revision: int
    digest: str


Named = Rule | Definition | DataFile  # what has an identifier and a meaning
Locked = LockedRule | LockedDefinition | LockedData


class Lock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All locked rules, definitions and data files, ordered by identifier."""

    rules: tuple[LockedRule, ...] = ()
    definitions: tuple[LockedDefinition, ...] = ()
    data: tuple[LockedData, ...] = ()


class Retired(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An identifier that is never used again, and what became of it."""

    id: str
    since: str
    successor: str = ""
    reason: str = ""


class RetiredFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of ``retired.toml``."""

    retired: tuple[Retired, ...] = ()


def read_lock(folder: Path) -> dict[str, Locked]:
    """Read ``rules.lock`` of a specification folder; a missing one is empty."""
    path = folder / NAME
    if not path.exists():
        return {}
    try:
        lock = msgspec.json.decode(read_bytes(path), type=Lock)
    except msgspec.DecodeError as error:
        raise InputError(path, str(error)) from error
    locked: tuple[Locked, ...] = (*lock.rules, *lock.definitions, *lock.data)
    return {each.id: each for each in locked}


def read_retired(folder: Path) -> dict[str, Retired]:
    """Read ``retired.toml`` of a specification folder."""
    file = read_toml(folder / "retired.toml", RetiredFile)
    return {entry.id: entry for entry in file.retired}


def write_lock(named: Mapping[str, Named], folder: Path) -> None:
    """Write ``rules.lock``, whole or not at all."""
    ordered = sorted(named.values(), key=lambda each: each.id)
    rules = tuple(
        LockedRule(
            rule.id, rule.revision, rule.level, rule.subjects, rule.digest, rule.text
        )
        for rule in ordered
        if isinstance(rule, Rule)
    )
    definitions = tuple(
        LockedDefinition(each.id, each.revision, each.digest, each.text)
        for each in ordered
        if isinstance(each, Definition)
    )
    data = tuple(
        LockedData(each.id, each.revision, each.digest)
        for each in ordered
        if isinstance(each, DataFile)
    )
    lock = Lock(rules, definitions, data)
    content = msgspec.json.format(msgspec.json.encode(lock), indent=1)
    write_whole(folder / NAME, content + b"\n")


def broken_promises(
    rules: Mapping[str, Named],
    locked: Mapping[str, Locked],
    retired: Mapping[str, Retired],
) -> Iterator[Finding]:
    """Yield what may not be locked: silent changes, lost and reused identifiers."""
    for identifier, old in locked.items():
        rule = rules.get(identifier)
        if rule is not None:
            yield from _changed(rule, old)
        elif identifier not in retired:
            message = f"{identifier} is gone; name its successor in retired.toml"
            yield Finding(NAME, 0, message)
    for identifier, entry in retired.items():
        if identifier in rules:
            message = f"{identifier} is retired and cannot come back"
            yield Finding("retired.toml", 0, message)
        if entry.successor and entry.successor not in rules:
            message = f"{identifier}: its successor {entry.successor} does not exist"
            yield Finding("retired.toml", 0, message)
        if not (entry.successor or entry.reason):
            message = f"{identifier}: has neither successor nor reason"
            yield Finding("retired.toml", 0, message)


def outdated(
    rules: Mapping[str, Named], locked: Mapping[str, Locked]
) -> Iterator[Finding]:
    """Yield the rules, definitions and data that the lock does not hold as they are."""
    for identifier, rule in rules.items():
        old = locked.get(identifier)
        if old is None or (old.digest, old.revision) != (rule.digest, rule.revision):
            yield Finding(NAME, 0, f"{identifier} is not locked; run nox -s lock")


def word_diff(old: str, new: str) -> str:
    """Return both texts as one, with ``[-old-]`` and ``{+new+}`` words."""
    before, after = old.split(), new.split()
    pieces: list[str] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for operation, i, j, k, m in matcher.get_opcodes():
        if operation == "equal":
            pieces += before[i:j]
            continue
        if i < j:
            pieces.append(f"[-{' '.join(before[i:j])}-]")
        if k < m:
            pieces.append(f"{{+{' '.join(after[k:m])}+}}")
    return " ".join(pieces)


def _changed(rule: Named, old: Locked) -> Iterator[Finding]:
    file, line = _place(rule)
    if rule.revision < old.revision:
        message = f"{rule.id}: revision {rule.revision} was already {old.revision}"
        yield Finding(file, line, message)
    elif rule.digest != old.digest and rule.revision == old.revision:
        diff = word_diff(_said(old), _said(rule))
        message = f"{rule.id}: changed, so :revision: must be raised: {diff}"
        yield Finding(file, line, message)


def _place(named: Named) -> tuple[str, int]:
    if isinstance(named, DataFile):
        return f"{named.id.replace('.', '/')}.toml", 0
    return f"{named.chapter}.md", named.line


def _said(rule: Named | Locked) -> str:
    if isinstance(rule, DataFile | LockedData):
        return rule.digest
    if isinstance(rule, Definition | LockedDefinition):
        return rule.text
    return f"{rule.level} ({', '.join(rule.subjects)}) {rule.text}"
