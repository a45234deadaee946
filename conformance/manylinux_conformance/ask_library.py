"""Asks a tag library: a process that answers one JSON line for each JSON line.

    answers = ask_library(tool, environment, cases, new_folder, shim=shim)

Each case, filled in for the platform, gets one ``Answer``.  A library that breaks at a
question is started again for the questions after it.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec

from manylinux_conformance.adapters import TagLibrary, fill
from manylinux_conformance.answers import Answer, broken, declined, landed
from manylinux_conformance.askable import why_not
from manylinux_conformance.cases import (
    NOTHING,
    Case,
    Choose,
    Expand,
    Listing,
    Parse,
)
from manylinux_conformance.circumstances import Environment
from manylinux_conformance.probe_projects import Question, filenames
from manylinux_conformance.provide import ProvidedTool
from manylinux_conformance.questions import offers
from manylinux_conformance.running import Ended, run
from manylinux_conformance.verdicts import Verdict
from manylinux_conformance.workplace import Workplace, make_workplace

MOST_BREAKDOWNS = 8  # after so many the remaining questions are not tried any more


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of a library: exactly the keys that its question calls for."""

    choose: str | msgspec.UnsetType | None = msgspec.UNSET
    reason: str = ""  # why none of the candidates is chosen
    valid: bool | None = None
    canonical: str = ""
    arch: str = ""
    tags: tuple[str, ...] | None = None
    refused: str = ""
    declined: str = ""
    error: str = ""


def ask_library(
    tool: ProvidedTool,
    environment: Environment,
    cases: Sequence[Case],
    folder: Path,
    *,
    shim: Path | None = None,
) -> dict[str, Answer]:
    """Return a library's answer to each case."""
    library = tool.adapter.tag_library
    if library is None:
        raise ValueError(f"{tool.adapter.name} is no tag library")
    if unasked := why_not(tool.adapter, environment):
        return {case.id: unasked for case in cases}
    workplace = make_workplace(tool, environment, folder, shim)
    answers: dict[str, Answer] = {}
    breakdowns = 0
    while len(answers) < len(cases) and breakdowns < MOST_BREAKDOWNS:
        left = cases[len(answers) :]
        ended = _start(library, workplace, left)
        for case, line in zip(left, ended.output.splitlines(), strict=False):
            answer = read_reply(case, line)
            if answer is None:
                break
            answers[case.id] = answer
        if len(answers) < len(cases):
            answers[cases[len(answers)].id] = _breakdown(ended)
            breakdowns += 1
    shutil.rmtree(folder)
    reason = f"not asked any more after {MOST_BREAKDOWNS} breakdowns"
    return {case.id: answers.get(case.id, broken(reason)) for case in cases}


def _start(library: TagLibrary, workplace: Workplace, cases: Sequence[Case]) -> Ended:
    variables = {
        name: fill(text, workplace.places) for name, text in library.variables.items()
    }
    return run(
        [fill(argument, workplace.places) for argument in library.command],
        folder=workplace.place("work"),
        variables={**workplace.variables, **variables},
        seconds=library.seconds,
        questions=b"".join(request(case) + b"\n" for case in cases),
    )


def request(case: Case) -> bytes:
    """Return the line that puts a case to a library."""
    match case:
        case Choose():
            names = filenames(Question(case.id, offers(case)))
            asked: dict[str, object] = {"ask": "choose", "offer": tuple(names)}
            if case.target:
                asked["target"] = case.target
        case Parse():
            asked = {"ask": "parse", "tag": case.tag}
        case Expand():
            asked = {"ask": "expand", "set": case.set}
        case Listing():
            asked = {"ask": "listing"}
    return msgspec.json.encode(asked)


def read_reply(case: Case, line: bytes) -> Answer | None:
    """Return what a line answers to a case; None if it is no answer to it."""
    try:
        reply = msgspec.json.decode(line, type=Reply)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if reply.declined or reply.error:
        return declined(reply.declined) if reply.declined else broken(reply.error)
    answer: Answer | None = None
    match case:
        case Choose():
            answer = _choice(case, reply)
        case Parse() if reply.valid is not None:
            answer = Answer(
                None, valid=reply.valid, canonical=reply.canonical, arch=reply.arch
            )
        case Expand() if reply.refused:
            answer = Answer(None, reason=reply.refused)
        case Expand() | Listing() if reply.tags is not None:
            answer = Answer(None, tags=reply.tags)
        case _:
            pass
    return answer


def _choice(case: Choose, reply: Reply) -> Answer | None:
    chosen = reply.choose
    if chosen is None:
        return landed(NOTHING, reply.reason)
    names = filenames(Question(case.id, offers(case)))
    return landed(names[chosen]) if chosen in names else None


def _breakdown(ended: Ended) -> Answer:
    if ended.timed_out:
        return Answer(Verdict.TIMEOUT, reason=ended.crash)
    said = ended.words or "no answer of the right form"
    return broken(ended.crash or f"exit status {ended.status}: {said}")
