"""A question that was due and got no answer is told, with its platform and reason."""

import msgspec
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.results.unanswered import unanswered
from manylinux_conformance.results.verdicts import Verdict
from tests.builders import header_line, result_line

HEADER = header_line(platform="debian-13-riscv64")
LOST = result_line(
    platform="debian-13-riscv64",
    fidelity=Fidelity.EMULATED,
    verdict=Verdict.INFRASTRUCTURE,
    reason="the engine is not running",
)
ANSWERED = msgspec.structs.replace(LOST, verdict=Verdict.PASS, reason="")


def test_the_questions_of_a_platform_are_one_line() -> None:
    (said,) = unanswered([Block(HEADER, (LOST, ANSWERED, LOST))])
    place, words, reason = said.split(": ")
    assert place == "debian-13-riscv64"
    assert words == "2 questions to pip 26.3 got no answer"
    assert reason == "the engine is not running"


def test_each_platform_and_reason_is_a_line_of_its_own() -> None:
    model = msgspec.structs.replace(LOST, platform="model")
    other = msgspec.structs.replace(LOST, reason="the container was ended")
    said = list(unanswered([Block(HEADER, (LOST, model, other))]))
    assert [line.split(":")[0] for line in said] == [
        "debian-13-riscv64",
        "model",
        "debian-13-riscv64",
    ]
    assert "model: 1 question to pip 26.3 got no answer" in said[1]


def test_a_platform_that_got_lost_before_any_question_is_told() -> None:
    line = NotRun(reason="No such image: x", remedy="prepare x", due=True)
    (said,) = unanswered([Block(HEADER, (), (line,))])
    assert said.startswith("debian-13-riscv64: pip 26.3 was asked nothing: ")
    assert said.endswith(": No such image: x; run: prepare x")


def test_of_many_platforms_the_first_is_named() -> None:
    header = msgspec.structs.replace(HEADER, platform="")
    line = NotRun(platforms=("a", "b", "c"), reason="the disk is full", due=True)
    (said,) = unanswered([Block(header, (), (line,))])
    assert said.startswith("a and 2 other platforms: ")


def test_what_was_never_there_is_no_complaint() -> None:
    line = NotRun(platforms=("debian-14-s390x",), reason="not prepared")
    assert list(unanswered([Block(HEADER, (ANSWERED,), (line,))])) == []


def test_a_draft_without_an_answer_is_no_complaint() -> None:
    draft = msgspec.structs.replace(LOST, draft=True)
    assert list(unanswered([Block(HEADER, (draft, ANSWERED))])) == []
