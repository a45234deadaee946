"""Probe projects in a disguise: each dimension varies, and the question stays."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_conformance.asking.offered_files import offered_files
from manylinux_conformance.asking.probe_projects import (
    ProbeProjects,
    write_probe_projects,
)
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.placeholders import fill
from manylinux_conformance.questions.probe_project import (
    FOREIGN,
    PREFIX,
    Offer,
    ProbeProject,
)
from manylinux_conformance.suite.load import load_suite
from manylinux_fixtures.disguise import Disguise
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

SEEDS = range(1, 6)
OFFERS = (
    Offer("manylinux_2_17_x86_64"),
    Offer("linux_x86_64", build=2),
    Offer("manylinux_2_5_x86_64", release="2"),
    Offer("manylinux1_x86_64", release="10.1"),
)
PLAIN = ProbeProject("rule/name", OFFERS, ("==1; a == '1'", ">=2,<10.1"))


def releases(project: ProbeProject) -> list[Version]:
    return [Version(project.looking(offer).release) for offer in OFFERS]


def foreign(project: ProbeProject) -> tuple[str, ...]:
    return tuple(
        offer.tag for offer in project.markers.values() if offer.tag in FOREIGN
    )


DIMENSIONS: dict[str, Callable[[ProbeProject], object]] = {
    "name": lambda one: one.name,
    "releases": releases,
    "order of offers": lambda one: [offer.words for offer in one.markers.values()],
    "order of requirements": lambda one: ["; " in each for each in one.requirements],
    "wheels for other systems": foreign,
    "markers": lambda one: set(one.markers),
}


def disguised() -> list[ProbeProject]:
    return [PLAIN.disguised(Disguise(seed)) for seed in SEEDS]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_dimension_varies_between_seeds(dimension: str) -> None:
    looks = {repr(DIMENSIONS[dimension](each)) for each in disguised()}
    assert len(looks) > 1
    assert looks != {repr(DIMENSIONS[dimension](PLAIN))}


@pytest.mark.parametrize("project", disguised(), ids=str)
def test_answers_and_the_order_of_releases_stay(project: ProbeProject) -> None:
    answers = set(project.filenames().values()) - set(FOREIGN)
    assert answers == set(PLAIN.filenames().values())
    assert releases(project) == sorted(releases(project))
    assert len(set(releases(project))) == len(set(releases(PLAIN)))


@pytest.mark.parametrize("project", disguised(), ids=str)
def test_requirements_mean_the_releases_that_they_meant(project: ProbeProject) -> None:
    first, _, second, third = (project.looking(offer).release for offer in OFFERS)
    assert set(project.requirements) == {
        f"{project.name}=={first}; a == '1'",
        f"{project.name}>={second},<{third}",
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_names_in_a_wheel_agree(seed: int) -> None:
    project = PLAIN.disguised(Disguise(seed))
    for name, content in offered_files(project, PREFIX):
        parsed, version, _, _ = parse_wheel_filename(name)
        assert parsed == canonicalize_name(project.name) == project.name
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            information = f"{project.name}-{version}.dist-info"
            assert (
                f"Name: {project.name}\nVersion: {version}\n"
                in wheel.read(f"{information}/METADATA").decode()
            )


def test_a_file_name_given_in_full_keeps_its_release() -> None:
    offer = Offer("a_b", file="{project}-1-x-py3-none-a_b.whl")
    project = ProbeProject("rule/name", (offer,), (), Disguise(1))
    assert f"{project.name}-1-x-py3-none-a_b.whl" in project.filenames()
    assert f"{project.name}-1-py3-none-any.whl" in project.filenames()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_case_can_wear_every_disguise(seed: int) -> None:
    suite = load_suite()
    names: dict[str, str] = {}
    for case in suite.cases:
        if not isinstance(case, Choose):
            continue
        for platform in suite.platforms:
            if case.platform.selects(platform):
                kept(fill(case, platform, "311"), platform, Disguise(seed))
        name = case.project.disguised(Disguise(seed)).name
        assert names.setdefault(name, case.id) == case.id


def kept(case: Choose, platform: Platform, disguise: Disguise) -> None:
    """Assert that the answers of a case can be given in a disguise."""
    plain = set(case.project.filenames().values())
    offered = set(case.project.disguised(disguise).filenames().values())
    assert plain <= offered, (case.id, platform.name)
    assert offered - plain <= set(FOREIGN)


def written(folder: Path, seed: int) -> ProbeProjects:
    projects = [
        ProbeProject(f"rule/{number}", OFFERS[:2], (), Disguise(seed))
        for number in range(4)
    ]
    return write_probe_projects(projects, folder / str(seed))


def test_files_and_requirements_are_written_in_another_order(tmp_path: Path) -> None:
    orders = set()
    for seed in (0, *SEEDS):
        probes = written(tmp_path, seed)
        names = [each.name for each in probes.projects]
        required = [line.partition("==")[0] for line in probes.requirements]
        assert sorted(required) == sorted(names)
        orders.add(tuple(map(names.index, required)))
    assert len(orders) > 1


def test_projects_that_nobody_requires_lie_beside_disguised_ones(
    tmp_path: Path,
) -> None:
    counts = set()
    for seed in (0, *SEEDS):
        probes = written(tmp_path, seed)
        found = {path.name.partition("-")[0] for path in probes.links.iterdir()}
        strangers = found - {each.name for each in probes.projects}
        assert bool(strangers) is bool(seed)
        counts.add(len(strangers))
    assert len(counts) > 2
