"""``manylinux fits``: whether wheels may be installed here, or why not."""

from __future__ import annotations

import sys

from manylinux_reference.commands.target import (
    UnknownTargetError,
    named_target,
    running_target,
)
from manylinux_reference.reading.filename import read_filename
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.rules.installer.choice import running_python_ranks
from manylinux_reference.rules.installer.order import Ranks
from manylinux_reference.rules.installer.override import OverrideError
from manylinux_reference.rules.installer.refusal import here, refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

REFUSED, WRONG = 1, 2
EXAMPLE = """The name of a wheel decides, so the file need not be there.

examples:
  manylinux fits dist/*.whl
  manylinux fits numpy-2.3.0-cp313-cp313-manylinux_2_28_aarch64.whl
  manylinux fits --platform manylinux_2_17_x86_64 dist/*.whl"""


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = EXAMPLE
    parser.add_argument("wheels", nargs="+", metavar="WHEEL", help="a wheel's name")
    parser.add_argument(
        "--platform",
        default="",
        metavar="TAG",
        help="ask about this target instead of this machine, for the same Python",
    )


def run(arguments: Namespace) -> int:
    """Print a line for each wheel; return 0, 1 if one does not fit, 2 for no wheel."""
    try:
        tag = arguments.platform
        target = named_target(tag) if tag else running_target()
        ranks = Ranks(target.environment, target.module)
        statuses = [_tell(name, ranks) for name in arguments.wheels]
    except (OverrideError, UnknownTargetError) as error:
        sys.stderr.write(f"manylinux: {error}\n")
        return REFUSED
    return max(statuses)


def _tell(path: str, ranks: Ranks) -> int:
    name = path.replace("\\", "/").rpartition("/")[2]
    try:
        wheel = read_filename(name)
    except UnusableError as error:
        sys.stderr.write(f"{path}: {error} (installer.filename.malformed)\n")
        return WRONG
    why = refusal(wheel, running_python_ranks(), ranks)
    if why is None:
        sys.stdout.write(f"{name}: yes, it fits {here(ranks.environment)}\n")
        return 0
    sys.stdout.write(f"{name}: no: {why.reason} ({why.rule})\n")
    return REFUSED
