"""Says which functions decide a rule, and where they are."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path
from types import FunctionType

import manylinux_reference
from manylinux_reference import rules

ROOT = Path(manylinux_reference.__file__).parent


def deciders() -> dict[str, list[dict[str, object]]]:
    """Return for each rule the functions that decide it.

    Each with its dotted name, its file below the package, and the line in it.
    """
    found: dict[str, list[dict[str, object]]] = {}
    for module in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
        for function in vars(import_module(module.name)).values():
            if isinstance(function, FunctionType) and is_decider(function, module.name):
                for rule in vars(function)["decides"]:
                    found.setdefault(rule, []).append(_place(function))
    return dict(sorted(found.items()))


def is_decider(function: FunctionType, module: str) -> bool:
    """Return whether a function decides a rule, and is defined in this module."""
    return "decides" in vars(function) and function.__module__ == module


def _place(function: FunctionType) -> dict[str, object]:
    code = function.__code__
    return {
        "function": f"{function.__module__}.{function.__qualname__}",
        "file": Path(code.co_filename).relative_to(ROOT).as_posix(),
        "line": code.co_firstlineno,
    }
