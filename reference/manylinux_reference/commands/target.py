"""The target: what wheels are chosen for, this machine or another."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from manylinux_reference.reading.system import ask_system
from manylinux_reference.rules.installer import override
from manylinux_reference.rules.installer.choice import explicit_target
from manylinux_reference.rules.installer.platform import detect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from manylinux_reference.rules.installer.platform import Environment


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

    Raises UnknownTargetError for any other tag.
    """
    environment = explicit_target(tag)
    if environment is None:
        example = "manylinux_2_28_x86_64 or linux_x86_64"
        raise UnknownTargetError(f"{tag[:80]!r} is not a target such as {example}")
    return Target(environment)


def find_module() -> ModuleType | None:
    """Import the ``_manylinux`` module from the running interpreter's own path.

    Raises OverrideError if it is there and breaks.
    """
    variable = os.environ.get("PYTHONPATH", "")
    return override.load(override.search_path(sys.path, [str(Path.cwd())], variable))
