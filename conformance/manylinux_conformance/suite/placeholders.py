"""Questions: cases made concrete for one platform."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable

import msgspec

from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.suite.cases import Build, Case, Choose, Offer

PLACEHOLDER = re.compile(r"\{(arch|major|minor|minor\+1|minor-1|python)\}")
Filled = typing.TypeVar("Filled", bound=Case | Build)


def selected(case: Case | Build, platform: Platform) -> bool:
    """Return whether a case is asked on a platform.

    A case that names neither platforms nor version strings is for every platform
    that has an architecture and a glibc version.
    """
    selector = case.platform
    names = {platform.name, *platform.like}
    if selector.name and names.isdisjoint(selector.name):
        return False
    if selector.glibc and platform.glibc not in selector.glibc:
        return False
    if selector.arch and platform.arch not in selector.arch:
        return False
    if platform.arch in selector.other_than:
        return False
    bounded = selector.at_least or selector.below
    if bounded and not _within(platform, selector.at_least, selector.below):
        return False
    named = bool(selector.name or selector.glibc)
    return named or (bool(platform.arch) and platform.major is not None)


def _within(
    platform: Platform, oldest: tuple[int, int] | None, end: tuple[int, int] | None
) -> bool:
    if platform.major is None or platform.minor is None:
        return False
    version = (platform.major, platform.minor)
    return (oldest is None or version >= oldest) and (end is None or version < end)


def fill(case: Filled, platform: Platform, python: str = "") -> Filled:
    """Return the case with its placeholders filled in for a platform.

    ``python`` is the target interpreter's version without a dot, such as ``311``.

    Raises ValueError if a placeholder asks for what the platform does not have.
    """
    values = _values(platform, python)
    return msgspec.convert(_replace(msgspec.to_builtins(case), values), type=type(case))


def offers(case: Choose) -> tuple[Offer, ...]:
    """Return the candidate wheels of a case, each as an Offer."""
    return tuple(
        Offer(offer) if isinstance(offer, str) else offer for offer in case.offer
    )


def asked(cases: Iterable[Case], platform: Platform) -> list[Case]:
    """Return the cases that are for a platform, in their order."""
    return [case for case in cases if selected(case, platform)]


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
        # A module's source is Python: its braces are its own.
        return {
            key: value if key in {"module", "why"} else _replace(value, values)
            for key, value in part.items()
        }
    if isinstance(part, list | tuple):
        return [_replace(item, values) for item in part]
    return part


def _value(name: str, values: dict[str, str]) -> str:
    if name not in values:
        raise ValueError(f"{{{name}}} has no value on this platform")
    return values[name]
