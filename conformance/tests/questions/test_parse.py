"""Questions about one tag: how they are put, read and judged."""

import pytest
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.questions.parse import Parse
from manylinux_conformance.questions.probe_project import PREFIX
from manylinux_conformance.questions.question import Reply
from manylinux_conformance.results.verdicts import Verdict

TAG = "manylinux_2_17_x86_64"
INVALID = Parse(rule="r", name="n", tag="x", valid=False)


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
    judged = case.judge(Answer(None, valid=valid, canonical=canonical, arch=arch))
    assert judged.verdict is verdict
    assert judged.expected == f"valid, {TAG}, x86_64"


def test_parts_that_a_case_leaves_empty_are_not_judged() -> None:
    case = Parse(rule="r", name="n", tag="m", valid=True)
    judged = case.judge(Answer(None, valid=True, canonical="whatever", arch="mars"))
    assert judged.verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (INVALID, "invalid"),
        (Parse(rule="r", name="n", tag="x", valid=True, arch="i686"), "valid, i686"),
    ],
)
def test_what_is_expected_are_the_parts_that_are_asked(case: Parse, words: str) -> None:
    assert case.expected == words


def test_an_invalid_tag_is_to_be_called_invalid() -> None:
    assert INVALID.judge(Answer(None)).verdict is Verdict.PASS
    assert INVALID.judge(Answer(None, valid=True)).verdict is Verdict.FAIL


def test_a_library_is_asked_about_the_tag_as_it_is_spelled() -> None:
    assert INVALID.request("cp311-abi3") == {"ask": "parse", "tag": "x"}


def test_a_reply_without_a_word_on_validity_is_no_answer() -> None:
    reply = Reply(valid=True, canonical=TAG, arch="x86_64")
    assert INVALID.read(reply, PREFIX) == Answer(
        None, valid=True, canonical=TAG, arch="x86_64"
    )
    assert INVALID.read(Reply(canonical=TAG), PREFIX) is None
