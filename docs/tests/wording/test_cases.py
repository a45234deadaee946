"""Cases in words: every kind of question has a sentence."""

from __future__ import annotations

import pytest
from manylinux_conformance.questions.build import Asked, Build
from manylinux_conformance.questions.case import Selector, Status
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.expand import Expand
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.questions.listing import Listing
from manylinux_conformance.questions.load import Load, Loaded
from manylinux_conformance.questions.parse import Parse
from manylinux_conformance.questions.probe_project import Offer
from manylinux_docs.wording.cases import describe


@pytest.mark.parametrize(
    ("case", "question", "items"),
    [
        (
            Choose(rule="r", name="n", offer=("a", Offer("b", ("c",))), pick="a"),
            "Which of these wheels is installed?",
            ("a", "b, c"),
        ),
        (
            Choose(rule="r", name="n", offer=("a",), pick="a", target="t"),
            "Which of these wheels is installed for the explicit target t?",
            ("a",),
        ),
        (
            Choose(rule="r", name="n", offer=("a",), pick="a", module="x = 1"),
            (
                "Which of these wheels is installed, "
                "with a _manylinux module (standard-library)?"
            ),
            ("a",),
        ),
        (
            Choose(rule="r", name="n", offer=("a",), pick="a", tool_glibc="2.5"),
            "Which of these wheels is installed, the tool itself running on glibc 2.5?",
            ("a",),
        ),
        (
            Choose(rule="r", name="n", offer=("a",), pick="a", stored_on="2"),
            (
                "Which of these wheels is installed, "
                "the tool having been used on glibc 2 before?"
            ),
            ("a",),
        ),
        (
            Choose(rule="r", name="n", offer=(Offer("a", release="2", built=True),)),
            "Which of these wheels is installed?",
            ("a, release 2, made by the back end of a source distribution",),
        ),
        (
            Choose(rule="r", name="n", offer=("a",), requires=("==1", "==2")),
            "Which of these wheels is installed, required as ==1 and as ==2?",
            ("a",),
        ),
        (
            Parse(rule="r", name="n", tag="t", valid=True),
            "Is this a valid tag?",
            ("t",),
        ),
        (
            Expand(rule="r", name="n", set="a.b"),
            "Which tags does this set stand for?",
            ("a.b",),
        ),
        (Listing(rule="r", name="n"), "Which tags fit, in which order?", ()),
        (
            Load(rule="r", name="n", built="2.43", claim="2.17", expect=Loaded.REFUSED),
            "Can a C module built for glibc 2.43 that claims 2.17 be imported?",
            (),
        ),
    ],
)
def test_question(case: AnyCase, question: str, items: tuple[str, ...]) -> None:
    text = describe(case)
    assert (text.question, text.items) == (question, items)


@pytest.mark.parametrize("ask", Asked)
def test_every_question_to_a_builder_has_words(ask: Asked) -> None:
    text = describe(Build(rule="r", name="n", ask=ask, expect=("kept", "none")))
    assert text.question.endswith("?")
    assert text.items == ()
    assert text.expected == "kept or none"


def test_question_to_a_builder_names_its_source() -> None:
    build = Build(
        rule="r",
        name="n",
        ask=Asked.LEVEL,
        probe="newer.c",
        flags=("-DFUNCTION=getrandom", "-lm"),
        expect=("kept",),
    )
    assert describe(build).items == ("newer.c -DFUNCTION=getrandom -lm",)


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        (Selector(), "every platform with a glibc"),
        (Selector(name=("musl",)), "musl"),
        (Selector(arch=("x86_64", "i686")), "x86_64, i686"),
        (Selector(glibc=("2", "")), "where glibc says “2” or “”"),
        (
            Selector(at_least=(2, 17), below=(3, 0)),
            "glibc 2.17 or newer; glibc older than 3.0",
        ),
    ],
)
def test_platforms(selector: Selector, words: str) -> None:
    case = Expand(rule="r", name="n", set="a.b", platform=selector)
    assert describe(case).where == words


@pytest.mark.parametrize(
    ("case", "counts_as"),
    [
        (Choose(rule="r", name="n", offer=("a",), pick="a"), ""),
        (Choose(rule="r", name="n", offer=("a",), pick="a", control=True), "control"),
        (
            Choose(rule="r", name="n", offer=("a",), pick="a", status=Status.DRAFT),
            "draft",
        ),
    ],
)
def test_a_case_says_what_a_wrong_answer_is(case: AnyCase, counts_as: str) -> None:
    assert describe(case).counts_as.partition(":")[0] == counts_as
