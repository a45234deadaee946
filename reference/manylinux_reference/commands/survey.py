"""``manylinux survey``: how many wheels keep what their names promise."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DONE, WRONG = 0, 2  # exit statuses

EPILOG = """DIR gets wheels.parquet, findings.parquet, summary.json and report.html.
The same command goes on where it was interrupted; no wheel is judged twice.

examples:
  manylinux survey dist/ --output survey
  manylinux survey addresses.txt --output survey --workers 8
  manylinux survey https://index.example/simple/ --projects top.txt --output survey
  manylinux survey wheels/ --output survey --scheduler tcp://10.0.0.1:8786"""


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = EPILOG
    parser.add_argument(
        "sources", nargs="+", metavar="SOURCE",
        help="a folder of wheels, a file with an address or a path on each line, or "
        "the address of a simple index",
    )  # fmt: skip
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--projects", type=Path, metavar="FILE",
        help="the projects of an index that are wanted, one on each line",
    )  # fmt: skip
    parser.add_argument(
        "--all", action="store_true", dest="everything",
        help="every release of a project, not the newest alone",
    )  # fmt: skip
    parser.add_argument(
        "--no-hashes", action="store_false", dest="hashes",
        help="read ELF files alone to their end, and compare no hashes of RECORD",
    )  # fmt: skip
    parser.add_argument(
        "--workers", type=_positive, default=0, metavar="N",
        help="processes, and so requests, at once (default: one per processor)",
    )  # fmt: skip
    parser.add_argument(
        "--per-second", type=float, default=10.0, metavar="N",
        help="requests that all workers together make at most (default: 10; 0: any)",
    )  # fmt: skip
    parser.add_argument(
        "--seconds", type=_positive, default=300, metavar="N",
        help="a wheel that takes longer is not judged (default: 300)",
    )  # fmt: skip
    parser.add_argument(
        "--scheduler", default="", metavar="ADDRESS",
        help="of a Dask cluster, whose workers judge and can reach the sources",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def run(arguments: Namespace) -> int:
    """Run the survey and say what came of it; return the exit status."""
    try:
        module = import_module("manylinux_survey.survey")
    except ModuleNotFoundError as error:
        hint = "pip install 'manylinux-conformance[survey]'"
        sys.stderr.write(f"manylinux: a survey needs {error.name}; run: {hint}\n")
        return WRONG
    options = vars(arguments)
    names = module.Wanted.__dataclass_fields__
    wanted = {name: options[name] for name in names if name in options}
    try:
        summary = module.survey(module.Wanted(**wanted))
    except module.SurveyError as error:
        sys.stderr.write(f"manylinux: {error}\n")
        return WRONG
    if arguments.json:
        text = (arguments.output / "summary.json").read_text(encoding="utf-8")
        sys.stdout.write(text)
        return DONE
    outcomes = (f"{count:,} {name}" for name, count in summary.outcomes.items())
    sys.stdout.write(f"{summary.wheels:,} wheels: {', '.join(outcomes) or 'none'}\n")
    sys.stdout.write(f"report: {arguments.output / 'report.html'}\n")
    return DONE
