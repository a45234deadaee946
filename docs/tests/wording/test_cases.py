"""Cases in words: every kind of question has a sentence."""

from __future__ import annotations

import pytest
from manylinux_conformance.suite.cases import (
    Asked,
    Build,
    Case,
    Choose,
    Expand,
    Listing,
    Load,
    Loaded,
    Offer,
    Parse,
    Selector,
)
from manylinux_docs.wording.cases import describe, describe_build, describe_platforms


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
            "Which of these wheels is installed, with a _manylinux module (target)?",
            ("a",),
        ),
        (
            Choose(rule="r", name="n", offer=("a",), pick="a", tool_glibc="2.5"),
            "Which of these wheels is installed, the tool itself running on glibc 2.5?",
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
def test_question(case: Case, question: str, items: tuple[str, ...]) -> None:
    text = describe(case)
    assert (text.question, text.items) == (question, items)


@pytest.mark.parametrize("ask", Asked)
def test_every_question_to_a_builder_has_words(ask: Asked) -> None:
    text = describe_build(Build(rule="r", name="n", ask=ask, expect=("kept", "none")))
    assert text.question.endswith("?")
    assert (text.where, text.items) == ("every platform", ())
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
    assert describe_build(build).items == ("newer.c -DFUNCTION=getrandom -lm",)


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        (Selector(), "every platform with a glibc"),
        (Selector(name=("musl",)), "musl"),
        (Selector(arch=("x86_64", "i686")), "x86_64, i686"),
        (
            Selector(arch=("i686",), other_than=("s390x", "ppc64")),
            "i686; not s390x or ppc64",
        ),
        (Selector(glibc=("2", "")), "where glibc says “2” or “”"),
        (
            Selector(at_least=(2, 17), below=(3, 0)),
            "glibc 2.17 or newer; glibc older than 3.0",
        ),
    ],
)
def test_platforms(selector: Selector, words: str) -> None:
    assert describe_platforms(selector) == words
