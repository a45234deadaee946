"""The protocol of tag libraries: one JSON line asks, one JSON line answers."""

from __future__ import annotations

import msgspec

from manylinux_conformance.asking.probe_projects import Question, filenames
from manylinux_conformance.judging.answers import Answer, broken, declined, landed
from manylinux_conformance.suite.cases import (
    NOTHING,
    Case,
    Choose,
    Expand,
    Listing,
    Parse,
)
from manylinux_conformance.suite.placeholders import offers


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of a library: exactly the keys that its question calls for.

    ``choose`` is one of the offered file names, or None for none of them.
    ``declined``: the library has no function for this.  ``error``: it broke.
    """

    choose: str | msgspec.UnsetType | None = msgspec.UNSET
    reason: str = ""  # why none of the candidates is chosen
    valid: bool | None = None
    canonical: str = ""
    arch: str = ""
    tags: tuple[str, ...] | None = None
    refused: str = ""
    declined: str = ""
    error: str = ""


def request(case: Case, prefix: str) -> bytes:
    """Return the line that puts a case; ``prefix`` is as of a probe project."""
    match case:
        case Choose():
            names = filenames(Question(case.id, offers(case)), prefix)
            asked: dict[str, object] = {"ask": "choose", "offer": tuple(names)}
            if case.target:
                asked["target"] = case.target
        case Parse():
            asked = {"ask": "parse", "tag": case.tag}
        case Expand():
            asked = {"ask": "expand", "set": case.set}
        case Listing():
            asked = {"ask": "listing"}
    return msgspec.json.encode(asked) + b"\n"


def read_reply(case: Case, prefix: str, line: bytes) -> Answer | None:
    """Return what a line answers to a case; None if it is no answer to it."""
    try:
        reply = msgspec.json.decode(line, type=Reply)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if reply.declined or reply.error:
        return declined(reply.declined) if reply.declined else broken(reply.error)
    return _answer(case, prefix, reply)


def _answer(case: Case, prefix: str, reply: Reply) -> Answer | None:
    match case:
        case Choose() if reply.choose is None:
            return landed(NOTHING, reply.reason)
        case Choose():
            names = filenames(Question(case.id, offers(case)), prefix)
            tag = names.get(str(reply.choose))
            return None if tag is None else landed(tag)
        case Parse() if reply.valid is not None:
            canonical, arch = reply.canonical, reply.arch
            return Answer(None, valid=reply.valid, canonical=canonical, arch=arch)
        case Expand() if reply.refused:
            return Answer(None, reason=reply.refused)
        case Expand() | Listing() if reply.tags is not None:
            return Answer(None, tags=reply.tags)
    return None
