"""Serving: JSON lines in, JSON lines out, one answer for each question.

A question may carry ``answers``, what a system says about itself, and then is
answered for that system instead of the running one; ``module``, the source of a
``_manylinux`` module; and ``mutation``, a rule to be broken for this answer.
"""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from functools import cache, partial
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from types import NoneType
from typing import TYPE_CHECKING

from manylinux_reference.commands.audit_answer import answer_audit
from manylinux_reference.commands.questions import (
    BadRequestError,
    Place,
    answer,
    text,
)
from manylinux_reference.mutants.mutation import mutated, mutations
from manylinux_reference.reading.system import running_place
from manylinux_reference.rules.installer import override, platform

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable
    from types import ModuleType
    from typing import TextIO

LONGEST_LINE = 1024 * 1024
ANSWERS: dict[str, type | tuple[type, ...]] = {  # a system's answers in JSON
    "platform": str,
    "confstr": (str, NoneType),
    "gnu_get_libc_version": (str, NoneType),
    "opens_main_program": bool,
    "interpreter": str,
}
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
    """Answer standard input; what is not UTF-8 in it is a bad question like others."""
    with TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace") as lines:
        serve(lines, sys.stdout)


def serve(questions: TextIO, answers: TextIO) -> None:
    """Write one answer for each question; a bad one is answered with its error."""
    own_place = cache(running_place)
    while line := questions.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            said: dict[str, object] = {"error": "the line is too long"}
            while line and not line.endswith("\n"):
                line = questions.readline(LONGEST_LINE)
        else:
            said = respond(line, own_place)
        answers.write(json.dumps(said) + "\n")
        answers.flush()


def respond(line: str, own_place: Callable[[], Place]) -> dict[str, object]:
    """Return the answer to one line."""
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            raise BadRequestError("a question is a JSON object")
        if request.get("ask") == "mutations":
            return {"mutations": mutations()}
        told = partial(told_place, request)
        broken = mutated(text(request, "mutation")) if "mutation" in request else None
        with broken or nullcontext():
            if request.get("ask") == "audit":
                return answer_audit(text(request, "wheel"))
            return answer(request, told if "answers" in request else own_place)
    except (ValueError, RecursionError) as error:
        return {"error": str(error)}


def told_place(request: dict[str, object]) -> Place:
    """Return the place that a request describes.

    Raises BadRequestError for a wrong description, OverrideError if its module breaks.
    """
    target = system_answers(request["answers"])
    tool = system_answers(request["tool"]) if "tool" in request else target
    environment = platform.detect(platform.whose(target, tool))
    if "module" not in request:
        return Place(environment)
    at = text(request, "module_at") if "module_at" in request else "target"
    return Place(environment, told_module(text(request, "module"), at))


def system_answers(told: object) -> platform.SystemAnswers:
    """Return the answers of a system as a request tells them.

    Raises BadRequestError for unknown or badly typed ones.
    """
    if not isinstance(told, dict) or "platform" not in told:
        raise BadRequestError("a system's answers are an object with a 'platform'")
    for name, value in told.items():
        if not isinstance(value, ANSWERS.get(name, ())):
            raise BadRequestError(f"{name!r} is no answer of a system")
    header = bytes.fromhex(told.get("interpreter", ""))
    return platform.SystemAnswers(**(told | {"interpreter": header}))


def told_module(source: str, at: str) -> ModuleType | None:
    """Return the module as found on an import path with folders of three kinds.

    Raises OverrideError if the module breaks.
    """
    with TemporaryDirectory() as name:
        folders = {
            place: Path(name, place)
            for place in ("working-directory", "pythonpath", "target")
        }
        if at not in folders:
            raise BadRequestError(f"a module is never found at {at!r}")
        for folder in folders.values():
            folder.mkdir()
        (folders[at] / f"{override.NAME}.py").write_text(source, encoding="utf-8")
        here, variable, target = map(str, folders.values())
        return override.load(
            override.searched((here, variable, target), [here], variable)
        )


if __name__ == "__main__":
    main()
