"""What is found on the machine as it is, is found once for each tool."""

from __future__ import annotations

from manylinux_conformance.asking.plain_machine import PlainMachine
from manylinux_conformance.questions.answer import Answer, answered, broken


def test_a_tool_that_installs_is_not_asked_again() -> None:
    plain, left = PlainMachine(), [answered("any")]
    assert plain.failure(left.pop) is None
    assert plain.failure(left.pop) is None


def test_a_failure_is_told_and_the_next_batch_tries_again() -> None:
    plain, left = PlainMachine(), [answered("any"), broken("chance")]
    told: Answer | None = plain.failure(left.pop)
    assert told is not None
    assert told.reason == "chance"
    assert plain.failure(left.pop) is None
    assert plain.failure(left.pop) is None
