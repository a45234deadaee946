"""Badges: what a role's answers come to, and nothing where too little was asked."""

import pytest
from manylinux_conformance.reports.badges import badge, proposals_badge
from manylinux_conformance.reports.rule_status import RuleStatus, Standing, Tally
from manylinux_conformance.results.systems import System
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.rules import Basis, Level, Subject
from tests.builders import rule


def on(system: System, status: RuleStatus, *, kept: int = 0) -> Standing:
    """Return how a tool stands to a rule that was asked in two places of a kind."""
    return Standing(status, {system: Tally(kept, 2)}, is_explained=True, causes=())


KEEPS = on(System.REAL, RuleStatus.KEEPS, kept=2)
BREAKS = on(System.REAL, RuleStatus.BREAKS)
IN_PART = on(System.REAL, RuleStatus.IN_PART, kept=1)
ON_MODELS = on(System.MODEL, RuleStatus.BREAKS)
KEEPS_ON_MODELS = on(System.MODEL, RuleStatus.KEEPS, kept=2)
OF_WHEELS = on(System.WHEEL, RuleStatus.IN_PART, kept=1)
NOT_ASKED = Standing(RuleStatus.NOT_ASKED, {}, is_explained=True, causes=())
RULES = {
    each.id: each
    for each in (
        *(rule(id=f"must.{name}") for name in "abcd"),
        *(rule(id=f"should.{name}", level=Level.SHOULD) for name in "ab"),
        rule(id="mere.proposal", basis=Basis.PROPOSAL),
    )
}


@pytest.mark.parametrize(
    ("found", "message", "color"),
    [
        ({"must.a": KEEPS, "must.b": KEEPS}, "conforms", "brightgreen"),
        (
            {"must.a": KEEPS_ON_MODELS, "must.b": KEEPS_ON_MODELS},
            "conforms on models",
            "brightgreen",
        ),
        ({"must.a": KEEPS_ON_MODELS, "must.b": KEEPS}, "conforms", "brightgreen"),
        ({"must.a": KEEPS, "must.b": BREAKS}, "1 MUST differ", "yellow"),
        (
            {"must.a": KEEPS, "must.b": KEEPS, "should.a": BREAKS},
            "conforms (1 SHOULD differ)",
            "brightgreen",
        ),
        ({"must.a": BREAKS, "must.b": IN_PART}, "2 MUST differ", "yellow"),
        ({"must.a": KEEPS, "must.b": OF_WHEELS}, "1 MUST differ", "yellow"),
        ({"must.a": KEEPS, "must.b": ON_MODELS}, "1 MUST differ on models", "yellow"),
        (
            {"must.a": BREAKS, "must.b": ON_MODELS},
            "1 MUST differ, 1 more on models",
            "yellow",
        ),
        ({"must.a": BREAKS}, "1 of 4 MUST asked", "inactive"),
        ({"must.a": KEEPS, "must.b": NOT_ASKED}, "1 of 4 MUST asked", "inactive"),
        ({}, "0 of 4 MUST asked", "inactive"),
    ],
)
def test_a_badge_says_how_many_demands_are_not_met_and_where(
    found: dict[str, Standing], message: str, color: str
) -> None:
    made = badge(Role.INSTALLER, found, RULES)
    assert (made.message, made.color) == (f"installer: {message}", color)


def test_a_role_that_nothing_binds_is_grey() -> None:
    assert badge(Role.BUILDER, {}, RULES).color == "inactive"


def test_proposals_have_a_badge_of_their_own() -> None:
    made = proposals_badge(Role.INSTALLER, {"mere.proposal": BREAKS}, RULES)
    assert made.message == "installer: 1 of 1 proposals differ"
    assert proposals_badge(Role.INSTALLER, {}, RULES).color == "inactive"


def test_an_index_that_takes_what_is_no_tag_breaks_a_proposal() -> None:
    bound = (Subject.INDEX,)
    served = rule(id="index.served", subjects=bound, tested="inspection: asked")
    rules = {one.id: one for one in (rule(id="tag.form", subjects=bound), served)}
    found = {"tag.form": BREAKS, served.id: KEEPS}
    assert badge(Role.INDEX, found, rules).message == "index: conforms"
    said = proposals_badge(Role.INDEX, found, rules).message
    assert said == "index: 1 of 1 proposals differ"


def test_markdown_to_copy_needs_no_file_of_ours() -> None:
    made = badge(Role.TAG_LIBRARY, {f"must.{name}": KEEPS for name in "abcd"}, RULES)
    address = (
        "https://img.shields.io/badge/"
        "manylinux%202026.1%20draft-tag--library%3A%20conforms-brightgreen"
    )
    image = f"![manylinux 2026.1 draft: tag-library: conforms]({address})"
    assert made.markdown() == image
    assert made.markdown("https://m.example") == f"[{image}](https://m.example)"
