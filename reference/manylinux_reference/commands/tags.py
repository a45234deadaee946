"""``manylinux tags``: prints the platform tags that fit here, best first."""

from __future__ import annotations

import sys

from manylinux_reference.commands.target import (
    UnknownTargetError,
    named_target,
    running_target,
)
from manylinux_reference.rules.installer import order
from manylinux_reference.rules.installer.override import OverrideError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

REFUSED, WRONG = 1, 2
EXAMPLE = """examples:
  manylinux tags
  manylinux tags --platform manylinux_2_28_aarch64"""


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = EXAMPLE
    parser.add_argument(
        "--platform",
        metavar="TAG",
        help="the tags that fit this target instead of this machine",
    )


def run(arguments: Namespace) -> int:
    """Print one tag per line; return 0, 1 if a module breaks, 2 for a wrong target."""
    tag = arguments.platform
    try:
        target = running_target() if tag is None else named_target(tag)
        listed = order.platform_tags(target.environment, target.module)
    except (OverrideError, UnknownTargetError) as error:
        sys.stderr.write(f"manylinux: {error}\n")
        return WRONG if isinstance(error, UnknownTargetError) else REFUSED
    sys.stdout.write("".join(f"{tag}\n" for tag in listed))
    return 0
