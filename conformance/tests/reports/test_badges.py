"""Badges: what a role's answers come to, and nothing where too little was asked."""

import pytest
from manylinux_conformance.reports.badges import badge, proposals_badge
from manylinux_conformance.reports.rule_status import RuleStatus
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.rules import Basis, Level
from tests.builders import rule

KEEPS, BREAKS, NOT_ASKED = RuleStatus.KEEPS, RuleStatus.BREAKS, RuleStatus.NOT_ASKED
RULES = {
    each.id: each
    for each in (
        *(rule(id=f"must.{name}") for name in "abcd"),
        *(rule(id=f"should.{name}", level=Level.SHOULD) for name in "ab"),
        rule(id="mere.proposal", basis=Basis.PROPOSAL),
    )
}


@pytest.mark.parametrize(
    ("statuses", "message", "color"),
    [
        ({"must.a": KEEPS, "must.b": KEEPS}, "conforms", "brightgreen"),
        ({"must.a": KEEPS, "must.b": BREAKS}, "1 MUST differ", "yellow"),
        (
            {"must.a": KEEPS, "must.b": KEEPS, "should.a": BREAKS},
            "conforms (1 SHOULD differ)",
            "brightgreen",
        ),
        ({"must.a": BREAKS, "must.b": RuleStatus.IN_PART}, "2 MUST differ", "yellow"),
        ({"must.a": BREAKS}, "1 of 4 MUST asked", "inactive"),
        ({"must.a": KEEPS, "must.b": NOT_ASKED}, "1 of 4 MUST asked", "inactive"),
        ({}, "0 of 4 MUST asked", "inactive"),
    ],
)
def test_a_badge_says_how_many_demands_are_not_met(
    statuses: dict[str, RuleStatus], message: str, color: str
) -> None:
    made = badge(Role.INSTALLER, statuses, RULES)
    assert (made.message, made.color) == (f"installer: {message}", color)


def test_a_role_that_nothing_binds_is_grey() -> None:
    assert badge(Role.BUILDER, {}, RULES).color == "inactive"


def test_proposals_have_a_badge_of_their_own() -> None:
    made = proposals_badge(Role.INSTALLER, {"mere.proposal": BREAKS}, RULES)
    assert made.message == "installer: 1 of 1 proposals differ"
    assert proposals_badge(Role.INSTALLER, {}, RULES).color == "inactive"


def test_markdown_to_copy_needs_no_file_of_ours() -> None:
    made = badge(Role.TAG_LIBRARY, {f"must.{name}": KEEPS for name in "abcd"}, RULES)
    address = (
        "https://img.shields.io/badge/manylinux-tag--library%3A%20conforms-brightgreen"
    )
    image = f"![manylinux: tag-library: conforms]({address})"
    assert made.markdown() == image
    assert made.markdown("https://m.example") == f"[{image}](https://m.example)"
