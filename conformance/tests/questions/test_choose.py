"""Questions of candidate wheels: how they are put, read and judged."""

import pytest
from manylinux_conformance.platforms.environment import Environment, ModulePlace
from manylinux_conformance.questions.answer import Answer, Judged, answered
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.probe_project import PREFIX, Offer
from manylinux_conformance.questions.question import Reply
from manylinux_conformance.results.verdicts import Verdict
from tests.builders import choose, platform

TAG = "manylinux_2_17_x86_64"


@pytest.mark.parametrize(
    ("case", "answer", "verdict"),
    [
        (choose(TAG, pick=TAG), TAG, Verdict.PASS),
        (choose(TAG, pick=TAG), "any", Verdict.FAIL),
        (choose(TAG, pick="any"), TAG, Verdict.FAIL),
        (choose(TAG, pick="nothing"), "any", Verdict.FAIL),
        (
            choose(TAG, pick="", allowed=(TAG, "any")),
            "any",
            Verdict.PASS,
        ),
    ],
)
def test_a_choice_is_right_when_the_case_expects_it(
    case: Choose, answer: str, verdict: Verdict
) -> None:
    assert case.judge(answered(answer)) == Judged(verdict, case.expected, answer)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (choose(TAG, pick="any"), "any"),
        (choose(TAG, pick="", allowed=("a", "b")), "a or b"),
    ],
)
def test_what_is_expected_is_every_permitted_answer(case: Choose, words: str) -> None:
    assert case.expected == words


def test_a_library_is_offered_the_file_names_of_the_wheels() -> None:
    case = choose(TAG, "any", target=TAG)
    name = case.project.name
    assert case.request("cp311-abi3") == {
        "ask": "choose",
        "offer": (f"{name}-1-cp311-abi3-{TAG}.whl", f"{name}-1-py3-none-any.whl"),
        "target": TAG,
    }
    assert "target" not in choose(TAG).request(PREFIX)


def test_the_chosen_file_is_read_as_the_tag_that_the_case_spells() -> None:
    case = choose(f"{TAG}.linux_x86_64")
    file = f"{case.project.name}-1-py3-none-{TAG}.linux_x86_64.whl"
    assert case.read(Reply(choose=file), PREFIX) == answered(f"{TAG}.linux_x86_64")
    assert case.read(Reply(choose="another.whl"), PREFIX) is None
    assert case.read(Reply(valid=True), PREFIX) is None
    none = case.read(Reply(choose=None, reason="fits nothing"), PREFIX)
    assert none == Answer(None, "nothing", "fits nothing")


def test_offers_are_wheels_with_their_tag_lines() -> None:
    lines = Offer("win32", wheel=("py2-none-any",))
    assert choose(lines, TAG).project.offer == (lines, Offer(TAG))


def test_the_module_and_the_targets_of_a_case_are_part_of_where_it_is_asked() -> None:
    case = choose(
        TAG,
        module="x = 1",
        module_at=ModulePlace.PYTHONPATH,
        target=TAG,
        tool_glibc="2.12",
    )
    here = platform()
    assert case.environment(here) == Environment(
        here, "x = 1", ModulePlace.PYTHONPATH, TAG, "2.12"
    )


@pytest.mark.parametrize(
    "offer", [Offer(TAG, release="2"), Offer(TAG, release="2", built=True)]
)
def test_a_case_that_may_end_an_installation_is_asked_alone(offer: Offer) -> None:
    case = choose(offer)
    assert case.environment(platform()) == Environment(platform(), alone=case.id)
    assert not choose(Offer(TAG, build=2)).environment(platform()).alone


def test_a_tool_may_have_been_used_on_another_glibc() -> None:
    case = choose(TAG, stored_on="2.28")
    assert case.environment(platform()) == Environment(platform(), stored_on="2.28")


def test_what_tells_offers_of_one_tag_apart_stands_in_the_answer() -> None:
    offers = (TAG, Offer(TAG, build=2), Offer(TAG, release="2"))
    case = choose(*offers, pick=f"{TAG}, build 2")
    assert case.problems() == []
    assert list(case.project.filenames().values())[:3] == [
        *(TAG, f"{TAG}, build 2", f"{TAG}, release 2")
    ]


@pytest.mark.parametrize(
    ("offer", "problem"),
    [
        (f"2-py3-none-{TAG}", "makes a malformed file name; give 'build' or 'file'"),
        ("none-win32", "makes a malformed file name; give 'build' or 'file'"),
        (Offer(TAG, file="other-1.whl"), "does not begin with '{project}-'"),
        (Offer(TAG, file=f"{{project}}-1-py3-none-{TAG}.whl"), "needs no 'file'"),
        (Offer(TAG, file=f"{{project}}-1-x-py3-none-{TAG}.whl"), ""),
        (f"py3-none-{TAG}", ""),
    ],
)
def test_a_file_name_is_malformed_on_purpose_only(
    offer: str | Offer, problem: str
) -> None:
    found = choose(offer, pick="any").problems()
    assert len(found) == bool(problem)
    assert not found or found[0].endswith(problem)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"pick": TAG}, ""),
        ({"pick": "any"}, ""),
        ({"pick": "nothing"}, ""),
        ({"pick": "linux_x86_64"}, "expects 'linux_x86_64', which it does not offer"),
        ({"pick": "", "allowed": ("x",)}, "expects 'x', which it does not offer"),
        ({"pick": ""}, "must have either 'pick' or 'allowed'"),
        ({"pick": TAG, "allowed": (TAG,)}, "must have either 'pick' or 'allowed'"),
    ],
)
def test_only_what_is_offered_can_be_expected(
    fields: dict[str, object], problem: str
) -> None:
    assert choose(TAG, **fields).problems() == ([problem] if problem else [])
