"""Wheels' file names: the one place where they are taken apart and refused.

PyPA, Binary distribution format, File name convention.
"""

from __future__ import annotations

from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.reading.version import Key, version_key

Build = tuple[int, str] | tuple[()]  # the number, what follows it; or no build tag

SUFFIX = ".whl"
PARTS = 5  # project, version, Python, ABI and platform tag; a build tag is a sixth
LONGEST_NAME = 255  # NAME_MAX of Linux file systems


class WheelName:
    """A wheel's file name in its parts.

    The three tags may be compressed sets; nothing is known yet about their members.
    """

    __slots__ = (
        "abi", "build", "distribution", "filename", "platform", "python", "version",
    )  # fmt: skip

    def __init__(self, filename: str, parts: list[str]) -> None:
        self.filename = filename
        self.distribution = parts[0]
        self.version = _version(parts[1])
        self.build = _build(parts[2]) if len(parts) > PARTS else ()
        self.python, self.abi, self.platform = parts[-3:]


def read_filename(filename: str) -> WheelName:
    """Return the parts of a wheel's file name.

    Raises UnusableError if it is not the name of a wheel; the message says why not.
    """
    parts = filename.removesuffix(SUFFIX).split("-")
    if not filename.endswith(SUFFIX) or len(filename) > LONGEST_NAME:
        raise _refusal(f"does not end in {SUFFIX}, or is too long")
    if len(parts) not in (PARTS, PARTS + 1):
        raise _refusal("has neither five nor six parts")
    if not all(parts):
        raise _refusal("has an empty part")
    if not _is_project(parts[0]):
        raise _refusal("does not begin with the name of a project")
    return WheelName(filename, parts)


def normalized(name: str) -> str:
    """Return a project's name as in wheel file names (PyPA, name normalization)."""
    words = name.lower().replace("-", "_").replace(".", "_").split("_")
    return "_".join(filter(None, words))


def _refusal(reason: str) -> UnusableError:
    return UnusableError(f"the name is not that of a wheel: it {reason}")


def _is_project(name: str) -> bool:
    """Return whether a name is one of projects (PyPA, Names and normalization)."""
    letters = name.replace(".", "").replace("_", "")
    ends = name[0] + name[-1]
    return name.isascii() and letters.isalnum() and ends.isalnum()


def _version(text: str) -> Key:
    key = version_key(text)
    if key is None:
        raise _refusal("has no version in its second part")
    return key


def _build(tag: str) -> Build:
    """Return the number that a build tag begins with, and the rest of it."""
    rest = tag.lstrip("0123456789")
    digits = tag[: len(tag) - len(rest)]
    if not digits:
        raise _refusal("has a build tag that does not begin with a digit")
    return int(digits), rest
