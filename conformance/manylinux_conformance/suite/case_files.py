"""Case files: cases in TOML, one array of tables for each kind of question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from manylinux_spec.input_files import convert_part, decode_toml, read_toml

from manylinux_conformance.errors import InputError
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.kinds import KINDS, AnyCase
from manylinux_conformance.suite.rules import Rule


def read_cases(folder: Path) -> Iterator[AnyCase]:
    """Yield the cases of every TOML file below a folder.

    Raises InputError for an unknown kind, key or value.
    """
    for path in sorted(folder.rglob("*.toml")):
        yield from read_case_file(path)


def read_case_file(path: Path) -> Iterator[AnyCase]:
    """Yield the cases of one TOML file; errors as in ``read_cases``."""
    document = read_toml(path, dict[str, object])
    for key in document:
        if key not in KINDS:
            known = ", ".join(KINDS)
            raise InputError(path, f"unknown kind of question {key!r}, not of {known}")
    for key, kind in KINDS.items():
        if key in document:
            parts = convert_part(path, document[key], list[dict[str, object]], key)
            for number, part in enumerate(parts):
                yield convert_part(path, part, kind, f"{key}[{number}]")


def read_examples(rules: Iterable[Rule], folder: Path) -> Iterator[Choose]:
    """Yield the cases that stand in the rule blocks of a folder of chapters.

    Raises InputError, naming the chapter and the line, if an example is not a case.
    """
    for rule in rules:
        for name, source in rule.examples.items():
            try:
                fields = decode_toml(source.encode(), dict[str, object])
                case = {**fields, "rule": rule.id, "name": name}
                yield msgspec.convert(case, type=Choose)
            except (msgspec.DecodeError, ValueError) as error:
                where = f"line {rule.line}: example {name!r} of {rule.id}"
                chapter = folder / f"{rule.chapter}.md"
                raise InputError(chapter, f"{where}: {error}") from error
