"""Probe projects by name: file names exactly as a case spells its tags."""

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.questions.probe_project import Offer, ProbeProject, full_tag
from packaging.utils import parse_wheel_filename


def asked(*tags: str) -> ProbeProject:
    return ProbeProject("rule/name", tuple(Offer(tag) for tag in tags))


def test_a_well_formed_wheel_is_one_for_packaging_too() -> None:
    (name, _) = asked("manylinux1_x86_64.manylinux_2_5_x86_64").filenames()
    project, version, build, tags = parse_wheel_filename(name)
    assert (project, str(version), build) == (asked().name, "1", ())
    assert {tag.platform for tag in tags} == {
        "manylinux1_x86_64",
        "manylinux_2_5_x86_64",
    }


@pytest.mark.parametrize(
    ("tag", "full"),
    [
        ("linux_x86_64", "py3-none-linux_x86_64"),
        ("cp311-abi3-linux_x86_64", "cp311-abi3-linux_x86_64"),
        ("manylinux-2-17-x86_64", "py3-none-manylinux-2-17-x86_64"),
        ("any", "py3-none-any"),
    ],
)
def test_a_platform_tag_stands_behind_py3_none(tag: str, full: str) -> None:
    assert full_tag(tag) == full


def test_another_prefix_leaves_the_any_wheel_alone() -> None:
    names = asked("linux_x86_64").filenames("cp311-cp311")
    assert [name.partition("-1-")[2] for name in names] == [
        "cp311-cp311-linux_x86_64.whl",
        "py3-none-any.whl",
    ]


def test_projects_of_different_cases_have_different_names() -> None:
    names = {ProbeProject(f"rule/{number}", ()).name for number in range(500)}
    assert len(names) == 500
    assert {len(name) for name in names} == {len("probe") + 12}


@pytest.mark.parametrize("tag", ["a/b", "../a", "a\0b", "x" * 300, "é" * 120])
def test_a_tag_that_no_file_name_can_hold_is_refused(tag: str) -> None:
    with pytest.raises(InputError, match=r"^rule/name: .* cannot be in a file name$"):
        asked(tag).filenames()


def test_a_file_name_has_room_for_255_bytes() -> None:
    tag = "x" * (255 - len(f"{asked().name}-1-py3-none-.whl"))
    (name, _) = asked(tag).filenames()
    assert len(name) == 255
    with pytest.raises(InputError, match="cannot be in a file name"):
        asked(f"{tag}x").filenames()


@pytest.mark.parametrize(
    "tags", [("a", "a"), ("a", "py3-none-a"), ("any", "py3-none-any")]
)
def test_a_tag_offered_twice_is_refused(tags: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=r"^rule/name: .* is offered twice$"):
        asked(*tags).filenames()


def test_a_project_knows_its_rule_and_pins_its_only_version() -> None:
    project = ProbeProject("tag.form/four/parts", ())
    assert project.rule == "tag.form"
    assert project.requirements == (f"{project.name}==1",)


@pytest.mark.parametrize("tags", [("a",), ("a", "any"), ("a", "py3-none-any")])
def test_there_is_one_wheel_for_any_platform_offered_or_not(
    tags: tuple[str, ...],
) -> None:
    names = asked(*tags).filenames()
    assert [name for name in names if name.endswith("-py3-none-any.whl")] == [
        f"{asked().name}-1-py3-none-any.whl"
    ]


def test_a_file_in_each_wheel_tells_it_apart() -> None:
    assert asked("a", "b").markers == {
        "offer-0": Offer("a"),
        "offer-1": Offer("b"),
        "offer-any": Offer("any"),
    }


@pytest.mark.parametrize(
    ("offer", "rest"),
    [
        (Offer("linux_x86_64", build=2), "1-2-py3-none-linux_x86_64.whl"),
        (Offer("linux_x86_64", build="2a"), "1-2a-py3-none-linux_x86_64.whl"),
        (Offer("linux_x86_64", build=0), "1-0-py3-none-linux_x86_64.whl"),
        (Offer("linux_x86_64", release="2.1"), "2.1-py3-none-linux_x86_64.whl"),
        (Offer("linux_x86_64", file="{project}-1-py3.whl"), "1-py3.whl"),
        (Offer("linux_x86_64", release="2", built=True), "2.tar.gz"),
    ],
)
def test_the_words_of_an_offer_make_its_file_name(offer: Offer, rest: str) -> None:
    project = ProbeProject("rule/name", (offer,))
    assert next(iter(project.filenames())) == f"{project.name}-{rest}"


def test_of_several_releases_any_is_required_unless_the_case_says_more() -> None:
    offers = (Offer("linux_x86_64"), Offer("linux_x86_64", release="2"))
    project = ProbeProject("rule/name", offers)
    assert project.requirements == (project.name,)
    told = ProbeProject("rule/name", offers, ("==1; a == 'b'", "==2; a != 'b'"))
    assert told.requirements == (
        f"{project.name}==1; a == 'b'",
        f"{project.name}==2; a != 'b'",
    )
