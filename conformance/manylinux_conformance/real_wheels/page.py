"""The page about real wheels: each opinion, and who is right where they differ."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from manylinux_spec.input_files import read_toml

from manylinux_conformance.loader.soundness import LoaderAnswer, LoadOutcome
from manylinux_conformance.real_wheels.audits import Audited, Opinion
from manylinux_conformance.real_wheels.files import RealWheel

INTRODUCTION = """# Real wheels

Wheels of the package index, audited by the reference and by the newest auditwheel.
glibc's own loader says for each claimed level whether the files resolve there.
They are chosen for variety, and no rule is graded by them.

*holds*: every claim is true; *with objections*: only proposals speak against it.
*oldest*: the oldest level that would hold.
*loads*, *refused*: the loader's word, on libraries, versions and symbols alone.

The page is written by `nox -s real-wheels -- --report docs/evidence`.
""".splitlines()


class Right(enum.StrEnum):
    """Whose opinion is right by the rules of this specification."""

    REFERENCE = "reference"
    AUDITWHEEL = "auditwheel"
    NEITHER = "neither"
    EITHER = "either"  # they answer different questions


class Difference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One wheel on which opinions differ: who is right, and why."""

    wheel: str
    right: Right
    why: str


class Unpublished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of wheel that reports speak of, and why no published one is listed."""

    kind: str
    why: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    difference: tuple[Difference, ...] = ()
    unpublished: tuple[Unpublished, ...] = ()


def read_differences(folder: Path) -> tuple[Difference, ...]:
    """Read ``explained.toml``; raises InputError if it is malformed."""
    return read_toml(folder / "explained.toml", _File).difference


def read_unpublished(folder: Path) -> tuple[Unpublished, ...]:
    """Read the other table of ``explained.toml``; raises InputError likewise."""
    return read_toml(folder / "explained.toml", _File).unpublished


def render(
    audited: Sequence[Audited],
    explained: Sequence[Difference],
    wheels: Sequence[RealWheel],
    unpublished: Sequence[Unpublished] = (),
) -> str:
    """Return the page as Markdown; no clock and no path is in it."""
    page = [*_lines(audited, explained, wheels), *_missing(unpublished)]
    return "\n".join(page).rstrip("\n") + "\n"


def _lines(
    audited: Sequence[Audited],
    explained: Sequence[Difference],
    wheels: Sequence[RealWheel],
) -> Iterator[str]:
    why = {wheel.file: wheel.why for wheel in wheels}
    yield from INTRODUCTION
    yield ""
    yield "| wheel | chosen because | reference | auditwheel | loader |"
    yield "|---|---|---|---|---|"
    for each in audited:
        cells = (f"`{each.file}`", why.get(each.file, ""))
        asked = (each.reference, each.auditwheel)
        opinions = (_words(one) if each.claims else "no claim" for one in asked)
        yield f"| {' | '.join((*cells, *opinions, _loader(each.loader)))} |"
    yield ""
    yield "## Where they differ"
    yield ""
    differing = {each.file: each for each in audited if each.differs}
    for entry in explained:
        if entry.wheel in differing:
            yield from _explanation(entry, differing[entry.wheel])


def _missing(unpublished: Sequence[Unpublished]) -> Iterator[str]:
    if unpublished:
        yield from ("## What no published wheel shows", "")
        yield from ("| kind | why none is in the list |", "|---|---|")
        yield from (f"| {each.kind} | {each.why} |" for each in unpublished)


def _words(opinion: Opinion) -> str:
    if opinion.conforms or opinion.objected:
        holds = "holds with objections" if opinion.objected else "holds"
        return f"{holds}, oldest {opinion.oldest or 'unknown'}"
    return f"false, oldest {opinion.oldest}" if opinion.oldest else "false"


def _loader(answers: Sequence[LoaderAnswer]) -> str:
    words = (f"{each.level}: {each.outcome}" for each in answers)
    return ", ".join(words) or "not asked"


def _explanation(entry: Difference, audited: Audited) -> Iterator[str]:
    yield f"### `{entry.wheel}`"
    yield ""
    yield f"Right: {entry.right}."
    yield entry.why
    yield ""
    yield f"- reference: {_words(audited.reference)}. {audited.reference.why}".rstrip()
    yield f"- auditwheel: {_words(audited.auditwheel)}. {audited.auditwheel.why}"
    for answer in audited.loader:
        grounds = "; ".join(answer.grounds[:3])
        said = f"- loader on {answer.level}: {answer.outcome}"
        yield said if answer.outcome is LoadOutcome.LOADS else f"{said}: {grounds}"
    yield ""
