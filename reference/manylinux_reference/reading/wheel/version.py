"""Versions of projects: whether a text is one, and which of two is newer.

PyPA, Version specifiers (PEP 440), whose Appendix B has the pattern.
"""

from __future__ import annotations

from importlib import import_module

# Epoch, release, pre-release, post-release, development release, local label.
Key = tuple[
    int,
    tuple[int, ...],
    tuple[int, ...],
    int,
    tuple[int, int],
    tuple[tuple[int, int, str], ...],
]

DEVELOPMENT_ALONE, NO_PRE = (-1,), (3,)  # before every pre-release, after every one
NO_POST = -1
NO_DEVELOPMENT = (1, 0)
PHASES = {"a": 0, "alpha": 0, "b": 1, "beta": 1, "c": 2, "rc": 2, "pre": 2}
PHASES["preview"] = 2
PATTERN = r"""
    v?
    (?:(?P<epoch>[0-9]+)!)?
    (?P<release>[0-9]+(?:\.[0-9]+)*)
    (?:[-_.]?(?P<phase>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<pre>[0-9]+)?)?
    (?:-(?P<implicit>[0-9]+)|[-_.]?(?P<post>post|rev|r)[-_.]?(?P<number>[0-9]+)?)?
    (?:[-_.]?(?P<dev>dev)[-_.]?(?P<dev_number>[0-9]+)?)?
    (?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?
"""


def version_key(text: str) -> Key | None:
    """Return what orders a version, None if the text is none; a newer one is greater.

    Equal keys are equal versions, however they are written.
    """
    parts = text.split(".")
    if all(part.isascii() and part.isdecimal() for part in parts):
        release = _release(parts)
        return 0, release, NO_PRE, NO_POST, NO_DEVELOPMENT, ()
    expressions = import_module("re")  # most versions need none
    flags = expressions.VERBOSE | expressions.IGNORECASE | expressions.ASCII
    found = expressions.fullmatch(PATTERN, text, flags)
    return None if found is None else _key(found.groupdict(""))


def is_pre_release(key: Key) -> bool:
    """Return whether a version is one that is not installed unless it is asked for.

    PyPA, Version specifiers, Handling of pre-releases.
    """
    _, _, pre, _, development, _ = key
    return pre != NO_PRE or development != NO_DEVELOPMENT


def without_local(key: Key) -> Key:
    """Return the public part of a version, which is what ``==`` compares."""
    return *key[:-1], ()


def _key(found: dict[str, str]) -> Key:
    pre: tuple[int, ...] = NO_PRE
    post, development = NO_POST, NO_DEVELOPMENT
    if found["dev"]:
        development = (0, int(found["dev_number"] or 0))
    if found["implicit"] or found["post"]:
        post = int(found["implicit"] or found["number"] or 0)
    if found["phase"]:
        pre = (PHASES[found["phase"].lower()], int(found["pre"] or 0))
    elif found["dev"] and post == NO_POST:
        pre = DEVELOPMENT_ALONE
    release = _release(found["release"].split("."))
    return int(found["epoch"] or 0), release, pre, post, development, _local(found)


def _release(numbers: list[str]) -> tuple[int, ...]:
    release = [int(number) for number in numbers]
    while len(release) > 1 and release[-1] == 0:
        release.pop()
    return tuple(release)


def _local(found: dict[str, str]) -> tuple[tuple[int, int, str], ...]:
    label = found["local"].lower().replace("-", ".").replace("_", ".")
    return tuple(
        (1, int(part), "") if part.isdecimal() else (0, 0, part)
        for part in label.split(".")
        if part
    )
