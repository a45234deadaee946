"""What an index on file would make of a file name: what it made of its like."""

from __future__ import annotations

import enum
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from manylinux_spec.aliases import aliases
from manylinux_spec.architectures import architectures

from manylinux_conformance.errors import InputError
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.questions.upload import (
    Archive,
    Became,
    Examines,
    Look,
    Send,
    Upload,
)
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict

PERENNIAL = re.compile(r"manylinux_([0-9]+)_([0-9]+)_(\w+)", re.ASCII)
LINUX = re.compile(r"linux_(\w+)", re.ASCII)
FIRST_MINOR = 5  # of the glibc of manylinux1
LAST_MINOR = 99  # far behind every release of the next decades
SHOWN = 3  # rules, before the rest is only counted
LONGEST_NAME = 255  # bytes of a file's name on most file systems
LONGEST_SHOWN = 300  # characters of what is no name
NAME = re.compile(r"[^-/]+-[^-/]+(?:-[0-9][^-/]*)?-[^-/]+-[^-/]+-([^-/]+)\.whl")


class Kind(enum.StrEnum):
    """What a platform tag is, as far as indexes may treat it differently."""

    LEGACY = "the legacy tag {tag}"
    PERENNIAL = "a perennial tag of {arch}"
    CAPITALS = "a tag with capitals"
    ZERO = "a tag with a zero in front of a number"
    IMPLAUSIBLE = "a perennial tag with a glibc that no system has"
    ARCHITECTURE = "a perennial tag of an architecture that this specification lacks"
    NON_TAG = "a word that begins like a manylinux tag and is none"
    LINUX = "the tag linux_{arch}"
    EMPTY = "a set with an empty member"
    GOOD_SET = "a set of manylinux tags"
    UNSORTED = "a set of manylinux tags that is not sorted"
    OTHER = "a tag of another system"


GOOD = frozenset((Kind.LEGACY, Kind.PERENNIAL, Kind.CAPITALS))


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a recorded index would make of a name; ``became`` is None if not known.

    ``why`` says what it rests on: the kind of name and the rules of the answers.
    """

    filename: str
    became: Became | None
    why: str


def foretold(filename: str, evidence: Mapping[str, Evidence]) -> Foretold:
    """Say what an index would make of a file name, by its answers on file.

    Raises InputError if it is no wheel's file name.
    """
    found = NAME.fullmatch(filename)
    is_short = len(filename.encode(errors="surrogateescape")) <= LONGEST_NAME
    if found is None or not is_short or not filename.isprintable():
        shown = filename if filename.isprintable() else ascii(filename)[1:-1]
        raise InputError(shown[:LONGEST_SHOWN], "is no file name of a wheel")
    reasons = []
    for kind in kinds(found[1]):
        known = evidence.get(kind)
        became = known.became if known else None
        if known is None or became is None:
            said = known.why if known else "nothing of that kind is on file"
            return Foretold(filename, None, f"{kind}: {said}")
        reasons.append(f"{kind} is {became} ({known.why})")
        if became is Became.REFUSED:
            return Foretold(filename, became, reasons[-1])
    return Foretold(filename, Became.ACCEPTED, "; ".join(reasons))


def kinds(platforms: str) -> Iterator[str]:
    """Yield of which kinds a set of platform tags is: as a set, and each member.

    What an index makes of a member in a set may be another thing than of it alone.
    """
    members = platforms.split(".")
    each = [_kind(member) for member in members if member]
    if len(members) > len(each):
        yield Kind.EMPTY
    elif len(each) > 1 and all(kind in GOOD for kind, _ in each):
        yield Kind.GOOD_SET if members == sorted(members) else Kind.UNSORTED
    for kind, words in each:
        yield words if kind in GOOD or len(each) == 1 else f"a set with {words}"


def _kind(member: str) -> tuple[Kind, str]:
    tag = member.lower()
    kind, arch = _of_tag(tag)
    if tag != member and kind in {Kind.LEGACY, Kind.PERENNIAL}:
        kind = Kind.CAPITALS
    return kind, kind.format(tag=tag, arch=arch)


def _of_tag(tag: str) -> tuple[Kind, str]:
    if any(each.legacy == tag for each in aliases()):
        return Kind.LEGACY, ""
    if found := PERENNIAL.fullmatch(tag):
        return _of_perennial(*found.groups())
    if tag.startswith("manylinux"):
        return Kind.NON_TAG, ""
    found = LINUX.fullmatch(tag)
    return (Kind.LINUX, found[1]) if found else (Kind.OTHER, "")


def _of_perennial(major: str, minor: str, arch: str) -> tuple[Kind, str]:
    if arch not in architectures():
        return Kind.ARCHITECTURE, arch
    if any(len(each) > 1 and each[0] == "0" for each in (major, minor)):
        return Kind.ZERO, arch
    is_plausible = major == "2" and FIRST_MINOR <= int(minor[:9]) <= LAST_MINOR
    return (Kind.PERENNIAL if is_plausible else Kind.IMPLAUSIBLE), arch


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an index made of all recorded names of one kind; None if not always that."""

    became: Became | None
    why: str


def evidence_of(
    cases: Iterable[AnyCase], results: Iterable[Result]
) -> dict[str, Evidence]:
    """Return what the answers of an index on file bear out, by kinds of names."""
    answers = {(each.case, each.arch): each for each in results}
    groups: dict[str, list[Result]] = defaultdict(list)
    for case in cases:
        if not isinstance(case, Upload) or not _is_about_its_name(case):
            continue
        for question in case.each_arch():
            if result := answers.get((question.id, question.arch)):
                groups[_whole(question.tag)].append(result)
    return {kind: _evidence(found) for kind, found in groups.items()}


def _whole(platforms: str) -> str:
    """Return of which kind a name is for which there is an answer."""
    found = list(kinds(platforms))
    return next((each for each in found if each.startswith("a set")), found[0])


def _is_about_its_name(case: Upload) -> bool:
    """Return whether nothing but the file name decides what becomes of an upload."""
    return (
        case.examines in {Examines.TAGS, Examines.NAME}
        and (case.archive, case.send, case.look)
        == (Archive.SOUND, Send.WHOLE, Look.LISTED)
        and case.right_digest
        and not (case.after or case.wheel or case.fixture)
    )


def _evidence(results: Iterable[Result]) -> Evidence:
    found = list(results)
    graded = [each for each in found if each.verdict in {Verdict.PASS, Verdict.FAIL}]
    if not graded:
        return Evidence(None, next((each.reason for each in found), "not asked"))
    names = sorted({each.rule for each in graded})
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    rules = ", ".join(names[:SHOWN]) + more
    became = {each.answer for each in graded}
    for one in (Became.ACCEPTED, Became.REFUSED):
        if became == {one}:
            return Evidence(one, rules)
    return Evidence(None, f"its answers differ, under {rules}")
