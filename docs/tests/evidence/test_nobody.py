"""Nobody breaks a rule: who answered is told apart from who declined."""

import pytest
from manylinux_conformance.reports.rule_status import RuleStatus, Standing
from manylinux_conformance.results.verdicts import Role
from manylinux_docs.evidence.scores import Score, nobody_breaks


def score(tool: str, status: RuleStatus) -> Score:
    """Return how a tool stands to a rule, as far as the words go by it."""
    return Score(
        role=Role.INSTALLER,
        tool=tool,
        version="1",
        is_newest=True,
        standing=Standing(status, {}, is_explained=True, causes=()),
        right=0,
        asked=0,
        differences=(),
        reasons=(),
        platforms={},
    )


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ((), "nobody was asked"),
        ((RuleStatus.KEEPS, RuleStatus.KEEPS), "none of 2 that answered"),
        ((RuleStatus.KEEPS, RuleStatus.DECLINES), "none of 1 that answered"),
        ((RuleStatus.DECLINES,), "nobody gave an answer that shows it"),
        (
            (RuleStatus.NOT_SHOWN, RuleStatus.TROUBLE, RuleStatus.NOT_ASKED),
            "nobody gave an answer that shows it",
        ),
    ],
)
def test_only_who_answered_counts(statuses: tuple[RuleStatus, ...], words: str) -> None:
    scores = [score(f"tool-{at}", status) for at, status in enumerate(statuses)]
    assert nobody_breaks(scores) == words


def test_a_tool_in_two_roles_is_one() -> None:
    assert (
        nobody_breaks([score("uv", RuleStatus.KEEPS)] * 2) == "none of 1 that answered"
    )
