"""Lints chapters: where normative words stand, and how sentences are broken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from manylinux_conformance.finding import Finding
from manylinux_conformance.suite.rules import Basis, Level, Rule

# RFC 2119, section 6: only the capitalized words carry the special meaning.
KEYWORD = re.compile(
    r"\b(MUST NOT|MUST|SHALL NOT|SHALL|SHOULD NOT|SHOULD|REQUIRED"
    r"|NOT RECOMMENDED|RECOMMENDED|MAY|OPTIONAL)\b"
)
LEVEL_OF = {
    "MUST": Level.MUST,
    "MUST NOT": Level.MUST_NOT,
    "SHOULD": Level.SHOULD,
    "SHOULD NOT": Level.SHOULD_NOT,
    "MAY": Level.MAY,
}
AREAS = (
    *("tag", "platform", "installer", "override", "wheel", "auditor", "index"),
    "builder",
)
KIND = {  # levels that bind alike, whatever their direction
    Level.MUST: "must",
    Level.MUST_NOT: "must",
    Level.SHOULD: "should",
    Level.SHOULD_NOT: "should",
    Level.MAY: "may",
}
SHOWN = re.compile(r"(recipes?|cases?) `|fixtures of|\{rule\}`")  # what shows a fact
SECOND_SENTENCE = re.compile(r"[a-z`)]{2}[.!?] +[A-Z][a-z]+ [a-z]")


def lint_prose(path: Path, name: str) -> Iterator[Finding]:
    """Yield what is wrong in a chapter outside its rule blocks.

    Code, inline code and tables are left alone; one sentence stands on a line.
    """
    in_rule = in_code = False
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if line.startswith("```"):
            in_code = not in_code
        elif line.startswith(":::{rule}"):
            in_rule = True
        elif line.rstrip() == ":::":
            in_rule = False
        if in_code or line.startswith(("|", "```")):
            continue
        said = re.sub(r"`[^`]*`", "``", line)
        keyword = None if in_rule else KEYWORD.search(said)
        if keyword:
            yield Finding(name, number, f"{keyword[0]} stands outside a rule block")
        if SECOND_SENTENCE.search(said):
            yield Finding(name, number, "two sentences stand on one line")


def lint_rules(rules: Iterable[Rule], folder: str) -> Iterator[Finding]:
    """Yield what is wrong inside rule blocks, and between a rule and its parent."""
    by_id = {rule.id: rule for rule in rules}
    for rule in by_id.values():
        file = f"{folder}/{rule.chapter}.md"
        for message in (*_rule_messages(rule), *_parent_messages(rule, by_id)):
            yield Finding(file, rule.line, f"{rule.id}: {message}")


def _rule_messages(rule: Rule) -> Iterator[str]:
    if rule.area not in AREAS:
        yield f"unknown area {rule.area!r}"
    keywords = KEYWORD.findall(re.sub(r"`[^`]*`", "``", rule.text))
    if len(keywords) != 1:
        yield f"has {len(keywords)} normative words, must have exactly one"
    elif LEVEL_OF.get(keywords[0]) != rule.level:
        yield f"says {keywords[0]} but its level is {rule.level}"
    if not re.fullmatch(r"forced|inspection: .{10,}", rule.tested):
        yield "must be tested as 'forced' or 'inspection: what would prove it'"
    if rule.differs and rule.basis is not Basis.PROPOSAL:
        yield f"says how it differs from a standard, but its basis is {rule.basis}"
    if rule.basis is Basis.CONSEQUENCE and not SHOWN.search(rule.source):
        yield "is a consequence, and its source names no recipe, case or rule with it"
    if rule.differs and not rule.reason:
        yield "says how it differs from a standard, and no paragraph after it says why"


def _parent_messages(rule: Rule, rules: Mapping[str, Rule]) -> Iterator[str]:
    """Yield what is wrong between a rule and the one that it follows from."""
    if not rule.parent:
        return
    parent = rules.get(rule.parent)
    if parent is None:
        yield f"its parent {rule.parent} does not exist"
    elif KIND[parent.level] != KIND[rule.level]:
        yield f"its level is {rule.level}, but its parent's is {parent.level}"
    elif rule.basis is Basis.PROPOSAL and parent.basis is not Basis.PROPOSAL:
        yield f"is a proposal, but follows from the {parent.basis} {parent.id}"
    elif _is_own_ancestor(rule, rules):
        yield f"is its own ancestor, through {rule.parent}"


def _is_own_ancestor(rule: Rule, rules: Mapping[str, Rule]) -> bool:
    seen, above = {rule.id}, rule.parent
    while above in rules and above not in seen:
        seen.add(above)
        above = rules[above].parent
    return above == rule.id
