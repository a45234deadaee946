"""``manylinux install``: installs pure wheels from a folder, choosing by the rules."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from manylinux_reference.commands.requirements import (
    RequirementError,
    read_requirements,
    wheels,
)
from manylinux_reference.commands.target import (
    UnknownTargetError,
    named_target,
    running_target,
)
from manylinux_reference.commands.unpack import UnpackError, unpack
from manylinux_reference.rules.installer import choice, order
from manylinux_reference.rules.installer.override import OverrideError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

FAILURES = (OSError, OverrideError, RequirementError, UnknownTargetError, UnpackError)
REFUSED, WRONG = 1, 2
EXAMPLE = """example:
  manylinux install --find-links wheels --target site --requirement projects.txt"""


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = EXAMPLE
    parser.add_argument(
        "--find-links",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder of wheels",
    )
    parser.add_argument(
        "--target", type=Path, required=True, metavar="DIR", help="where they go"
    )
    parser.add_argument(
        "--requirement",
        type=Path,
        required=True,
        metavar="FILE",
        help="one project per line, as NAME or NAME==VERSION",
    )
    parser.add_argument(
        "--platform",
        metavar="TAG",
        help="choose for this manylinux tag instead of this machine",
    )


def run(arguments: Namespace) -> int:
    """Install every project, or say why not and install none.

    Return 0, 1 if something cannot be installed, 2 for a wrong target.
    """
    try:
        chosen = _choose(arguments)
        unpack(chosen, arguments.target)
    except FAILURES as error:
        sys.stderr.write(f"manylinux: {error}\n")
        return WRONG if isinstance(error, UnknownTargetError) else REFUSED
    for wheel in chosen:
        sys.stdout.write(f"installed {wheel.name}\n")
    return 0


def _choose(arguments: Namespace) -> list[Path]:
    tag = arguments.platform
    target = running_target() if tag is None else named_target(tag)
    ranks = order.Ranks(target.environment, target.module)
    pythons = choice.running_python_ranks()
    chosen = []
    for requirement in read_requirements(arguments.requirement):
        offers = dict.fromkeys(wheels(arguments.find_links, requirement), ())
        best = choice.choose(offers, pythons, ranks)
        if best is None:
            raise RequirementError(f"{requirement.name}: none of its wheels fits here")
        chosen.append(arguments.find_links / best)
    return chosen
