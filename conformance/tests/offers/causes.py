"""Known causes: how a tool reads file names otherwise than the rules do."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec
from manylinux_spec.input_files import read_toml
from tests.offers.generate import Offer

Answers = list[str | None]
Ask = Callable[[Sequence[Offer]], Answers]

FILE = Path(__file__).with_name("causes.toml")


class Cause(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that tools do differently, as a change of the names that they read.

    ``member`` is a pattern of one platform tag of a set, ``file`` one of a whole file
    name; what matches is read as ``reads`` says, and a file read as nothing is passed
    over.  ``rule`` is the rule that decides otherwise, ``why`` says what happens.
    """

    id: str
    tools: tuple[str, ...]
    rule: str
    why: str
    reads: str
    member: str = ""
    file: str = ""

    def read(self, name: str) -> str:
        """Return a file name as the tools read it."""
        if self.file:
            return re.sub(self.file, self.reads, name)
        before, hyphen, platforms = name.removesuffix(".whl").rpartition("-")
        members = (self._member(member) for member in platforms.split("."))
        return f"{before}{hyphen}{'.'.join(members)}.whl"

    def _member(self, member: str) -> str:
        found = re.fullmatch(self.member, member)
        return found.expand(self.reads) if found else member


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cause: tuple[Cause, ...]


def read_causes() -> tuple[Cause, ...]:
    """Return the causes on file, in the order in which they apply."""
    return read_toml(FILE, _File).cause


def unpredicted(
    ask: Ask, offers: Sequence[Offer], answers: Answers, causes: Collection[Cause]
) -> set[int]:
    """Return the offers of which a tool took another file than its causes predict.

    ``ask`` asks what follows the rules.  Of equally good files any may be taken.
    """
    reads = [_as_read(offer, causes) for offer in offers]
    predicted = ask(
        [
            Offer(offer.project, tuple(sorted({*names.values()} - {""})))
            for offer, names in zip(offers, reads, strict=True)
        ]
    )
    taken = [
        names.get(answer or "") for names, answer in zip(reads, answers, strict=True)
    ]
    moved = [
        number
        for number, (one, other) in enumerate(zip(predicted, taken, strict=True))
        if one != other
    ]
    pairs = [(predicted[number], taken[number]) for number in moved]
    equal = _are_equally_good(ask, pairs)
    return {number for number, same in zip(moved, equal, strict=True) if not same}


def _as_read(offer: Offer, causes: Collection[Cause]) -> dict[str, str]:
    """Return the name under which a tool reads each file of an offer."""
    names = {}
    for file in offer.files:
        names[file] = file
        for cause in causes:
            names[file] = cause.read(names[file])
    return names


def _are_equally_good(
    ask: Ask, pairs: Sequence[tuple[str | None, str | None]]
) -> list[bool]:
    """Return whether the second file of each pair is as good as the first, the best.

    Of two equally good files the first by name is chosen, and an upper-case letter in
    a project's name changes nothing else.
    """
    offers = [
        Offer(
            "", tuple(filter(None, (best, (other or "").replace("offer", "Offer", 1))))
        )
        for best, other in pairs
    ]
    chosen = ask(offers)
    return [
        bool(best and other and name != best)
        for (best, other), name in zip(pairs, chosen, strict=True)
    ]


def needed(
    ask: Ask, offers: Sequence[Offer], answers: Answers, causes: Collection[Cause]
) -> dict[str, int]:
    """Return of how many answers each cause is needed to predict them."""
    found = {}
    for cause in causes:
        touched = [
            number
            for number, offer in enumerate(offers)
            if any(cause.read(file) != file for file in offer.files)
        ]
        without = [each for each in causes if each is not cause]
        some, said = [offers[n] for n in touched], [answers[n] for n in touched]
        found[cause.id] = len(unpredicted(ask, some, said, without))
    return found
