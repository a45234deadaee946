"""``manylinux gate``: do the rules for indexes and wheels let these files in?"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path

from manylinux_reference.commands.gate.audit import Found, found_in
from manylinux_reference.commands.gate.settings import (
    REFUSE,
    WARN,
    Settings,
    SettingsError,
    pair_of,
    read_settings,
    with_value,
)
from manylinux_reference.commands.many_wheels import wheels_below
from manylinux_reference.commands.reports.remedies import remedy
from manylinux_reference.reading.unusable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Iterator

LET_IN, REFUSED, UNUSABLE = 0, 1, 2  # exit statuses
SERVE = "serve"
EPILOG = """exit status:
  0  every file is let in, perhaps with warnings
  1  one is refused
  2  an argument cannot be used

examples:
  manylinux gate dist/*.whl
  manylinux gate --refuse proposal dist/
  manylinux gate --config gate.toml --json dist/*.whl
  manylinux gate serve --to http://127.0.0.1:8080/ --port 8000"""


@dataclass(slots=True)
class Judgement:
    """What a gate says of one file; ``failed``: why nothing can be said."""

    filename: str
    refused: list[Found] = field(default_factory=list)
    warned: list[Found] = field(default_factory=list)
    failed: str = ""


def judged(
    filename: str, found: Iterable[Found], settings: Settings, today: dt.date
) -> Judgement:
    """Say of a file whether what was found keeps it out."""
    said = Judgement(printable(filename))
    lists = {REFUSE: said.refused, WARN: said.warned}
    project = filename.partition("-")[0]
    for each in found:
        becomes = settings.says(
            project, each.rule, each.basis, advice=each.advice, today=today
        )
        if becomes in lists:
            lists[becomes].append(each)
    return said


def line_of(found: Found, settings: Settings) -> str:
    """Return a reason on one line: rule, file, symbols, remedy, the rule's address."""
    where = f"{found.member}: " if found.member else ""
    symbols = f" ({', '.join(found.symbols)})" if found.symbols else ""
    said = f"{found.rule}: {where}{found.text}{symbols}"
    cure = remedy(found.rule)
    return f"{said}{f' -> {cure}' if cure else ''} [{settings.rules_at}{found.rule}/]"


def today() -> dt.date:
    """Return the date by which exceptions and stages are measured."""
    return dt.datetime.now(tz=dt.UTC).date()


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument(
        "files", nargs="+", metavar="FILE",
        help="a wheel, or a folder of wheels; or the word serve",
    )  # fmt: skip
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML")
    for option, what in (("--refuse", "refuse"), ("--warn", "only warn of")):
        parser.add_argument(
            option, action="append", default=[], metavar="WHAT",
            help=f"{what} what breaks a rule of this basis or pattern; repeatable",
        )  # fmt: skip
    parser.add_argument(
        "--provided-by", action="append", default=[], metavar="PROJECT:LIBRARY",
        help="a needed library that another wheel brings into the process first",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object per file")
    serving = parser.add_argument_group("serve: a proxy in front of an index")
    serving.add_argument("--to", metavar="URL", help="where uploads that pass go")
    serving.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    serving.add_argument("--port", type=int, default=8000, help="default: %(default)s")


def run(arguments: Namespace) -> int:
    """Judge each file, or serve; return the exit status."""
    try:
        settings = _settings(arguments)
    except SettingsError as error:
        return _unusable(str(error))
    if arguments.files == [SERVE]:
        if not arguments.to:
            return _unusable("serve needs --to URL, the index behind the gate")
        if not hasattr(os, "fork"):
            return _unusable("serve needs a system that forks processes")
        serve = import_module("manylinux_reference.commands.gate.proxy").serve
        return int(serve(arguments.to, arguments.host, arguments.port, settings))
    if arguments.to:
        return _unusable("--to goes with the word serve, in the place of files")
    return _judge(arguments, settings)


def _judge(arguments: Namespace, settings: Settings) -> int:
    paths = list(wheels_below(arguments.files))
    if not paths:
        return _unusable("there is no wheel in the folder")
    pairs = [pair_of(each) for each in settings.provided_by]
    worst = LET_IN
    for path in paths:
        filename = path.rpartition("/")[2]
        said = judged(filename, found_in(path, pairs), settings, today())
        shown = _json(said) if arguments.json else "\n".join(_lines(said, settings))
        sys.stdout.write(f"{shown}\n")
        worst = max(worst, REFUSED if said.refused else LET_IN)
    return worst


def _unusable(reason: str) -> int:
    sys.stderr.write(f"manylinux: {reason}\n")
    return UNUSABLE


def _settings(arguments: Namespace) -> Settings:
    settings = read_settings(arguments.config) if arguments.config else Settings()
    for option in ("refuse", "warn", "provided_by"):
        more = tuple(getattr(arguments, option))
        settings = with_value(settings, option, (*getattr(settings, option), *more))
    for each in settings.provided_by:
        pair_of(each)
    return settings


def _lines(said: Judgement, settings: Settings) -> Iterator[str]:
    yield f"{said.filename}: {'refused' if said.refused else 'let in'}"
    yield from (f"  {line_of(each, settings)}" for each in said.refused)
    yield from (f"  warning: {line_of(each, settings)}" for each in said.warned)


def _json(said: Judgement) -> str:
    return json.dumps({"let_in": not said.refused, **asdict(said)})
