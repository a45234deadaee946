"""Serving: JSON lines in, JSON lines out, one answer for each question.

A question may carry ``answers``, what a system says about itself, and then is
answered for that system instead of the running one; ``module``, the source of a
``_manylinux`` module; and ``mutation``, a rule to be broken for this answer.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import nullcontext
from functools import cache, partial
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING

from manylinux_reference.commands.deciders import deciders
from manylinux_reference.commands.described_target import described_target
from manylinux_reference.commands.questions import BadRequestError, answer, text
from manylinux_reference.commands.target import running_target

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import TextIO

    from manylinux_reference.commands.target import Target

LONGEST_LINE = 1024 * 1024  # characters; a question has a few hundred
EXAMPLE = """example:
  echo '{"ask": "parse", "tag": "manylinux2014_x86_64"}' | manylinux serve"""


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments: there are none."""
    parser.epilog = EXAMPLE


def run(_arguments: Namespace) -> int:
    """Answer standard input line by line until it ends."""
    main()
    return 0


def main() -> None:
    """Answer standard input; what is not UTF-8 in it is a bad question like others.

    Standard output is for answers alone: whatever else a ``_manylinux`` module lets
    write to it, a program that it starts for one, goes to standard error.
    """
    with (
        os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as answers,
        TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace") as lines,
    ):
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        serve(lines, answers)


def serve(questions: TextIO, answers: TextIO) -> None:
    """Write one answer for each question; a bad one is answered with its error."""
    find_target = cache(running_target)
    while line := questions.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            said: dict[str, object] = {"error": "the line is too long"}
            while line and not line.endswith("\n"):
                line = questions.readline(LONGEST_LINE)
        else:
            said = respond(line, find_target)
        answers.write(json.dumps(said) + "\n")
        answers.flush()


def respond(line: str, find_target: Callable[[], Target]) -> dict[str, object]:
    """Return the answer to one line, for the target that it describes or finds."""
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            raise BadRequestError("a question is a JSON object")
        with _mutated(request):
            return _answer(request, find_target)
    except (ValueError, RecursionError) as error:
        return {"error": str(error)}


def _answer(
    request: dict[str, object], find_target: Callable[[], Target]
) -> dict[str, object]:
    match request.get("ask"):
        case "mutations":
            mutants = import_module("manylinux_reference.mutants.mutation")
            return {"mutations": mutants.mutations()}
        case "deciders":
            return {"deciders": deciders()}
    if "answers" in request:
        find_target = partial(described_target, request)
    return answer(request, find_target)


def _mutated(request: dict[str, object]) -> AbstractContextManager[None]:
    """Return a block in which the request's mutation is in force, if it has one."""
    if "mutation" not in request:
        return nullcontext()
    mutants = import_module("manylinux_reference.mutants.mutation")
    block: AbstractContextManager[None] = mutants.mutated(text(request, "mutation"))
    return block


if __name__ == "__main__":
    main()
