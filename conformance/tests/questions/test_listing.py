"""Questions about the tags of a platform: how they are put, read and judged."""

import pytest
from manylinux_conformance.questions.answer import Answer, Judged
from manylinux_conformance.questions.listing import Listing
from manylinux_conformance.questions.probe_project import PREFIX
from manylinux_conformance.questions.question import Reply
from manylinux_conformance.results.verdicts import Verdict


@pytest.mark.parametrize(
    ("case", "tags", "verdict"),
    [
        (Listing(rule="r", name="n", exactly=("a", "b")), ("a", "b"), Verdict.PASS),
        (Listing(rule="r", name="n", exactly=("a", "b")), ("b", "a"), Verdict.FAIL),
        (
            Listing(rule="r", name="n", in_order=("a", "c")),
            ("a", "b", "c"),
            Verdict.PASS,
        ),
        (
            Listing(rule="r", name="n", in_order=("c", "a")),
            ("a", "b", "c"),
            Verdict.FAIL,
        ),
        (Listing(rule="r", name="n", in_order=("a",)), (), Verdict.FAIL),
        (Listing(rule="r", name="n", without=("z",)), ("a",), Verdict.PASS),
        (Listing(rule="r", name="n", without=("a",)), ("a",), Verdict.FAIL),
        (
            Listing(rule="r", name="n", in_order=("a",), without=("b",)),
            ("a", "b"),
            Verdict.FAIL,
        ),
    ],
)
def test_a_listing_is_judged_by_what_the_case_names(
    case: Listing, tags: tuple[str, ...], verdict: Verdict
) -> None:
    assert case.judge(Answer(None, tags=tags)).verdict is verdict


@pytest.mark.parametrize(
    ("tags", "answer"),
    [(("a", "x", "c", "b"), "a < c < b"), (("x", "y"), "none"), ((), "none")],
)
def test_of_a_long_list_only_what_the_case_names_is_shown(
    tags: tuple[str, ...], answer: str
) -> None:
    case = Listing(rule="r", name="n", in_order=("a", "b"), without=("c",))
    judged = case.judge(Answer(None, tags=tags))
    assert judged == Judged(Verdict.FAIL, "a < b without c", answer)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (Listing(rule="r", name="n", in_order=("a", "b")), "a < b"),
        (Listing(rule="r", name="n", exactly=("a", "b")), "a b"),
        (
            Listing(rule="r", name="n", in_order=("a",), without=("b", "c")),
            "a without b c",
        ),
        (Listing(rule="r", name="n", without=("b",)), "without b"),
    ],
)
def test_what_is_expected_names_what_stands_in_the_list_and_what_does_not(
    case: Listing, words: str
) -> None:
    assert case.expected == words


def test_a_reply_without_a_list_is_no_answer() -> None:
    case = Listing(rule="r", name="n", in_order=("a",))
    assert case.request("cp311-abi3") == {"ask": "listing"}
    assert case.read(Reply(tags=("a",)), PREFIX) == Answer(None, tags=("a",))
    assert case.read(Reply(tags=()), PREFIX) == Answer(None)
    assert case.read(Reply(refused="no"), PREFIX) is None
    assert case.read(Reply(valid=True), PREFIX) is None
