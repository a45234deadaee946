"""Answers JSON lines for a tag library: one line out for each line in.

Thin on purpose: a library's script gives a function for each kind of question that the
library has a public function for; everything else is declined.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Request = dict[str, object]
    Reply = dict[str, object]
else:  # old releases are asked on Python 3.7, whose dict has no subscript
    Request = Reply = dict


class Declined(Exception):  # noqa: N818 - an answer, not an error
    """The library has no public function for this; the message says what is missing."""


def serve(*, targets: bool = False, **answers: Callable[[Request], Reply]) -> None:
    """Answer until the input ends.

    ``targets``: the library can be asked for an explicit target.
    ``answers`` maps a kind of question (``choose``, ``parse``, ``expand``, ``listing``)
    to a function that takes the request and returns the reply.
    What a library or a module that it imports prints is no answer: it goes where errors
    go.
    """
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as replies:
        os.dup2(2, 1)
        for line in sys.stdin:
            request = json.loads(line)
            if "target" in request and not targets:
                reason = "has no public function for an explicit target"
                reply: Reply = {"declined": reason}
            else:
                reply = _reply(request, answers)
            replies.write(json.dumps(reply) + "\n")
            replies.flush()


def _reply(request: Request, answers: dict[str, Callable[[Request], Reply]]) -> Reply:
    kind = str(request["ask"])
    if kind not in answers:
        return {"declined": f"has no public function for questions of the kind {kind}"}
    try:
        return answers[kind](request)
    except Declined as reason:
        return {"declined": str(reason)}
    except Exception as error:  # noqa: BLE001 - whatever a library raises is its answer
        said = f"{type(error).__name__}: {error}"
        # A library that raises takes none of the files.
        return {"choose": None, "reason": said} if kind == "choose" else {"error": said}


def offered(request: Request) -> list[str]:
    """Return the file names of a ``choose`` question."""
    names = request["offer"]
    return [str(name) for name in names] if isinstance(names, list) else []
