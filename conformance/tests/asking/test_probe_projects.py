"""Probe projects: wheels that say which candidate they are, byte for byte."""

import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_conformance.asking.probe_projects import (
    ProbeCache,
    own_prefix,
    read_answer,
    write_probe_projects,
)
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import running_interpreter
from manylinux_conformance.questions.probe_project import Offer, ProbeProject
from manylinux_conformance.results.verdicts import Verdict
from tests.builders import platform

ODD = (
    *("manylinux_2_17_x86_64", "MANYLINUX_2_17_X86_64", "manylinux_\uff12_17_x86_64"),
    *(
        "manylinux_2_17_x86_64..linux_x86_64",
        "manylinux_2_17_",
        "manylinux_2.17_x86_64",
    ),
    *("manylinux_2_17_x86_64.linux_x86_64", "linux_x86_64.manylinux_2_17_x86_64", ""),
)


def asked(*tags: str) -> ProbeProject:
    return ProbeProject("rule/name", tuple(Offer(tag) for tag in tags))


def wheel(question: ProbeProject, folder: Path, tag: str) -> zipfile.ZipFile:
    names = {spelled: name for name, spelled in question.filenames().items()}
    return zipfile.ZipFile(folder / names[tag])


@pytest.mark.parametrize("tag", ODD)
def test_a_file_is_named_exactly_as_the_case_spells_its_tag(
    tmp_path: Path, tag: str
) -> None:
    question = asked(tag)
    write_probe_projects([question], tmp_path / "links")
    names = {path.name for path in (tmp_path / "links").iterdir()}
    assert names == {
        f"{question.name}-1-py3-none-{tag}.whl",
        f"{question.name}-1-py3-none-any.whl",
    }


def test_tags_that_differ_only_in_case_are_two_wheels(tmp_path: Path) -> None:
    question = asked("manylinux1_x86_64", "Manylinux1_x86_64")
    write_probe_projects([question], tmp_path / "links")
    assert len(list((tmp_path / "links").iterdir())) == 3


def test_the_tag_lines_are_the_expansion_of_the_name(tmp_path: Path) -> None:
    question = asked("b.a")
    write_probe_projects([question], tmp_path / "links")
    with wheel(question, tmp_path / "links", "b.a") as archive:
        text = archive.read(f"{question.name}-1.dist-info/WHEEL").decode()
    lines = [line for line in text.splitlines() if line.startswith("Tag")]
    assert lines == ["Tag: py3-none-b", "Tag: py3-none-a"]


def test_the_tag_lines_of_an_offer_may_contradict_its_name(tmp_path: Path) -> None:
    offer = Offer("win32", wheel=("manylinux_2_17_x86_64", "py2-none-any"))
    question = ProbeProject("rule/name", (offer,))
    write_probe_projects([question], tmp_path / "links")
    with wheel(question, tmp_path / "links", "win32") as archive:
        text = archive.read(f"{question.name}-1.dist-info/WHEEL").decode()
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
    (tmp_path / asked("a").name).mkdir()
    assert read_answer(asked("a"), tmp_path) is None


def test_a_file_where_a_project_should_be_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / asked("a").name).touch()
    assert read_answer(asked("a"), tmp_path) is None


def test_a_file_of_unknown_name_is_an_error(tmp_path: Path) -> None:
    (tmp_path / asked("a").name).mkdir()
    (tmp_path / asked("a").name / "offer-9").touch()
    found = read_answer(asked("a"), tmp_path)
    assert found is not None
    assert found.outcome is Verdict.ERROR


def test_a_prefix_names_the_interpreter() -> None:
    interpreter = running_interpreter()
    version = interpreter.version.replace(".", "")
    assert own_prefix("{cp}-{cp}", interpreter) == f"cp{version}-cp{version}"


def test_wheels_that_a_tool_changed_are_written_anew(tmp_path: Path) -> None:
    probes = write_probe_projects([asked("a")], tmp_path / "links")
    before = {path.name: path.read_bytes() for path in probes.links.iterdir()}
    first, second = sorted(probes.links.iterdir())
    first.write_bytes(b"")
    second.unlink()
    (probes.links / "stray").touch()
    probes.restore()
    after = {path.name: path.read_bytes() for path in probes.links.iterdir()}
    assert after == before


def test_wheels_are_not_written_through_a_link_that_a_tool_left(tmp_path: Path) -> None:
    probes = write_probe_projects([asked("a")], tmp_path / "links")
    other = tmp_path / "other"
    other.mkdir()
    shutil.rmtree(probes.links)
    probes.links.symlink_to(other)
    probes.restore()
    assert list(other.iterdir()) == []
    assert len(list(probes.links.iterdir())) == 2


def test_the_same_projects_are_written_once(tmp_path: Path) -> None:
    cache, here = ProbeCache(tmp_path), Environment(platform())
    first = cache.of(here, [asked("a")])
    assert cache.of(here, [asked("a")]) is first
    assert cache.of(here, [asked("b")]).links != first.links
    there = Environment(platform(), target="linux_x86_64")
    assert cache.of(there, [asked("a")]).links != first.links
