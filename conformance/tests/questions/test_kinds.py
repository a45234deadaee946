"""Every kind of case is put into words, with the tags, sets or sources it is about."""

import pytest
from manylinux_conformance.questions.build import Asked
from manylinux_conformance.questions.expand import Expand
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.questions.listing import Listing
from manylinux_conformance.questions.load import Load, Loaded
from manylinux_conformance.questions.parse import Parse
from manylinux_conformance.questions.probe_project import Offer
from manylinux_conformance.questions.question import Wording
from tests.builders import build, choose


def load(language: str) -> Load:
    return Load(
        rule="r",
        name="n",
        language=language,
        built="2.43",
        claim="2.17",
        expect=Loaded.REFUSED,
    )


@pytest.mark.parametrize(
    ("case", "question", "items"),
    [
        (
            choose("a", Offer("b", ("c", "d"))),
            "Which of these wheels is installed?",
            ("a", "b, c, d"),
        ),
        (
            choose("a", target="t", module="x = 1", tool_glibc="2.5"),
            (
                "Which of these wheels is installed for the explicit target t, with a "
                "_manylinux module (standard-library), the tool itself running on "
                "glibc 2.5?"
            ),
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
            load("c"),
            "Can a C module built for glibc 2.43 that claims 2.17 be imported?",
            (),
        ),
        (
            load("cxx"),
            "Can a C++ module built for glibc 2.43 that claims 2.17 be imported?",
            (),
        ),
        (
            build(probe="a.c", flags=("-O2", "-g")),
            "Does what the compiler makes of this source conform to the level?",
            ("a.c -O2 -g",),
        ),
        (
            build(ask=Asked.MACHINE, probe=""),
            "Which machine does uname name?",
            (),
        ),
    ],
)
def test_a_case_is_put_into_words(
    case: AnyCase, question: str, items: tuple[str, ...]
) -> None:
    assert case.wording() == Wording(question, items)
