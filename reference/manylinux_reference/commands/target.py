"""The target: what wheels are chosen for, this machine or another."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from manylinux_reference.reading.system import ask_system
from manylinux_reference.rules import tags
from manylinux_reference.rules.installer import override
from manylinux_reference.rules.installer.choice import explicit_target
from manylinux_reference.rules.installer.eligibility import ARCHITECTURES
from manylinux_reference.rules.installer.platform import detect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from manylinux_reference.rules.installer.platform import Environment


CLOSE = 0.85  # of 1: a slip or two, and not another architecture
NAMES_ELSEWHERE = {  # of machines, on other systems
    "amd64": "x86_64",
    "x64": "x86_64",
    "x86": "i686",
    "i386": "i686",
    "arm64": "aarch64",
}


class UnknownTargetError(ValueError):
    """An explicit target is no platform tag of glibc-based Linux."""


@dataclass(frozen=True, slots=True)
class Target:
    """What wheels are chosen for: an environment with its ``_manylinux`` module."""

    environment: Environment
    module: ModuleType | None = None


def running_target() -> Target:
    """Return the running interpreter's own environment and module.

    Raises OverrideError if its ``_manylinux`` module breaks.
    """
    return Target(detect(ask_system()), find_module())


def named_target(tag: str) -> Target:
    """Return the target that a platform tag of Linux names; it has no module.

    Raises UnknownTargetError for any other tag, with the nearest name.
    """
    environment = explicit_target(tag)
    if environment is None:
        example = "manylinux_2_28_x86_64 or linux_x86_64"
        reason = f"{tag[:80]!r} is not a target such as {example}"
        raise UnknownTargetError(reason + _nearest(tag[:80]))
    return Target(environment)


def _nearest(tag: str) -> str:
    """Return a hint at the target that was probably meant, if one is near."""
    meant = tag.lower()
    for name, arch in NAMES_ELSEWHERE.items():
        if meant.endswith(f"_{name}"):
            meant = meant.removesuffix(name) + arch
    archs = [arch for arch in ARCHITECTURES if meant.endswith(arch)]
    numbers = re.search(r"(\d+)\D(\d+)", meant)
    version = "_".join(numbers.groups()) if numbers else "2_28"
    words = ("linux", f"manylinux_{version}", *tags.LEGACY)
    known = [f"{word}_{arch}" for word in words for arch in archs or ARCHITECTURES]
    targets = sorted(each for each in known if explicit_target(each))
    difflib = import_module("difflib")
    near = difflib.get_close_matches(meant, targets, n=1, cutoff=CLOSE)
    return f"; did you mean {near[0]}?" if near else ""


def find_module() -> ModuleType | None:
    """Import the ``_manylinux`` module from the running interpreter's own path.

    Raises OverrideError if it is there and breaks.
    """
    variable = os.environ.get("PYTHONPATH", "")
    return override.load(override.search_path(sys.path, [str(Path.cwd())], variable))
