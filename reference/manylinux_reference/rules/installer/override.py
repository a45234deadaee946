"""The ``_manylinux`` module: finding it, and asking it what may be installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from importlib import util
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TextIO

from manylinux_reference.rules import decides, tags
from manylinux_reference.rules.tags import Promise, Version

NAME = "_manylinux"
FUNCTION = "manylinux_compatible"


class OverrideError(Exception):
    """The module is there and broke; nothing may be concluded from that."""


@decides("override.isolated", "override.target-path")
def search_path(path: Sequence[str], here: Sequence[str], variable: str) -> list[str]:
    """Return the entries of an interpreter's import path that are searched.

    ``path`` is that of the interpreter installed for (PEP 513).  The working
    directories ``here`` and the entries of PYTHONPATH's ``variable`` are left out.
    """
    foreign = ["", *here, *variable.split(os.pathsep)]
    return [entry for entry in path if entry not in foreign]


@decides("override.errors")
def load(path: list[str]) -> ModuleType | None:
    """Import the module from a path; None if it is not there.

    An ImportError counts as absence (PEP 600, the sample code).  As for the statement
    ``import``, what the module leaves in ``sys.modules`` is the module.
    Raises OverrideError if it is there and cannot be executed.
    """
    spec = PathFinder.find_spec(NAME, path)
    if spec is None or spec.loader is None:
        return None
    module = sys.modules[NAME] = util.module_from_spec(spec)
    try:
        with _foreign_code():
            spec.loader.exec_module(module)
        return sys.modules[NAME]
    except ImportError:
        sys.modules.pop(NAME, None)
        return None
    except BaseException as error:
        sys.modules.pop(NAME, None)
        raise OverrideError(_reason(error)) from error


@decides("override.absent", "override.errors")
def decision(module: ModuleType | None, promise: Promise) -> bool | None:
    """Return what the module says about a tag; None leaves it to the default logic.

    Without a module, that decides alone (PEP 600, Package installers).
    Raises OverrideError if the module's function breaks.
    """
    if module is None:
        return None
    version, arch = promise
    try:
        with _foreign_code():
            if not has_function(module):
                return _attribute(module, version, arch)
            return answer(call(getattr(module, FUNCTION), *version, arch))
    except BaseException as error:
        raise OverrideError(_reason(error)) from error


def _foreign_code() -> redirect_stdout[TextIO]:
    """Return a block for the module's own code: what it prints is no answer of ours."""
    return redirect_stdout(sys.stderr)


def _reason(error: BaseException) -> str:
    """Return one line about whatever the module raised, ``SystemExit`` included."""
    try:
        said = " ".join(str(error).split())
    except BaseException:  # noqa: BLE001 - its text is the module's code as well
        said = "an error that cannot be shown"
    return f"{NAME}: {type(error).__name__}: {said}"


def _attribute(module: ModuleType, version: Version, arch: str) -> bool | None:
    name = attribute_name(version, arch)
    if name is None or not hasattr(module, name):
        return None
    return attribute_answer(getattr(module, name))


@decides("override.call")
def call(
    function: Callable[[int, int, str], object], major: int, minor: int, arch: str
) -> object:
    """Call the function with two integers and the architecture, by position.

    PEP 600, Package installers.
    """
    return function(major, minor, arch)


@decides("override.boolean", "override.none")
def answer(value: object) -> bool | None:
    """Return the function's answer: None decides nothing, all else is true or false.

    PEP 600, Package installers.
    """
    return None if value is None else bool(value)


@decides("override.function-first")
def has_function(module: ModuleType) -> bool:
    """Return whether the function exists; then no attribute is looked at (PEP 600)."""
    return hasattr(module, FUNCTION)


@decides("override.legacy-attributes")
def attribute_name(version: Version, arch: str) -> str | None:
    """Return the attribute that decides exactly this version, under either spelling.

    PEP 600, Package installers (the sample code).
    """
    legacy = tags.legacy_spellings(arch).get(version)
    return None if legacy is None else f"{legacy.partition('_')[0]}_compatible"


@decides("override.legacy-attribute-boolean")
def attribute_answer(value: object) -> bool | None:
    """Return an attribute's value as a boolean, None too (PEP 513, sample code)."""
    return bool(value)
