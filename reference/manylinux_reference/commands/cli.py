"""The ``manylinux`` command: names its subcommands and loads only the one asked for."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser

WRONG, INTERRUPTED = 2, 130  # exit statuses; the second is a shell's for SIGINT
YOUNG = 20_000  # objects: an audit makes many and no garbage in circles
COMMANDS = {  # name: module with configure(parser) and run(arguments), what it does
    "tags": ("tags", "print the platform tags that fit here, best first"),
    "fits": ("fits", "say whether wheels fit here, and why not"),
    "install": ("install", "install pure wheels from a folder"),
    "audit": ("audit", "say which manylinux tags a wheel deserves, and why"),
    "check": ("audit", "say whether a wheel keeps what its name promises"),
    "survey": ("survey", "judge the wheels of folders, lists and indexes"),
    "gate": (
        "gate.command",
        "let wheels into an index, or keep them out",
    ),
    "serve": ("serve", "answer questions as JSON lines on standard input"),
}
EPILOG = """examples:
  manylinux tags
  manylinux fits dist/*.whl
  manylinux check dist/*.whl
  manylinux install --help"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return 0, 1 for a refusal or 2 for a wrong command.

    2 as well if the output cannot be written, and 130 after Ctrl-C.
    """
    if arguments is not None:
        return _run(arguments)
    gc.set_threshold(YOUNG)
    if sys.stdout is None:
        return _end("there is no output to write to", WRONG)
    try:
        status = _run(sys.argv[1:])
    except KeyboardInterrupt:
        status = _end("interrupted", INTERRUPTED)
    except OSError as error:
        status = _end(f"the output cannot be written: {error.strerror}", WRONG)
    gc.freeze()  # the process ends; looking for garbage costs a tenth of a small audit
    return status


def _end(reason: str, status: int) -> int:
    """Say in one line why the command ends, and write nothing after it."""
    try:
        sys.stderr.write(f"manylinux: {reason}\n")
        # What is left in the buffer would be written at exit, and fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (AttributeError, OSError, ValueError):  # one of the two is closed
        return status
    return status


def _run(words: list[str]) -> int:
    options = [word for word in words if word[:1] == "-" and word != "--no-hashes"]
    if words[:1] in (["audit"], ["check"]) and not options:
        # Nothing for argparse to do, which would cost as much as a small wheel.
        audit_command = import_module("manylinux_reference.commands.audit")
        return int(audit_command.run_plainly(words))
    parser = _parser(words)
    parsed = parser.parse_args(words)
    return int(parsed.run(parsed))


def _parser(words: list[str]) -> ArgumentParser:
    argparse = import_module("argparse")
    parser: ArgumentParser = argparse.ArgumentParser(
        prog="manylinux",
        description="The manylinux rules, applied to this machine and to wheels.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, about) in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=about,
            description=about[0].upper() + about[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name in words[:1]:
            loaded = import_module(f"manylinux_reference.commands.{module}")
            loaded.configure(command)
            command.set_defaults(run=loaded.run)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
