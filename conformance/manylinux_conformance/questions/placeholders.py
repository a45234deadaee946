"""Placeholders: a case is made concrete for one platform."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.case import Case

PLACEHOLDER = re.compile(r"\{(arch|major|minor|minor\+1|minor-1|python)\}")
VERBATIM = frozenset({"module", "why"})  # a module's source is Python, with braces
Filled = TypeVar("Filled", bound=Case)


def fill(case: Filled, platform: Platform, python: str = "") -> Filled:
    """Return the case with its placeholders filled in for a platform.

    ``python`` is the target interpreter's version without a dot, such as ``311``.

    Raises ValueError if a placeholder asks for what the platform does not have.
    """
    values = _values(platform, python)
    return msgspec.convert(_replace(msgspec.to_builtins(case), values), type=type(case))


def _values(platform: Platform, python: str) -> dict[str, str]:
    values = {"arch": platform.arch, "python": python}
    if platform.major is not None and platform.minor is not None:
        values["major"] = str(platform.major)
        for name, minor in (("minor", 0), ("minor+1", 1), ("minor-1", -1)):
            values[name] = str(platform.minor + minor)
    return {name: value for name, value in values.items() if value}


def _replace(part: object, values: dict[str, str]) -> object:
    if isinstance(part, str):
        return PLACEHOLDER.sub(lambda found: _value(found[1], values), part)
    if isinstance(part, dict):
        return {
            key: value if key in VERBATIM else _replace(value, values)
            for key, value in part.items()
        }
    if isinstance(part, list | tuple):
        return [_replace(item, values) for item in part]
    return part


def _value(name: str, values: dict[str, str]) -> str:
    if name not in values:
        raise ValueError(f"{{{name}}} has no value on this platform")
    return values[name]
