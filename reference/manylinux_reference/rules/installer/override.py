"""The ``_manylinux`` module: finding it, and asking it what may be installed."""

from __future__ import annotations

import os
from importlib import util
from importlib.machinery import PathFinder

from manylinux_reference.mutants.rule import always, nothing, rule
from manylinux_reference.rules import tags

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from manylinux_reference.rules.tags import Promise, Version

NAME = "_manylinux"
FUNCTION = "manylinux_compatible"


class OverrideError(Exception):
    """The module is there and broke; nothing may be concluded from that."""


def searched(path: Sequence[str], here: Sequence[str], variable: str) -> list[str]:
    """Return the entries of an import path in which the module is looked up."""
    return isolated(target_path(path), ["", *here, *variable.split(os.pathsep)])


def load(path: list[str]) -> ModuleType | None:
    """Import the module from a path; None if it is not there.

    Raises OverrideError if it is there and cannot be executed.
    """
    spec = PathFinder.find_spec(NAME, path)
    if spec is None or spec.loader is None:
        return None
    module = util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError:
        return None
    except Exception as error:
        if not is_permission(error):
            raise OverrideError(_reason(error)) from error
        return None
    return module


def decision(module: ModuleType | None, promise: Promise, host: Version) -> bool | None:
    """Return what the module says about a tag; None leaves it to the default logic.

    Raises OverrideError if the module's function breaks.
    """
    if module is None:
        return without_module()
    major, minor = asked_version(promise[:2], host)
    if not function_first(module):
        return _attribute(module, (major, minor), promise[2])
    try:
        answer = call(getattr(module, FUNCTION), major, minor, promise[2])
    except Exception as error:
        if not is_permission(error):
            raise OverrideError(_reason(error)) from error
        return None
    return undecided() if answer is None else converted(answer)


def _reason(error: Exception) -> str:
    return f"{NAME}: {type(error).__name__}: {error}"


def _attribute(module: ModuleType, version: Version, arch: str) -> bool | None:
    name = attribute_name(version, arch)
    if name is None or not hasattr(module, name):
        return None
    return attribute_converted(getattr(module, name))


@rule("override.target-path", off=lambda _: [])
def target_path(path: Sequence[str]) -> Sequence[str]:
    """Return the path on which the module is looked up: the target interpreter's."""
    return path


def _all_but_directory(path: Sequence[str], foreign: Sequence[str]) -> list[str]:
    return [entry for entry in path if entry not in foreign[:2]]


def _all_but_variable(path: Sequence[str], foreign: Sequence[str]) -> list[str]:
    return [entry for entry in path if entry not in foreign[2:]]


@rule(
    "override.isolated",
    off=lambda path, _: list(path),
    pythonpath=_all_but_directory,
    directory=_all_but_variable,
)
def isolated(path: Sequence[str], foreign: Sequence[str]) -> list[str]:
    """Return a path without the current directory and without PYTHONPATH."""
    return [entry for entry in path if entry not in foreign]


@rule("override.absent", off=lambda: False)
def without_module() -> bool | None:
    """Return None: without the module the default logic applies."""
    return None


@rule("override.errors", off=always)
def is_permission(_error: Exception) -> bool:
    """Return False: a module that breaks permits nothing and ends the installation."""
    return False


@rule(
    "override.call",
    strings=lambda function, major, minor, arch: function(str(major), str(minor), arch),
    host=lambda function, major, minor, _arch: function(major, minor, "host"),
    keywords=lambda f, x, y, z: f(major=x, minor=y, arch=z),
    pair=lambda function, major, minor, arch: function((major, minor), arch),
)
def call(
    function: Callable[[int, int, str], object], major: int, minor: int, arch: str
) -> object:
    """Call the function with two integers and the architecture, by position."""
    return function(major, minor, arch)


@rule("override.none", off=lambda: False)
def undecided() -> bool | None:
    """Return None: the function left the decision to the default logic."""
    return None


@rule("override.boolean", identity=lambda answer: answer is True)
def converted(answer: object) -> bool:
    """Return any other answer of the function as a boolean."""
    return bool(answer)


def _without_attributes(module: ModuleType) -> bool:
    names = (name for name in vars(module) if name.endswith("_compatible"))
    return set(names) == {FUNCTION}


@rule("override.function-first", off=_without_attributes)
def function_first(module: ModuleType) -> bool:
    """Return whether the function exists; then no attribute is looked at."""
    return hasattr(module, FUNCTION)


def _older_too(version: Version, arch: str) -> str | None:
    families = sorted(tags.legacy_spellings(arch).items())
    newer = [name for decided, name in families if decided >= version]
    return f"{newer[0].partition('_')[0]}_compatible" if newer else None


@rule("override.legacy-attributes", off=nothing, older_too=_older_too)
def attribute_name(version: Version, arch: str) -> str | None:
    """Return the attribute that decides exactly this version, under either spelling."""
    legacy = tags.legacy_spellings(arch).get(version)
    return None if legacy is None else f"{legacy.partition('_')[0]}_compatible"


@rule(
    "override.legacy-attribute-boolean",
    none=lambda value: None if value is None else bool(value),
    identity=lambda value: value is True,
)
def attribute_converted(value: object) -> bool | None:
    """Return an attribute's value as a boolean; None is one too, and false."""
    return bool(value)


@rule("override.each-tag", once=lambda _version, host: host)
def asked_version(version: Version, _host: Version) -> Version:
    """Return the version that the module is asked about: the tag's own."""
    return version


def _may_add(decide: Callable[[], bool | None], *, fits: bool) -> bool:
    said = decide()
    return fits if said is None else said


@rule("override.removes-only", off=_may_add)
def allowed(decide: Callable[[], bool | None], *, fits: bool) -> bool:
    """Return whether a tag that may fit is not taken away by the module."""
    return fits and decide() is not False
