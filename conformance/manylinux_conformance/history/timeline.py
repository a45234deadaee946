"""The time line: when each part of the ecosystem came to a tag, and how late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from manylinux_spec.input_files import read_toml

from manylinux_conformance.history.answers import Answers
from manylinux_conformance.history.controls import LEVELS
from manylinux_conformance.history.milestones import (
    Milestone,
    architecture_since,
    claims_since,
    level_since,
)
from manylinux_conformance.results.verdicts import Role

DAYS_OF_A_MONTH = 365.2425 / 12
MIDDLE = 15  # of a month, where the source has no day
STAGES = {
    "glibc": "glibc tagged",
    "proposed": "PEP proposed",
    "accepted": "PEP accepted",
    "index": "index takes it",
    "library": "tag library",
    "installer": "installer",
    "auditor": "auditor",
    "image": "build image",
    "base_ends": "base distribution ends",
    "image_ends": "build image ends",
}
ASKED = {"installer": "pip", "library": "packaging", "auditor": "auditwheel"}


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that happened on a day or in a month.

    ``release`` is the release that brought it, ``words`` what else is known of the day.
    An event without a ``source`` was measured here.
    """

    day: str
    source: str = ""
    release: str = ""
    words: str = ""

    @property
    def date(self) -> dt.date:
        """The day, or the middle of the month."""
        year, month, *day = map(int, self.day.split("-"))
        return dt.date(year, month, day[0] if day else MIDDLE)


class Tag(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A tag, or all perennial ones, with the events that are written down."""

    name: str
    base: str
    proposed: Event
    accepted: Event
    index: Event | None = None
    auditor: Event | None = None
    image: Event | None = None
    base_ends: Event | None = None
    image_ends: Event | None = None


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A level that no legacy tag has; it is there when glibc is."""

    name: str
    glibc: Event
    auditor: Event | None = None
    image: Event | None = None


class NewArchitecture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An architecture that came after the perennial tag."""

    name: str
    index: Event | None = None
    auditor: Event | None = None
    image: Event | None = None


class Timeline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is written down; what was measured is in the answers.

    The last tag is the perennial one.
    """

    tag: tuple[Tag, ...]
    level: tuple[Level, ...] = ()
    architecture: tuple[NewArchitecture, ...] = ()

    @property
    def perennial(self) -> Tag:
        """The tag that every level and every new architecture belongs to."""
        return self.tag[-1]


@dataclass(frozen=True, slots=True)
class Stage:
    """An event, and how many months it came after what it had to wait for.

    That is the acceptance of a tag, the begin of a level, and of an architecture the
    same event of the perennial tag.
    """

    key: str
    event: Event
    months: int


def read_timeline(path: Path) -> Timeline:
    """Read the events; raises InputError if the file cannot be used."""
    return read_toml(path, Timeline)


def stages(tag: Tag, tools: Mapping[str, Answers]) -> dict[str, Stage]:
    """Return the events of a tag, those that were measured among them."""
    events = _written(tag) | dict(_measured(tag.name, tools))
    return {
        key: Stage(key, event, months(tag.accepted, event))
        for key, event in events.items()
    }


def level_stages(
    level: Level, accepted: Event, tools: Mapping[str, Answers]
) -> dict[str, Stage]:
    """Return the events of a level; what was ready before it waited for no month.

    It begins with its glibc, or with the acceptance of the perennial tag after that.
    """
    begin = max(level.glibc, accepted, key=lambda event: event.date)
    measured = dict(_measured(level.name, tools))
    events = _written(level) | {
        key: measured[key] for key in ("installer", "auditor") if key in measured
    }
    return {
        key: Stage(key, event, max(0, months(begin, event)))
        for key, event in events.items()
    }


def architecture_stages(
    arch: NewArchitecture, perennial: Mapping[str, Stage], tools: Mapping[str, Answers]
) -> dict[str, Stage]:
    """Return the events of an architecture after the same ones of the perennial tag."""
    events = _written(arch)
    pip = tools.get(ASKED["installer"])
    found = architecture_since(pip, arch.name) if pip else None
    if measured := measured_event(ASKED["installer"], found):
        events["installer"] = measured
    return {
        key: Stage(key, event, months(perennial[key].event, event))
        for key, event in events.items()
        if key in perennial
    }


def _written(entry: Tag | Level | NewArchitecture) -> dict[str, Event]:
    found = ((key, getattr(entry, key, None)) for key in STAGES)
    return {key: event for key, event in found if event is not None}


def _measured(name: str, tools: Mapping[str, Answers]) -> Iterator[tuple[str, Event]]:
    for key, tool in ASKED.items():
        answers = tools.get(tool)
        found = _since(answers, name) if answers else None
        event = measured_event(tool, found, is_first=key == "installer")
        if event:
            yield key, event


def _since(answers: Answers, name: str) -> Milestone | None:
    """Return since when a tag is taken, or by an auditor confirmed."""
    if answers.header.role is Role.AUDITOR:
        return claims_since(answers).get(LEVELS.get(name, name))
    return level_since(answers, name)


def measured_event(
    tool: str, found: Milestone | None, *, is_first: bool = False
) -> Event | None:
    """Return a milestone as an event, None if nothing tells its day.

    Nor does it while a release before it has still to be asked.  The first release that
    was asked says nothing about those before it, but for a tool whose ``is_first``
    release with any manylinux tag it is.
    """
    if found is None or found.unasked or not found.release.day:
        return None
    if not (found.before or is_first):
        return None
    before = f"not yet in {found.before.version}" if found.before else ""
    release = f"{tool} {found.release.version}"
    return Event(day=found.release.day, release=release, words=before)


def months(since: Event, until: Event) -> int:
    """Return how many months an event came after another; less than none: before."""
    return round((until.date - since.date).days / DAYS_OF_A_MONTH)


def span_of(days: Sequence[dt.date]) -> tuple[int, int]:
    """Return the years within which all days are."""
    return min(days).year, max(days).year + 1
