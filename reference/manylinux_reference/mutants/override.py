"""Wrong functions for the rules on the ``_manylinux`` module."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from manylinux_reference.mutants.table import Table, nothing
from manylinux_reference.rules import tags
from manylinux_reference.rules.installer.eligibility import fits, fits_environment
from manylinux_reference.rules.installer.override import (
    FUNCTION,
    OverrideError,
    answer,
    attribute_answer,
    attribute_name,
    call,
    decision,
    has_function,
    load,
    search_path,
)

if TYPE_CHECKING:
    from manylinux_reference.rules.installer.platform import Environment
    from manylinux_reference.rules.tags import Promise, Version


def _everything(path: Sequence[str], _here: Sequence[str], _variable: str) -> list[str]:
    return list(path)


def _with_directory(path: Sequence[str], _: Sequence[str], variable: str) -> list[str]:
    return [entry for entry in path if entry not in variable.split(os.pathsep)]


def _refusing(module: ModuleType | None, promise: Promise) -> bool | None:
    return False if module is None else decision(module, promise)


def _forgiving(function: Callable[..., object]) -> Callable[..., object]:
    """Return a function that takes a broken module for none."""

    def forgiving(*arguments: object) -> object:
        try:
            return function(*arguments)
        except OverrideError:
            return None

    return forgiving


def _without_attributes(module: ModuleType) -> bool:
    names = (name for name in vars(module) if name.endswith("_compatible"))
    return set(names) == {FUNCTION}


def _older_too(version: Version, arch: str) -> str | None:
    families = sorted(tags.legacy_spellings(arch).items())
    newer = [name for decided, name in families if decided >= version]
    return f"{newer[0].partition('_')[0]}_compatible" if newer else None


def _asked_once(
    promise: Promise, environment: Environment, module: ModuleType | None
) -> bool:
    if environment.glibc is None or not fits_environment(promise, environment):
        return False
    return decision(module, (environment.glibc, promise[1])) is not False


def _may_add(
    promise: Promise, environment: Environment, module: ModuleType | None
) -> bool:
    if environment.glibc is None or not environment.arch:
        return False
    said = decision(module, promise)
    return fits(promise, environment, None) if said is None else said


MUTANTS: Table = {
    "override.absent": {"off": {decision: _refusing}},
    "override.boolean": {
        "identity": {answer: lambda value: None if value is None else value is True},
    },
    "override.call": {
        "host": {call: lambda function, x, y, _: function(x, y, "host")},
        "keywords": {
            call: lambda function, x, y, z: function(major=x, minor=y, arch=z)
        },
        "pair": {call: lambda function, x, y, arch: function((x, y), arch)},
        "strings": {call: lambda function, x, y, arch: function(str(x), str(y), arch)},
    },
    "override.each-tag": {"once": {fits: _asked_once}},
    "override.errors": {
        "off": {load: _forgiving(load), decision: _forgiving(decision)},
    },
    "override.function-first": {"off": {has_function: _without_attributes}},
    "override.isolated": {
        "directory": {search_path: _with_directory},
        "off": {search_path: _everything},
    },
    "override.legacy-attribute-boolean": {
        "identity": {attribute_answer: lambda value: value is True},
        "none": {
            attribute_answer: lambda value: None if value is None else bool(value)
        },
    },
    "override.legacy-attributes": {
        "off": {attribute_name: nothing},
        "older_too": {attribute_name: _older_too},
    },
    "override.none": {"off": {answer: bool}},
    "override.removes-only": {"off": {fits: _may_add}},
    "override.target-path": {"off": {search_path: lambda *_: []}},
}
