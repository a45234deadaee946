"""Examples: the cases that stand inside rule blocks, collected like any others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from manylinux_conformance.errors import InputError
from manylinux_conformance.input_files import decode_toml
from manylinux_conformance.suite.cases import Choose
from manylinux_conformance.suite.rules import Rule


def example_cases(rules: Iterable[Rule], folder: Path) -> Iterator[Choose]:
    """Yield the examples of rules read from a folder of chapters.

    Raises InputError, naming the chapter, if an example is not a case.
    """
    for rule in rules:
        for name, source in rule.examples.items():
            try:
                fields = decode_toml(source.encode(), dict[str, object])
                yield msgspec.convert(
                    {**fields, "rule": rule.id, "name": name}, type=Choose
                )
            except (msgspec.DecodeError, ValueError) as error:
                where = f"line {rule.line}: example {name!r} of {rule.id}"
                raise InputError(
                    folder / f"{rule.chapter}.md", f"{where}: {error}"
                ) from error
