import re
import tomllib
from pathlib import Path

import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.architectures import (
    ARCHITECTURES,
    is_native,
    machine_of,
)
from manylinux_conformance.platforms.catalogue import (
    Container,
    chosen,
    read_containers,
    read_stand_ins,
)
from manylinux_conformance.platforms.platform import Fidelity, read_platforms
from manylinux_conformance.platforms.releases import Release, Source
from manylinux_spec.folder import spec_folder

CATALOGUE = read_containers()
RELEASES = {each.release.name: each.release for each in CATALOGUE}
SURVEY = {
    entry["name"]: entry
    for entry in tomllib.loads((spec_folder() / "data/distributions.toml").read_text())[
        "distribution"
    ]
}
RELEASE = """
[[release]]
name = "one-1"
glibc = "2.36"
python = "3.11"
architectures = ["s390x"]
"""


def container(name: str) -> Container:
    (found,) = chosen(CATALOGUE, name)
    return found


@pytest.mark.parametrize(
    "name",
    [
        "centos-7",
        *(f"almalinux-{number}" for number in (8, 9, 10)),
        *(f"debian-{number}" for number in (11, 12, 13, 14)),
        *(f"ubuntu-{year}.04" for year in (14, 16, 18, 20, 22, 24, 26)),
        "manylinux1",
        "manylinux2010",
        "manylinux2014",
        *(f"manylinux_2_{minor}" for minor in (24, 28, 31, 34, 35, 39)),
    ],
)
def test_the_catalogue_has_what_was_promised(name: str) -> None:
    assert name in RELEASES


@pytest.mark.parametrize("name", sorted(set(RELEASES) & set(SURVEY)))
def test_what_the_survey_knows_of_a_release_is_what_the_catalogue_says(
    name: str,
) -> None:
    assert RELEASES[name].glibc == SURVEY[name]["glibc"]
    assert set(RELEASES[name].architectures) <= set(SURVEY[name]["architectures"])


def test_the_survey_knows_all_distributions_but_what_is_to_come() -> None:
    unknown = set(RELEASES) - set(SURVEY)
    assert {name for name in unknown if not name.startswith("manylinux")} == {
        "debian-14",
        "cross-debian-12",  # no distribution
        "real-glibc-2.17",  # no distribution
    }


@pytest.mark.parametrize(
    "release", [one for one in RELEASES.values() if one.name.startswith("manylinux_")]
)
def test_a_build_image_has_the_glibc_of_its_name(release: Release) -> None:
    name, glibc = release.name, release.glibc
    assert name == "manylinux_" + glibc.replace(".", "_")


@pytest.mark.parametrize("release", RELEASES.values(), ids=RELEASES)
def test_dates_are_in_order(release: Release) -> None:
    begin, end = release.released, release.supported_until
    assert begin is None or end is None or begin < end


def test_references_are_the_upstream_names() -> None:
    assert container("debian-12-s390x").reference == "debian:12"
    assert container("almalinux-8-ppc64le").reference == "almalinux:8"
    assert container("ubuntu-22.04-armv7l").reference == "ubuntu:22.04"
    assert container("centos-7-i686").reference == "centos:7"
    image = container("manylinux2014-aarch64").reference
    assert image == "quay.io/pypa/manylinux2014_aarch64"


def test_a_mirror_is_a_source_of_its_architectures_only() -> None:
    elsewhere = (Source.REGISTRY, Source.ARCHIVE)
    assert container("debian-11-s390x").sources == elsewhere
    assert container("debian-11-armv7l").sources == (Source.MIRROR, *elsewhere)


def test_centos_5_and_6_are_stood_for_by_modelled_platforms() -> None:
    modelled = {one.name: one for one in read_platforms(data_folder("platforms"))}
    stand_ins = {one.name: one for one in read_stand_ins()}
    assert set(stand_ins) == {"centos-5", "centos-6"}
    for release in stand_ins.values():
        assert modelled[release.modelled].glibc == release.glibc
        assert "sysroot" in release.about


@pytest.mark.parametrize(
    ("name", "machine", "fidelity", "says"),
    [
        ("debian-12-x86_64", "x86_64", Fidelity.NATIVE, "x86_64"),
        ("debian-12-i686", "x86_64", Fidelity.NATIVE, "x86_64"),
        ("debian-12-s390x", "x86_64", Fidelity.EMULATED, "s390x"),
        ("debian-12-s390x", "s390x", Fidelity.NATIVE, "s390x"),
        ("debian-12-armv7l", "aarch64", Fidelity.EMULATED, "armv7l"),
    ],
)
def test_fidelity_depends_on_the_engine(
    name: str, machine: str, fidelity: Fidelity, says: str
) -> None:
    platform = container(name).platform(machine)
    assert (platform.fidelity, platform.machine) == (fidelity, says)
    assert (platform.major, platform.minor) == (2, 36)


def test_this_machine_is_native_to_itself() -> None:
    for arch in ARCHITECTURES:
        assert machine_of(arch, arch) == arch
        assert is_native(arch, arch)
    assert ARCHITECTURES["armv7l"].platform == "linux/arm/v7"
    assert ARCHITECTURES["s390x"].platform == "linux/s390x"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('sources = ["registry"]', "one-1: a registry needs 'registry'"),
        ('sources = ["mirror"]', "one-1: a mirror needs 'suite'"),
        ('sources = ["packages"]', "one-1-s390x: packages need 'parts'"),
        ('sources = ["cross-build"]', "one-1: a build needs 'suite'"),
        ('sources = ["else"]', "else"),
        ('sources = []\nregistry = "UPPER"', "registry"),
        ("sources = []\nother = 1", "other"),
        ('sources = []\nreleased = "soon"', "released"),
    ],
)
def test_a_malformed_release_is_refused(tmp_path: Path, more: str, words: str) -> None:
    (tmp_path / "one.toml").write_text(RELEASE + more)
    with pytest.raises(InputError, match=re.escape(words)):
        read_containers(tmp_path)


def test_an_unknown_architecture_is_refused(tmp_path: Path) -> None:
    text = RELEASE.replace("s390x", "vax") + "sources = []"
    (tmp_path / "one.toml").write_text(text)
    with pytest.raises(InputError, match="one-1: no architecture 'vax'"):
        read_containers(tmp_path)


def test_a_name_that_is_defined_twice_is_refused(tmp_path: Path) -> None:
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text(RELEASE + "sources = []")
    with pytest.raises(InputError, match="'one-1-s390x' is defined twice"):
        read_containers(tmp_path)


def test_a_glibc_that_is_not_a_version_is_refused(tmp_path: Path) -> None:
    text = RELEASE.replace("2.36", "new") + "sources = []"
    (tmp_path / "one.toml").write_text(text)
    (found,) = read_containers(tmp_path)
    with pytest.raises(InputError, match="glibc 'new' is not a version"):
        found.platform()
