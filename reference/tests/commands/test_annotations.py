"""Annotations of a workflow: a line for each claim that does not plainly hold."""

import json

from manylinux_reference.commands.reports.annotations import MOST, workflow_commands

FINDING = {"member": "x/_ext.so", "text": "needs GLIBC_2.30, not 100 %", "rule": "a.b"}


def report(outcome: str, error: str = "", **more: object) -> str:
    claim = {"tag": "manylinux_2_17_x86_64", "outcome": outcome, "findings": [FINDING]}
    whole = {"wheel": "x-1.whl", "outcome": outcome, "error": error, "claims": [claim]}
    return json.dumps(whole | more)


def test_a_claim_that_holds_is_quiet() -> None:
    assert list(workflow_commands([report("holds"), "\n"])) == []


def test_a_false_claim_is_an_error_and_an_objection_a_warning() -> None:
    said = list(workflow_commands([report("false"), report("holds with objections")]))
    where = "x-1.whl%3A manylinux_2_17_x86_64"
    text = "x/_ext.so: needs GLIBC_2.30, not 100 %25 (a.b)"
    assert said == [
        f"::error title={where} false::{text}",
        f"::warning title={where} holds with objections::{text}",
    ]


def test_a_wheel_that_cannot_be_judged_is_an_error() -> None:
    (said,) = workflow_commands([report("unusable", error="cut off", claims=[])])
    assert said == "::error title=x-1.whl::unusable: cut off"


def test_a_step_shows_no_more_than_github_does() -> None:
    said = list(workflow_commands([report("false")] * (MOST + 5)))
    assert len(said) == MOST + 1
    assert said[-1] == "::notice::and 5 more, see the log"
