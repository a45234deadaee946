"""Probe projects: wheels that say which candidate they are, byte for byte."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_conformance.asking.probe_projects import (
    Question,
    filenames,
    full_tag,
    own_prefix,
    read_answer,
    write_probe_projects,
)
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.interpreters import running_interpreter
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.suite.cases import Offer
from packaging.utils import parse_wheel_filename

ODD = (
    *("manylinux_2_17_x86_64", "MANYLINUX_2_17_X86_64", "manylinux_\uff12_17_x86_64"),
    *(
        "manylinux_2_17_x86_64..linux_x86_64",
        "manylinux_2_17_",
        "manylinux_2.17_x86_64",
    ),
    *("manylinux_2_17_x86_64.linux_x86_64", "linux_x86_64.manylinux_2_17_x86_64", ""),
)


def asked(*tags: str) -> Question:
    return Question("rule/name", tuple(Offer(tag) for tag in tags))


def wheel(question: Question, folder: Path, tag: str) -> zipfile.ZipFile:
    names = {spelled: name for name, spelled in filenames(question).items()}
    return zipfile.ZipFile(folder / names[tag])


@pytest.mark.parametrize("tag", ODD)
def test_a_file_is_named_exactly_as_the_case_spells_its_tag(
    tmp_path: Path, tag: str
) -> None:
    question = asked(tag)
    write_probe_projects([question], tmp_path / "links")
    names = {path.name for path in (tmp_path / "links").iterdir()}
    assert names == {
        f"{question.project}-1-py3-none-{tag}.whl",
        f"{question.project}-1-py3-none-any.whl",
    }


def test_tags_that_differ_only_in_case_are_two_wheels(tmp_path: Path) -> None:
    question = asked("manylinux1_x86_64", "Manylinux1_x86_64")
    write_probe_projects([question], tmp_path / "links")
    assert len(list((tmp_path / "links").iterdir())) == 3


def test_a_well_formed_wheel_is_one_for_packaging_too() -> None:
    (name, _) = filenames(asked("manylinux1_x86_64.manylinux_2_5_x86_64"))
    project, version, build, tags = parse_wheel_filename(name)
    assert (project, str(version), build) == (asked().project, "1", ())
    assert {tag.platform for tag in tags} == {
        "manylinux1_x86_64",
        "manylinux_2_5_x86_64",
    }


def test_the_tag_lines_are_the_expansion_of_the_name(tmp_path: Path) -> None:
    question = asked("b.a")
    write_probe_projects([question], tmp_path / "links")
    with wheel(question, tmp_path / "links", "b.a") as archive:
        text = archive.read(f"{question.project}-1.dist-info/WHEEL").decode()
    lines = [line for line in text.splitlines() if line.startswith("Tag")]
    assert lines == ["Tag: py3-none-b", "Tag: py3-none-a"]


def test_the_tag_lines_of_an_offer_may_contradict_its_name(tmp_path: Path) -> None:
    offer = Offer("win32", wheel=("manylinux_2_17_x86_64", "py2-none-any"))
    question = Question("rule/name", (offer,))
    write_probe_projects([question], tmp_path / "links")
    with wheel(question, tmp_path / "links", "win32") as archive:
        text = archive.read(f"{question.project}-1.dist-info/WHEEL").decode()
    assert text.endswith("Tag: py3-none-manylinux_2_17_x86_64\nTag: py2-none-any\n")


@given(st.lists(st.sampled_from(ODD), unique=True))
def test_equal_questions_give_equal_bytes(
    tmp_path_factory: pytest.TempPathFactory, tags: list[str]
) -> None:
    contents = []
    for name in ("one", "other"):
        links = tmp_path_factory.mktemp("equal") / name
        write_probe_projects([asked(*tags)], links)
        contents.append({path.name: path.read_bytes() for path in links.iterdir()})
    assert contents[0] == contents[1]


@pytest.mark.parametrize("tag", [*ODD, "any"])
def test_an_unpacked_wheel_is_read_as_the_answer_that_it_is(
    tmp_path: Path, tag: str
) -> None:
    question = asked(*ODD)
    write_probe_projects([question], tmp_path / "links")
    with wheel(question, tmp_path / "links", tag) as archive:
        archive.extractall(tmp_path / "target")
    found = read_answer(question, tmp_path / "target")
    assert found is not None
    assert (found.outcome, found.answer) == (None, tag)


def test_a_project_that_did_not_land_has_no_answer(tmp_path: Path) -> None:
    assert read_answer(asked("a"), tmp_path) is None


def test_an_empty_folder_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / asked("a").project).mkdir()
    assert read_answer(asked("a"), tmp_path) is None


def test_a_file_where_a_project_should_be_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / asked("a").project).touch()
    assert read_answer(asked("a"), tmp_path) is None


def test_a_file_of_unknown_name_is_an_error(tmp_path: Path) -> None:
    (tmp_path / asked("a").project).mkdir()
    (tmp_path / asked("a").project / "offer-9").touch()
    found = read_answer(asked("a"), tmp_path)
    assert found is not None
    assert found.outcome is Verdict.ERROR


@pytest.mark.parametrize("tag", ["a/b", "../a", "a\0b", "x" * 300, "é" * 120])
def test_a_tag_that_no_file_name_can_hold_is_refused(tmp_path: Path, tag: str) -> None:
    with pytest.raises(InputError, match=r"^rule/name: .* cannot be in a file name$"):
        write_probe_projects([asked(tag)], tmp_path / "links")


@pytest.mark.parametrize(
    "tags", [("a", "a"), ("a", "py3-none-a"), ("any", "py3-none-any")]
)
def test_a_tag_offered_twice_is_refused(tmp_path: Path, tags: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="is offered twice"):
        write_probe_projects([asked(*tags)], tmp_path / "links")


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
    names = filenames(asked("linux_x86_64"), "cp311-cp311")
    assert [name.partition("-1-")[2] for name in names] == [
        "cp311-cp311-linux_x86_64.whl",
        "py3-none-any.whl",
    ]


def test_a_prefix_names_the_interpreter() -> None:
    interpreter = running_interpreter()
    version = interpreter.version.replace(".", "")
    assert own_prefix("{cp}-{cp}", interpreter) == f"cp{version}-cp{version}"


def test_projects_of_different_cases_have_different_names() -> None:
    names = {Question(f"rule/{number}", ()).project for number in range(500)}
    assert len(names) == 500
