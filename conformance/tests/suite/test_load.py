"""The suite as a whole: rules, cases and platforms, held together."""

import hashlib
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.catalogue import read_containers
from manylinux_conformance.suite.case_files import read_cases
from manylinux_conformance.suite.filters import Wanted
from manylinux_conformance.suite.load import load_suite, narrowed, near_cases
from manylinux_spec.folder import spec_folder
from tests.builders import platform

CHAPTER = """\
:::{rule} tag.form
:level: must
:subject: installer
:arch: all
:basis: standard
:source: PEP 600
:tested: forced

A tag MUST have four parts.

```{case} four-parts
offer = ["manylinux_{major}_{minor}_{arch}"]
pick = "any"
```
:::
"""
CASE = '[[choose]]\nrule = "tag.form"\nname = "NAME"\noffer = ["x"]\npick = "x"\n'


@dataclass(frozen=True)
class Folders:
    """A specification of one rule with one example, and data beside it."""

    spec: Path
    data: Path

    def add(self, file: str, *names: str) -> None:
        """Add a case file with cases of some names."""
        text = "".join(CASE.replace("NAME", name) for name in names)
        (self.data / "cases" / file).write_text(text)

    def cases(self) -> list[str]:
        """Return the identifiers of the suite's cases."""
        return [case.id for case in load_suite(self.spec, self.data).cases]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    spec, data = tmp_path / "spec", tmp_path / "data"
    spec.mkdir()
    (spec / "tags.md").write_text(CHAPTER)
    (data / "cases").mkdir(parents=True)
    shutil.copytree(data_folder("platforms"), data / "platforms")
    return Folders(spec, data)


def test_cases_are_those_of_files_and_those_of_chapters(folders: Folders) -> None:
    folders.add("form.toml", "three-parts")
    assert folders.cases() == ["tag.form/three-parts", "tag.form/four-parts"]


def test_the_suite_on_file_is_loaded_by_default() -> None:
    suite = load_suite()
    spec, cases = spec_folder(), data_folder("cases")
    lock = (spec / "rules.lock").read_bytes()
    assert suite.lock_digest == hashlib.sha256(lock).hexdigest()
    assert set(read_cases(cases)) <= set(suite.cases)
    assert "glibc-2.17" in {platform.name for platform in suite.platforms}
    assert suite.containers == read_containers(data_folder("platforms"))


def test_a_broken_example_is_named_by_its_chapter(folders: Folders) -> None:
    (folders.spec / "tags.md").write_text(CHAPTER.replace('pick = "any"', "pick = 1"))
    with pytest.raises(InputError, match=rf"^{folders.spec}/tags\.md: line 1: "):
        folders.cases()


def test_an_example_and_a_case_of_one_name_are_refused(folders: Folders) -> None:
    folders.add("form.toml", "four-parts")
    with pytest.raises(
        InputError,
        match=rf"^{folders.spec}: case 'tag\.form/four-parts' is defined 2 times",
    ):
        folders.cases()


def test_two_cases_of_one_name_are_refused(folders: Folders) -> None:
    folders.add("form.toml", "one", "two")
    folders.add("more.toml", "two")
    with pytest.raises(InputError, match=r"'tag\.form/two' is defined 2 times"):
        folders.cases()


def test_a_suite_is_narrowed_to_the_cases_that_are_wanted(folders: Folders) -> None:
    folders.add("form.toml", "one", "two")
    suite = load_suite(folders.spec, folders.data)
    for pattern in ("tw*", "tag.form/two"):
        few = narrowed(suite, Wanted(platforms=("glibc-2.17",), cases=(pattern,)))
        assert [case.name for case in few.cases] == ["two"]
        assert [platform.name for platform in few.platforms] == ["glibc-2.17"]


def test_wheels_are_wanted_by_an_architecture_where_no_platform_is(
    folders: Folders,
) -> None:
    suite = load_suite(folders.spec, folders.data)
    suite = replace(suite, platforms=(platform(),), containers=())
    few = narrowed(suite, Wanted(platforms=("x86_6?",)))
    assert few.platforms == ()
    assert few.wanted == Wanted(platforms=("x86_6?",))


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (Wanted(platforms=("mars",)), "mars: no platform has such a name"),
        (Wanted(rules=("rain.*",)), r"rain\.\*: no rule has such a name"),
    ],
)
def test_a_pattern_that_matches_nothing_is_refused(
    folders: Folders, wanted: Wanted, reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        narrowed(load_suite(folders.spec, folders.data), wanted)


def test_a_rule_without_cases_may_be_wanted(folders: Folders) -> None:
    suite = load_suite(folders.spec, folders.data)
    assert narrowed(suite, Wanted(rules=("tag.form",), cases=("none",))).cases == ()


def test_a_suite_is_known_by_the_digest_of_its_lock(folders: Folders) -> None:
    empty = load_suite(folders.spec, folders.data).lock_digest
    assert empty == hashlib.sha256(b"").hexdigest()
    (folders.spec / "rules.lock").write_bytes(b"{}")
    locked = load_suite(folders.spec, folders.data).lock_digest
    assert locked == hashlib.sha256(b"{}").hexdigest()


def test_containers_are_those_of_the_platforms_folder(folders: Folders) -> None:
    suite = load_suite(folders.spec, folders.data)
    names = {container.name for container in suite.containers}
    assert "debian-12-s390x" in names
    few = narrowed(suite, Wanted(platforms=("debian-12-*",)))
    assert {container.name for container in few.containers} == {
        name for name in names if name.startswith("debian-12-")
    }


@pytest.mark.parametrize(
    ("patterns", "told"),
    [
        (["four-partz"], ["four-parts"]),
        (["tag.form/four-partz"], ["tag.form/four-parts"]),
        (["four-parts"], []),
        (["tag.form/*"], []),
        (["f*"], []),
        (["four-partz", "three-partz"], ["four-parts", "three-parts"]),
        (["four-parts", "three-partz"], ["three-parts"]),
        (["zzzzzz"], []),
    ],
)
def test_near_names_are_told_of_what_matches_no_case(
    folders: Folders, patterns: list[str], told: list[str]
) -> None:
    folders.add("form.toml", "three-parts")
    near = near_cases(load_suite(folders.spec, folders.data), patterns)
    assert re.findall(r"did you mean ([a-z./-]+)", near) == told
