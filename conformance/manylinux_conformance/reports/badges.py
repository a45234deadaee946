"""Badges: what a tool's answers in one role come to, in four words and a colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

import msgspec

from manylinux_conformance.reports.rule_status import (
    BREACHED,
    DECIDED,
    RuleStatus,
    Standing,
    standings,
)
from manylinux_conformance.reports.summary import is_advised, is_demanded, is_proposal
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import EDITION
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.rules import Rule, as_put_to, parents_of

STATIC = "https://img.shields.io/badge/"
GREY = "inactive"


class Badge(msgspec.Struct, frozen=True, rename="camel"):
    """The endpoint format of https://shields.io/badges/endpoint-badge."""

    label: str
    message: str
    color: str
    schema_version: int = 1

    def markdown(self, link: str = "") -> str:
        """Return Markdown that shows it, without any file to be put somewhere."""
        parts = (self.label, self.message, self.color)
        named = "-".join(quote(_escaped(part), safe="") for part in parts)
        image = f"![{self.label}: {self.message}]({STATIC}{named})"
        return f"[{image}]({link})" if link else image


def block_badge(block: Block, rules: Mapping[str, Rule]) -> Badge:
    """Return the badge of a tool in a role, of all its answers."""
    found = standings(block.results, parents_of(rules))
    return badge(block.header.role, found, rules)


def badge(
    role: Role, found: Mapping[str, Standing], rules: Mapping[str, Rule]
) -> Badge:
    """Return a badge about what standards demand of a role, and what follows from it.

    What differs on real systems comes first.
    Grey where less than half of what can be asked was: nothing can be said then.
    """
    bound = _binding(role, rules)
    demanded = [rule for rule in bound if is_demanded(rule)]
    askable = [rule for rule in demanded if rule.is_forced] or demanded
    decided = _with(askable, found, DECIDED)
    if not decided or 2 * len(decided) < len(askable):
        return _of(role, f"{len(decided)} of {len(askable)} MUST asked", GREY)
    must = _with(demanded, found, BREACHED)
    if must:
        really = sum(one.fails_really for one in must)
        return _of(role, _differ(really, len(must) - really), "yellow")
    should = len(_with(filter(is_advised, bound), found, BREACHED))
    more = f" ({should} SHOULD differ)" if should else ""
    where = "" if any(one.is_real for one in decided) else " on models"
    return _of(role, f"conforms{where}{more}", "brightgreen")


def proposals_badge(
    role: Role, found: Mapping[str, Standing], rules: Mapping[str, Rule]
) -> Badge:
    """Return a badge about what this specification merely proposes to a role."""
    bound = _binding(role, rules)
    proposed = [rule for rule in bound if is_proposal(rule)]
    decided = len(_with(proposed, found, DECIDED))
    differ = len(_with(proposed, found, BREACHED))
    said = f"{differ} of {decided} proposals differ" if decided else "no proposal asked"
    return _of(role, said, "blue" if decided else GREY)


def _binding(role: Role, rules: Mapping[str, Rule]) -> list[Rule]:
    known = as_put_to(role.subject, rules).values()
    return [rule for rule in known if role.subject in rule.subjects]


def _differ(really: int, on_models: int) -> str:
    if not really:
        return f"{on_models} MUST differ on models"
    return f"{really} MUST differ" + (
        f", {on_models} more on models" if on_models else ""
    )


def _of(role: Role, said: str, color: str) -> Badge:
    return Badge(f"manylinux {EDITION}", f"{role.value}: {said}", color)


def _with(
    rules: Iterable[Rule],
    found: Mapping[str, Standing],
    wanted: tuple[RuleStatus, ...],
) -> list[Standing]:
    standings_of = (found[rule.id] for rule in rules if rule.id in found)
    return [one for one in standings_of if one.status in wanted]


def _escaped(text: str) -> str:
    """Escape what separates the parts of a static badge."""
    return text.replace("-", "--").replace("_", "__")
