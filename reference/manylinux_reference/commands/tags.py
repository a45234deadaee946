"""``manylinux tags``: prints the platform tags that fit here, best first."""

from __future__ import annotations

import sys

from manylinux_reference.commands.questions import Place
from manylinux_reference.reading.system import running_place
from manylinux_reference.rules.installer import choice as installer
from manylinux_reference.rules.installer import order
from manylinux_reference.rules.installer.override import OverrideError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLE = """examples:
  manylinux tags
  manylinux tags --platform manylinux_2_28_aarch64"""


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = EXAMPLE
    parser.add_argument(
        "--platform",
        default="",
        metavar="TAG",
        help="the tags that fit this target instead of this machine",
    )


def run(arguments: Namespace) -> int:
    """Print one tag per line."""
    try:
        place = _place(arguments.platform)
        listed = order.platform_tags(place.environment, place.module)
    except (OverrideError, ValueError) as error:
        sys.stderr.write(f"manylinux: {error}\n")
        return 1
    sys.stdout.write("".join(f"{tag}\n" for tag in listed))
    return 0


def _place(tag: str) -> Place:
    if not tag:
        return running_place()
    environment = installer.explicit_target(tag)
    if environment is None:
        raise ValueError(f"{tag!r} is no manylinux tag to aim at")
    return Place(environment)
