import pytest
from manylinux_conformance.judging.answers import Answer, broken, landed
from manylinux_conformance.judging.cases import (
    expectation,
    judge,
    judge_choice,
    judge_expansion,
    judge_listing,
    judge_parse,
)
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.suite.cases import Choose, Expand, Listing, Parse

TAG = "manylinux_2_17_x86_64"


@pytest.mark.parametrize(
    ("case", "answer", "verdict"),
    [
        (Choose(rule="r", name="n", offer=(TAG,), pick=TAG), TAG, Verdict.PASS),
        (Choose(rule="r", name="n", offer=(TAG,), pick=TAG), "any", Verdict.FAIL),
        (Choose(rule="r", name="n", offer=(TAG,), pick="any"), TAG, Verdict.FAIL),
        (Choose(rule="r", name="n", offer=(TAG,), pick="nothing"), "any", Verdict.FAIL),
        (
            Choose(rule="r", name="n", offer=(TAG,), allowed=(TAG, "any")),
            "any",
            Verdict.PASS,
        ),
    ],
)
def test_a_choice_is_right_when_the_case_expects_it(
    case: Choose, answer: str, verdict: Verdict
) -> None:
    assert judge_choice(case, answer).verdict is verdict


@pytest.mark.parametrize(
    ("valid", "canonical", "arch", "verdict"),
    [
        (True, TAG, "x86_64", Verdict.PASS),
        (True, TAG, "x86", Verdict.FAIL),
        (True, "manylinux2014_x86_64", "x86_64", Verdict.FAIL),
        (False, "", "", Verdict.FAIL),
    ],
)
def test_every_asked_part_of_a_tag_is_judged(
    valid: bool, canonical: str, arch: str, verdict: Verdict
) -> None:
    case = Parse(rule="r", name="n", tag="m", valid=True, canonical=TAG, arch="x86_64")
    judged = judge_parse(case, valid=valid, canonical=canonical, arch=arch)
    assert judged.verdict is verdict
    assert judged.expected == f"valid, {TAG}, x86_64"


def test_parts_that_a_case_leaves_empty_are_not_judged() -> None:
    case = Parse(rule="r", name="n", tag="m", valid=True)
    judged = judge_parse(case, valid=True, canonical="whatever", arch="mars")
    assert judged.verdict is Verdict.PASS


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
    assert judge_expansion(case, answer).verdict is verdict


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
    assert judge_listing(case, tags).verdict is verdict


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (Choose(rule="r", name="n", offer=(TAG,), pick="any"), "any"),
        (Choose(rule="r", name="n", offer=(), allowed=("a", "b")), "a or b"),
        (Parse(rule="r", name="n", tag="x", valid=False), "invalid"),
        (Parse(rule="r", name="n", tag="x", valid=True, arch="i686"), "valid, i686"),
        (Expand(rule="r", name="n", set="x"), "refused"),
        (Listing(rule="r", name="n", in_order=("a", "b")), "a < b"),
    ],
)
def test_an_expectation_can_be_said_without_an_answer(case: Choose, words: str) -> None:
    assert expectation(case) == words


@pytest.mark.parametrize(
    ("case", "answer", "verdict"),
    [
        (Choose(rule="r", name="n", offer=(TAG,), pick=TAG), landed(TAG), Verdict.PASS),
        (
            Choose(rule="r", name="n", offer=(TAG,), pick=TAG),
            landed("any"),
            Verdict.FAIL,
        ),
        (
            Choose(rule="r", name="n", offer=(TAG,), pick="any"),
            broken("x"),
            Verdict.ERROR,
        ),
        (Parse(rule="r", name="n", tag="x", valid=False), Answer(None), Verdict.PASS),
        (Expand(rule="r", name="n", set="x"), Answer(None), Verdict.PASS),
        (
            Listing(rule="r", name="n", exactly=("a",)),
            Answer(None, tags=("a",)),
            Verdict.PASS,
        ),
    ],
)
def test_every_kind_of_case_is_judged_in_one_place(
    case: Choose, answer: Answer, verdict: Verdict
) -> None:
    assert judge(case, answer).verdict is verdict
