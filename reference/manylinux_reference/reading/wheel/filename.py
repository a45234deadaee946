"""Wheels' file names: the one place where they are taken apart and refused.

PyPA, Binary distribution format, File name convention.
"""

from __future__ import annotations

from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.reading.wheel.version import Key, version_key

Build = tuple[int, str] | tuple[()]  # the number, what follows it; or no build tag
Release = tuple[str, Key, Build]  # a project's name as spelled here, version, build

DIGITS = "0123456789"
SUFFIX = ".whl"
HEAD = (2, 3)  # parts before the tags: project, version, perhaps a build tag
TAGS = 3  # Python, ABI and platform tag
LONGEST_NAME = 255  # NAME_MAX of Linux file systems
MOST_REMEMBERED = 10_000  # releases; more than projects have


class WheelName:
    """A wheel's file name in its parts.

    The three tags may be compressed sets; nothing is known yet about their members.
    """

    __slots__ = ("_release", "abi", "filename", "platform", "python")

    def __init__(self, filename: str, release: Release, parts: list[str]) -> None:
        self.filename = filename
        self._release = release
        _, self.python, self.abi, self.platform = parts

    @property
    def distribution(self) -> str:
        """The project's name, as it is spelled here."""
        return self._release[0]

    @property
    def version(self) -> Key:
        """What orders the release."""
        return self._release[1]

    @property
    def build(self) -> Build:
        """The number that the build tag begins with, and the rest of it."""
        return self._release[2]


class Releases(dict[str, Release]):
    """What comes before the tags, read once for the many wheels of a release."""

    __slots__ = ()

    def __missing__(self, head: str) -> Release:
        """Return the parts of what comes before the tags.

        Raises UnusableError if they are none of a wheel's name.
        """
        parts = head.split("-")
        if len(parts) not in HEAD:
            reason = "has neither five nor six parts, as name-1-py3-none-any.whl has"
            raise _refusal(reason)
        if "" in parts:
            raise _refusal("has an empty part")
        if not _is_project(parts[0]):
            raise _refusal("does not begin with the name of a project")
        release = parts[0], _version(parts[1]), _build(parts[2:])
        if len(self) < MOST_REMEMBERED:
            self[head] = release
        return release


def read_filename(filename: str, releases: Releases | None = None) -> WheelName:
    """Return the parts of a wheel's file name.

    ``releases`` remembers what the names of an index page have in common.
    Raises UnusableError if it is not the name of a wheel; the message says why not.
    """
    if not filename.endswith(SUFFIX) or len(filename) > LONGEST_NAME:
        raise _refusal(f"does not end in {SUFFIX}, or is too long")
    parts = filename[: -len(SUFFIX)].rsplit("-", TAGS)
    release = (Releases() if releases is None else releases)[parts[0]]
    if "" in parts:
        raise _refusal("has an empty part")
    return WheelName(filename, release, parts)


def normalized(name: str) -> str:
    """Return a project's name as in wheel file names (PyPA, name normalization)."""
    words = name.lower().replace("-", "_").replace(".", "_").split("_")
    return "_".join(filter(None, words))


def _refusal(reason: str) -> UnusableError:
    return UnusableError(f"the name is not that of a wheel: it {reason}")


def _is_project(name: str) -> bool:
    """Return whether a name is one of projects (PyPA, Names and normalization)."""
    if not name.isascii():
        return False
    letters = name.replace(".", "").replace("_", "")
    return name.isalnum() or (letters.isalnum() and (name[0] + name[-1]).isalnum())


def _version(text: str) -> Key:
    key = version_key(text)
    if key is None:
        raise _refusal("has no version in its second part")
    return key


def _build(tags: list[str]) -> Build:
    """Return the number that a build tag begins with, and the rest of it."""
    if not tags:
        return ()
    rest = tags[0].lstrip(DIGITS)
    digits = tags[0].removesuffix(rest)
    if not digits:
        raise _refusal("has a build tag that does not begin with a digit")
    return int(digits), rest
