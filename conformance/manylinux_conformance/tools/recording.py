"""Writes the differences of a run down as causes, one for each rule, for review."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import DIFFERING, Role

HEAD = """\
# Written from a run, for review: find the cause of each difference, name it, put what
# has one cause together, and choose the kind: acknowledged, unreported, by-design,
# dispute or not-supported.
"""
MOST_SAID = 3  # ways of answering that a reason lists


@dataclass(slots=True)
class Difference:
    """How the answers to a rule in a role differ.

    ``versions`` are those that differ at a case and a place, ``said`` counts what
    came instead.
    """

    versions: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    said: Counter[str] = field(default_factory=Counter)

    def add(self, result: Result, version: str) -> None:
        """Take one differing answer into account."""
        at = result.case.partition("/")[2], result.where
        self.versions.setdefault(at, set()).add(version)
        came = result.answer or f"{result.verdict}: {result.reason}"
        self.said[f"expected {result.expected or 'no trouble'}, got {came}"] += 1

    def groups(self) -> dict[tuple[str, ...], dict[tuple[str, ...], list[str]]]:
        """Return the cases by the versions and the places in which they differ."""
        places: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
        for (case, where), versions in sorted(self.versions.items()):
            places[tuple(sorted(versions)), case].append(where)
        found: dict[tuple[str, ...], dict[tuple[str, ...], list[str]]] = {}
        for (differing, case), shown in sorted(places.items()):
            found.setdefault(differing, {}).setdefault(tuple(shown), []).append(case)
        return found


def recorded(blocks: Iterable[Block]) -> str:
    """Return a file of causes for every difference of a tool that has none yet.

    The causes show in exactly these differences: in no pass, and nowhere else.
    """
    found: dict[tuple[str, Role], Difference] = defaultdict(Difference)
    for block in blocks:
        for result in block.results:
            if result.verdict in DIFFERING and not (result.cause or result.draft):
                key = result.rule, block.header.role
                found[key].add(result, block.header.version)
    return "\n".join([HEAD, *_lines(found)])


def _lines(found: dict[tuple[str, Role], Difference]) -> Iterator[str]:
    used: Counter[str] = Counter()
    for (rule, role), difference in sorted(found.items()):
        said = "; ".join(text for text, _ in difference.said.most_common(MOST_SAID))
        for versions, shown in difference.groups().items():
            used[rule] += 1
            yield "[[cause]]"
            yield f"id = {as_toml(rule if used[rule] == 1 else f'{rule}-{used[rule]}')}"
            yield 'kind = "unreported"'
            yield f"why = {as_toml(f'To be explained: {said}')}"
            if any(versions):
                yield f"versions = {as_toml(versions)}"
            yield f"roles = {as_toml([role])}"
            for places, cases in shown.items():
                yield "[[cause.shows]]"
                yield f"rules = {as_toml([rule])}"
                yield f"cases = {as_toml(cases)}"
                yield f"platforms = {as_toml(places)}"
            yield ""


def as_toml(value: object) -> str:
    """Write texts as TOML: as JSON does, which leaves DEL as it is."""
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")
