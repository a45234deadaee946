"""``manylinux audit`` and ``manylinux check``: which claims of wheels hold."""

from __future__ import annotations

import sys
from importlib import import_module
from io import TextIOWrapper

from manylinux_reference.commands.many_wheels import audits, wheels_below
from manylinux_reference.commands.reports.report_text import lines
from manylinux_reference.rules.wheel.audit import ALL_HOLD, UNUSABLE, exit_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Iterable, Iterator

    from manylinux_reference.rules.findings import Report

    Shown = Callable[..., Iterable[str]]  # of a report, and whether to be brief

EPILOG = """exit status:
  0  done; for check: every claim holds, perhaps with objections, or on conditions
     that --provided-by names
  1  check only: a claim is false, holds on another condition, or is about no ELF file
  2  a wheel cannot be used or judged, or an argument cannot be used

examples:
  manylinux audit dist/
  manylinux check dist/*.whl
  manylinux audit --json numpy-2.1.3-*.whl
  manylinux check --provided-by 'torch:libtorch*.so' dist/*.whl"""


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument(
        "wheels", nargs="+", metavar="WHEEL", help="a wheel, or a folder of wheels"
    )
    parser.add_argument("--json", action="store_true", help="one JSON report per line")
    parser.add_argument(
        "--provided-by", action="append", default=[], type=_provided,
        metavar="PROJECT:LIBRARY",
        help="a needed library that another wheel brings into the process first, or "
        "this one by itself; * in its name stands for anything; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--no-hashes", action="store_false", dest="hashes",
        help="read ELF files alone to their end, and compare no hashes of RECORD",
    )  # fmt: skip
    parser.add_argument(
        "--jobs", type=int, default=0, metavar="N",
        help="processes at once (default: one per processor)",
    )  # fmt: skip


def _provided(text: str) -> tuple[str, str]:
    project, colon, library = text.partition(":")
    if not (project and colon and library) or "/" in library:
        raise ValueError(text)
    return project, library


def run(arguments: Namespace | Plain) -> int:
    """Report on each wheel in the order given; return the exit status."""
    if arguments.json:
        line = import_module("manylinux_reference.commands.reports.report_json").line
        return _report(arguments, lambda report, **_: [line(report)])
    return _report(arguments, lines)


def run_plainly(words: list[str]) -> int:
    """Run a command line of paths, and --no-hashes, as argparse would have read it."""
    command, *rest = words
    wheels = [word for word in rest if word[:1] != "-"]
    if not wheels:
        sys.stderr.write(
            f"usage: manylinux {command} [--json] [--jobs N] "
            "[--provided-by PROJECT:LIBRARY] WHEEL ...\n"
        )
        return UNUSABLE
    return run(Plain(command, wheels, hashes=wheels == rest))


class Plain:
    """Arguments without options."""

    json = False
    jobs = 0
    provided_by = ()

    def __init__(self, command: str, wheels: list[str], *, hashes: bool) -> None:
        self.command = command
        self.wheels = wheels
        self.hashes = hashes


def _report(arguments: Namespace | Plain, shown: Shown) -> int:
    checking = arguments.command == "check"
    if isinstance(sys.stdout, TextIOWrapper):  # a terminal may know ASCII alone
        sys.stdout.reconfigure(errors="backslashreplace")
    paths = list(wheels_below(arguments.wheels))
    if not paths:
        sys.stderr.write("manylinux: there is no wheel in the folder\n")
        return UNUSABLE
    worst = ALL_HOLD
    for report in _with_progress(
        audits(
            paths, arguments.provided_by, jobs=arguments.jobs, hashes=arguments.hashes
        ),
        len(paths),
    ):
        sys.stdout.writelines(f"{line}\n" for line in shown(report, brief=checking))
        sys.stdout.flush()
        worst = max(worst, exit_status(report, checking=checking))
    return worst


def _with_progress(reports: Iterator[Report], total: int) -> Iterator[Report]:
    """Show on a terminal how far the audit of several wheels is."""
    visible = total > 1 and sys.stderr is not None and sys.stderr.isatty()
    for number, report in enumerate(reports, 1):
        if visible:
            sys.stderr.write("\r\033[K")
        yield report
        if visible and number < total:
            sys.stderr.write(f"\r{number} of {total} wheels")
            sys.stderr.flush()
