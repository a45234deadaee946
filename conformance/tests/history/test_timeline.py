"""The time line: delays are counted from what an event had to wait for."""

from __future__ import annotations

import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.history.answers import Release, read_answers
from manylinux_conformance.history.milestones import Milestone
from manylinux_conformance.history.timeline import (
    Event,
    Level,
    NewArchitecture,
    Stage,
    architecture_stages,
    level_stages,
    measured_event,
    read_timeline,
    stages,
)

ACCEPTED = Event(day="2019-12-04")
TIMELINE = read_timeline(data_folder("history") / "timeline.toml")
TOOLS = {
    answers.header.tool: answers
    for path in (data_folder("history") / "answers").glob("*.jsonl")
    for answers in [read_answers(path)]
}
FIRST = Release("2", "2020-11-30")


@pytest.mark.parametrize(
    ("glibc", "image", "waited"),
    [
        ("2018-08-01", "2022-05-30", 30),  # the level was there before the tag
        ("2021-08-01", "2024-11-22", 40),
        ("2021-08-01", "2020-01-01", 0),  # what was ready before waited for nothing
    ],
)
def test_a_level_waits_from_its_glibc_or_from_the_tag(
    glibc: str, image: str, waited: int
) -> None:
    level = Level(name="manylinux_2_28", glibc=Event(day=glibc), image=Event(day=image))
    assert level_stages(level, ACCEPTED, {})["image"].months == waited


def test_an_architecture_waits_from_the_same_step_of_the_perennial_tag() -> None:
    perennial = {"index": Stage("index", Event(day="2020-08-13"), 8)}
    arch = NewArchitecture(
        "riscv64", index=Event(day="2025-07-23"), image=Event(day="2025-07-20")
    )
    found = architecture_stages(arch, perennial, {})
    assert {key: stage.months for key, stage in found.items()} == {"index": 59}


def test_what_was_measured_names_the_release_and_the_one_before() -> None:
    found = measured_event("pip", Milestone(FIRST, Release("1", "2020-10-17")))
    assert found == Event(day="2020-11-30", release="pip 2", words="not yet in 1")


@pytest.mark.parametrize(
    "found",
    [
        None,
        Milestone(Release("2"), Release("1")),  # its day is not known
        Milestone(FIRST, None),  # nobody asked the releases before it
        Milestone(FIRST, Release("1"), unasked=("1.5",)),
    ],
)
def test_no_day_is_told_that_was_not_measured(found: Milestone | None) -> None:
    assert measured_event("pip", found) is None


def test_the_first_release_with_any_manylinux_tag_needs_none_before_it() -> None:
    assert measured_event("pip", Milestone(FIRST, None), is_first=True)


def test_nothing_is_proposed_after_it_was_accepted() -> None:
    for tag in TIMELINE.tag:
        assert tag.proposed.date < tag.accepted.date, tag.name


def test_every_event_of_levels_and_architectures_has_a_source() -> None:
    perennial = stages(TIMELINE.perennial, {})
    found = [level_stages(each, ACCEPTED, {}) for each in TIMELINE.level]
    found += [architecture_stages(one, perennial, {}) for one in TIMELINE.architecture]
    events = [stage.event for line in found for stage in line.values()]
    assert len(events) > len(found)
    assert all(event.source.startswith("https://") for event in events)


@pytest.mark.parametrize(
    ("tag", "index", "installer", "auditor", "image"),
    [
        ("manylinux2010", 1, 9, 9, 12),
        ("manylinux2014", 2, 2, 5, 3),
        ("manylinux_X_Y", 8, 12, 12, 14),
    ],
)
def test_the_delays_are_those_that_the_rationale_tells(
    tag: str, index: int, installer: int, auditor: int, image: int
) -> None:
    [found] = [stages(each, TOOLS) for each in TIMELINE.tag if each.name == tag]
    told = {
        "index": index,
        "installer": installer,
        "auditor": auditor,
        "image": image,
    }
    assert {key: found[key].months for key in told} == told


def test_a_new_level_waits_for_no_installer_and_a_new_architecture_does() -> None:
    [level] = [each for each in TIMELINE.level if each.name == "manylinux_2_34"]
    assert level_stages(level, ACCEPTED, TOOLS)["installer"].months == 0
    perennial = stages(TIMELINE.perennial, TOOLS)
    waited = {
        arch.name: architecture_stages(arch, perennial, TOOLS)["installer"].months
        for arch in TIMELINE.architecture
    }
    assert waited == {"riscv64": 43, "loongarch64": 43}
