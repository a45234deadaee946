"""Writes what the soundness check found, as JSON and as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from manylinux_conformance.loader.soundness import (
    LoaderAnswer,
    LoadOutcome,
    SoundnessReport,
)

INTRODUCTION = (
    "# What glibc's loader says about the corpus",
    "",
    (
        "glibc's own loader binds each fixture wheel against libraries that export "
        "exactly the symbols of one glibc release."
    ),
    "Where the loader is not for the machine's own architecture, QEMU runs it.",
    (
        "What the rules accept, the loader has to accept at the claimed level: "
        "anything else is an error of the rules."
    ),
    "What the rules refuse and the loader accepts is policy, which no loader knows.",
    "",
    "The page is written by `nox -s loader`.",
)


def write_soundness_report(
    report: SoundnessReport, folder: Path, reasons: Mapping[str, str]
) -> None:
    """Write ``loader.json`` and ``loader.md`` into a folder.

    ``reasons`` maps a rule to why it refuses what a loader accepts.
    """
    document = msgspec.json.format(msgspec.json.encode(report), indent=1)
    (folder / "loader.json").write_bytes(document + b"\n")
    text = "\n".join(page_lines(report, reasons))
    (folder / "loader.md").write_text(text + "\n", encoding="utf-8")


def page_lines(report: SoundnessReport, reasons: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the page; paths and clocks are in none of them."""
    yield from INTRODUCTION
    yield ""
    yield from _counts(report)
    yield from _unsound(report.unsound)
    yield from _stricter(report.stricter, reasons)
    yield from _not_judged(report)
    yield from _spared(report)


def _counts(report: SoundnessReport) -> Iterator[str]:
    yield "| architecture | claims | agreed | sharp | unsound | stricter | not judged |"
    yield "|---|---|---|---|---|---|---|"
    for arch in sorted({each.arch for each in report.answers}):
        own = [each for each in report.answers if each.arch == arch]
        agreed = sum(_agrees(each) for each in own)
        sharp = sum(_agrees(each) and _sharp(each) for each in own)
        unsound = sum(each in report.unsound for each in own)
        stricter = sum(each in report.stricter for each in own)
        rest = sum(each.outcome is LoadOutcome.NOT_JUDGED for each in own)
        cells = (arch, len(own), agreed, sharp, unsound, stricter, rest)
        yield f"| {' | '.join(map(str, cells))} |"
    for arch, reason in sorted(report.not_run.items()):
        yield f"| {arch} | not run: {reason} | | | | | |"
    yield ""
    yield "*Agreed*: the rules accept and the loader loads, or both refuse."
    yield (
        "*Sharp*, a part of *agreed*: the rules accept, and the loader refuses one "
        "release below."
    )
    yield "*Unsound*: the rules accept, and the loader refuses."
    yield "*Stricter*: the rules refuse, and the loader loads."
    yield "*Not judged*: the loader cannot answer; the reasons are below."
    yield "All but *sharp* add up to the claims."
    yield ""


def _agrees(answer: LoaderAnswer) -> bool:
    wanted = LoadOutcome.LOADS if answer.accepted else LoadOutcome.REFUSED
    return answer.outcome is wanted


def _sharp(answer: LoaderAnswer) -> bool:
    return answer.accepted and answer.below is LoadOutcome.REFUSED


def _unsound(answers: list[LoaderAnswer]) -> Iterator[str]:
    yield "## Accepted by the rules, refused by the loader"
    yield ""
    for each in answers:
        yield f"- `{each.id}` at {each.level}: {'; '.join(each.grounds)}"
    yield from [] if answers else ["None."]
    yield ""


def _stricter(answers: list[LoaderAnswer], reasons: Mapping[str, str]) -> Iterator[str]:
    yield "## Refused by the rules, accepted by the loader"
    yield ""
    yield "| rule | wheels | why the rule refuses |"
    yield "|---|---|---|"
    for rule, count in sorted(Counter(each.rule for each in answers).items()):
        yield f"| {rule} | {count} | {reasons.get(rule, '')} |"
    yield ""


def _not_judged(report: SoundnessReport) -> Iterator[str]:
    yield "## Not judged"
    yield ""
    found = Counter(
        (each.rule, "; ".join(each.grounds))
        for each in report.answers
        if each.outcome is LoadOutcome.NOT_JUDGED
    )
    for (rule, grounds), count in sorted(found.items()):
        yield f"- {rule}, {count}: {grounds}"
    yield from [] if found else ["Nothing."]
    yield ""


def _spared(report: SoundnessReport) -> Iterator[str]:
    """List what recipes of accepted wheels take out of the comparison, and why."""
    yield "## Taken out of the comparison by hand"
    yield ""
    found = Counter((each.rule, why) for each in report.answers for why in each.spared)
    total = sum(bool(each.spared) for each in report.answers)
    yield f"In {total} claims that the rules accept, a file does not load by itself."
    yield ""
    for (rule, why), count in sorted(found.items()):
        yield f"- {rule}, {count}: {why}"
