"""Rules: read from the rule blocks of the specification's chapters."""

from __future__ import annotations

import enum
import hashlib
import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.errors import InputError

OPENING = re.compile(r":::\{rule\}\s*(?P<id>\S*)\s*$")
OPTION = re.compile(r":(?P<name>[a-z]+):\s*(?P<value>.*)$")
IDENTIFIER = re.compile(r"[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+")
NO_PARAGRAPH = ("#", "|", ":::", "```")
REQUIRED = ("level", "subject", "arch", "basis", "source", "tested")
OPTIONS = frozenset((*REQUIRED, "revision", "parent", "differs"))


class Level(enum.StrEnum):
    """How binding a rule is (RFC 2119)."""

    MUST = "must"
    MUST_NOT = "must-not"
    SHOULD = "should"
    SHOULD_NOT = "should-not"
    MAY = "may"

    @property
    def is_must(self) -> bool:
        """Whether it is MUST or MUST NOT."""
        return self in {Level.MUST, Level.MUST_NOT}


class Basis(enum.StrEnum):
    """With what right a rule binds anybody."""

    STANDARD = "standard"  # an accepted PEP or a PyPA specification says so
    CONSEQUENCE = "consequence"  # of a standard's promise and a fact that a case shows
    PROPOSAL = "proposal"  # this specification decides; no tool is measured by it


class Subject(enum.StrEnum):
    """Whom a rule binds."""

    TAG_LIBRARY = "tag-library"
    INSTALLER = "installer"
    WHEEL = "wheel"
    AUDITOR = "auditor"
    INDEX = "index"
    BUILDER = "builder"


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One normative statement.

    ``text`` is the statement with its line breaks folded; ``tested`` is ``forced``
    or ``inspection: what would prove it``; ``parent`` is the rule that it follows
    from, ``differs`` what a standard says instead of a proposal, each empty if there
    is none; ``reason`` is the first paragraph after the block, on one line, and
    ``why`` its first sentence;
    ``examples`` are the sources of the ``{case}`` blocks, by case name.
    """

    id: str
    level: Level
    subjects: tuple[Subject, ...]
    arch: str
    basis: Basis
    source: str
    tested: str
    revision: int
    text: str
    chapter: str
    line: int
    examples: dict[str, str]
    parent: str = ""
    differs: str = ""
    reason: str = ""
    why: str = ""

    @property
    def area(self) -> str:
        """The identifier's first word, such as ``installer``."""
        return self.id.partition(".")[0]

    @property
    def is_forced(self) -> bool:
        """Whether some case must flip when the rule is switched off."""
        return self.tested == "forced"

    @property
    def digest(self) -> str:
        """SHA-256 of level, basis, subjects, architectures and text: what it says."""
        subjects = ",".join(self.subjects)
        said = (self.level, self.basis, subjects, self.arch, self.text)
        return hashlib.sha256("\n".join(said).encode()).hexdigest()


def parents_of(rules: Mapping[str, Rule]) -> dict[str, str]:
    """Return the rule that each corollary follows from."""
    return {rule.id: rule.parent for rule in rules.values() if rule.parent}


def as_put_to(subject: str, rules: Mapping[str, Rule]) -> Mapping[str, Rule]:
    """Return rules with the basis that they have for those whom they bind here.

    What a tag is, standards say.  Which tags an index takes PEP 600 calls "a policy
    question, and up to the maintainers of that index", so that it has to refuse what is
    no tag is a proposal.
    """
    if subject != Subject.INDEX:
        return rules
    return {
        name: msgspec.structs.replace(rule, basis=Basis.PROPOSAL)
        if rule.area == "tag"
        else rule
        for name, rule in rules.items()
    }


def read_rules(folder: Path) -> dict[str, Rule]:
    """Read every chapter of a folder; identifiers are unique across chapters."""
    rules: dict[str, Rule] = {}
    for path in sorted(folder.glob("*.md")):
        for rule in read_chapter(path):
            if rule.id in rules:
                raise InputError(path, f"line {rule.line}: {rule.id} is defined twice")
            rules[rule.id] = rule
    return rules


def read_chapter(path: Path) -> Iterator[Rule]:
    """Yield the rules of one Markdown file in their order."""
    lines = read_bytes(path).decode("utf-8", "replace").split("\n")
    number = 0
    while number < len(lines):
        opening = OPENING.match(lines[number])
        if opening:
            end = _closing(path, lines, number)
            block = lines[number + 1 : end]
            rule = _rule(path, number + 1, opening["id"], block)
            said = _paragraph(lines[end + 1 :])
            why, reason = said[0] if said else "", " ".join(said)
            yield msgspec.structs.replace(rule, reason=reason, why=why)
            number = end
        number += 1


def _paragraph(lines: list[str]) -> list[str]:
    """Return the sentences of the paragraph that lines begin with, one on each.

    There are none if it is something else.
    A colon at its end, which leads to an example, becomes a full stop.
    """
    after = list(itertools.dropwhile(lambda line: not line.strip(), lines))
    said = list(itertools.takewhile(str.strip, after))
    if not said or said[0].startswith(NO_PARAGRAPH):
        return []
    return [*said[:-1], re.sub(r":$", ".", said[-1])]


def _closing(path: Path, lines: list[str], opening: int) -> int:
    for number in range(opening + 1, len(lines)):
        if lines[number].rstrip() == ":::":
            return number
    raise InputError(path, f"line {opening + 1}: the rule block is never closed")


def _rule(path: Path, line: int, identifier: str, block: list[str]) -> Rule:
    where = f"line {line}: rule {identifier!r}"
    if not IDENTIFIER.fullmatch(identifier):
        raise InputError(path, f"{where}: identifiers read like area.topic-words")
    options, body = _options(block)
    missing = [name for name in REQUIRED if not options.get(name)]
    unknown = sorted(set(options) - OPTIONS)
    if missing or unknown:
        reason = f"lacks :{missing[0]}:" if missing else f"unknown :{unknown[0]}:"
        raise InputError(path, f"{where}: {reason}")
    text, examples = _split_examples(body)
    if not text:
        raise InputError(path, f"{where}: says nothing")
    subjects = [part.strip() for part in options["subject"].split(",")]
    try:
        return Rule(
            id=identifier,
            level=Level(options["level"]),
            subjects=tuple(Subject(subject) for subject in subjects),
            arch=options["arch"],
            basis=Basis(options["basis"]),
            source=options["source"],
            tested=options["tested"],
            revision=int(options.get("revision", "1")),
            text=text,
            chapter=path.stem,
            line=line,
            examples=examples,
            parent=options.get("parent", ""),
            differs=options.get("differs", ""),
        )
    except ValueError as error:
        raise InputError(path, f"{where}: {error}") from error


def _options(block: list[str]) -> tuple[dict[str, str], list[str]]:
    options: dict[str, str] = {}
    for number, line in enumerate(block):
        option = OPTION.match(line)
        if option is None:
            return options, block[number:]
        options[option["name"]] = option["value"].strip()
    return options, []


def _split_examples(body: list[str]) -> tuple[str, dict[str, str]]:
    text: list[str] = []
    examples: dict[str, list[str]] = {}
    inside: list[str] | None = None
    for line in body:
        opening = re.match(r"```\{case\}\s*(\S+)\s*$", line)
        if opening:
            inside = examples.setdefault(opening[1], [])
        elif inside is not None and line.rstrip() == "```":
            inside = None
        elif inside is not None:
            inside.append(line)
        else:
            text.append(line)
    sources = {name: "\n".join(lines) for name, lines in examples.items()}
    return " ".join(" ".join(text).split()), sources
