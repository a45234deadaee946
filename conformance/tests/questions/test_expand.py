"""Questions about a compressed tag set: how they are put, read and judged."""

import pytest
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.questions.expand import Expand
from manylinux_conformance.questions.probe_project import PREFIX
from manylinux_conformance.questions.question import Reply
from manylinux_conformance.results.verdicts import Verdict

REFUSED = Expand(rule="r", name="n", set="x")


@pytest.mark.parametrize(
    ("expected", "answer", "verdict"),
    [
        (("a", "b"), ("b", "a"), Verdict.PASS),
        (("a", "b"), ("a",), Verdict.FAIL),
        ((), (), Verdict.PASS),
        ((), ("a",), Verdict.FAIL),
        (("a",), ("a", "a"), Verdict.FAIL),
    ],
)
def test_the_members_of_a_set_are_judged_without_order(
    expected: tuple[str, ...], answer: tuple[str, ...], verdict: Verdict
) -> None:
    case = Expand(rule="r", name="n", set="s", tags=expected)
    assert case.judge(Answer(None, tags=answer)).verdict is verdict


def test_a_set_without_members_is_to_be_refused() -> None:
    assert REFUSED.expected == "refused"
    assert Expand(rule="r", name="n", set="s", tags=("b", "a")).expected == "a b"
    assert REFUSED.judge(Answer(None)).answer == "refused"


def test_a_library_is_asked_about_the_set_as_it_is_spelled() -> None:
    assert REFUSED.request("cp311-abi3") == {"ask": "expand", "set": "x"}


def test_a_reply_is_a_list_of_members_or_a_refusal() -> None:
    assert REFUSED.read(Reply(tags=("a",)), PREFIX) == Answer(None, tags=("a",))
    assert REFUSED.read(Reply(refused="no"), PREFIX) == Answer(None, reason="no")
    assert REFUSED.read(Reply(valid=False), PREFIX) is None
