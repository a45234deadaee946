"""``manylinux fits``: whether wheels may be installed here, or why not."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from manylinux_reference.commands.target import (
    UnknownTargetError,
    named_target,
    running_target,
)
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.reading.wheel.filename import read_filename
from manylinux_reference.rules.installer.choice import running_python_ranks
from manylinux_reference.rules.installer.order import Ranks
from manylinux_reference.rules.installer.override import OverrideError
from manylinux_reference.rules.installer.refusal import here, refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

REFUSED, WRONG = 1, 2
EXAMPLE = """The name of a wheel decides, so the file need not be there.

examples:
  manylinux fits dist/
  manylinux fits numpy-2.3.0-cp313-cp313-manylinux_2_28_aarch64.whl
  manylinux fits --platform manylinux_2_17_x86_64 dist/*.whl"""


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = EXAMPLE
    parser.add_argument(
        "wheels",
        nargs="+",
        metavar="WHEEL",
        help="a wheel's name, or a folder of wheels",
    )
    parser.add_argument(
        "--platform",
        metavar="TAG",
        help="ask about this target instead of this machine, for the same Python",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per line")


def run(arguments: Namespace) -> int:
    """Print a line for each wheel; return 0, 1 if one does not fit, 2 for bad input."""
    tell = _tell_as_json if arguments.json else _tell
    try:
        tag = arguments.platform
        target = running_target() if tag is None else named_target(tag)
        ranks = Ranks(target.environment, target.module)
        statuses = [tell(name, ranks) for name in _wheels(arguments.wheels)]
    except (OverrideError, UnknownTargetError) as error:
        sys.stderr.write(f"manylinux: {error}\n")
        return WRONG if isinstance(error, UnknownTargetError) else REFUSED
    if not statuses:
        sys.stderr.write("manylinux: there is no wheel in the folder\n")
    return max(statuses, default=WRONG)


def _wheels(paths: list[str]) -> Iterator[str]:
    """Yield the names given, and those of the wheels in folders."""
    for path in paths:
        if Path(path).is_dir():
            module = import_module("manylinux_reference.commands.many_wheels")
            yield from module.wheels_below([path])
        else:
            yield path


def _why_not(path: str, ranks: Ranks) -> tuple[int, str, str]:
    """Return the exit status of a wheel, and the reason and rule if it does not fit."""
    try:
        wheel = read_filename(_name(path))
    except UnusableError as error:
        return WRONG, str(error), "installer.filename.malformed"
    why = refusal(wheel, running_python_ranks(), ranks)
    return (REFUSED, why.reason, why.rule) if why else (0, "", "")


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _tell(path: str, ranks: Ranks) -> int:
    status, reason, rule = _why_not(path, ranks)
    if status == WRONG:
        sys.stderr.write(f"{path}: {reason} ({rule})\n")
    elif status == REFUSED:
        sys.stdout.write(f"{_name(path)}: no: {reason} ({rule})\n")
    else:
        place = here(ranks.environment)
        sys.stdout.write(f"{_name(path)}: yes, it fits {place}\n")
    return status


def _tell_as_json(path: str, ranks: Ranks) -> int:
    status, reason, rule = _why_not(path, ranks)
    place = here(ranks.environment)
    said = {"wheel": _name(path), "fits": status == 0, "here": place}
    if status:
        said |= {"reason": reason, "rule": rule}
    sys.stdout.write(import_module("json").dumps(said) + "\n")
    return status
