"""Files of causes: read strictly, one telling another's, and said of each result."""

from pathlib import Path

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.tools.causes import Shows
from manylinux_conformance.tools.deviations import (
    annotate,
    read_causes,
    read_deviations,
)
from tests.builders import result_line

LAST = """
[[cause]]
id = "linux-last"
kind = "by-design"
why = "The linux tag is ranked last on purpose."
links = ["https://github.com/pypa/pip/issues/3844"]
since = "9.0"
versions = ["20.9"]
[[cause.shows]]
rules = ["installer.order.linux"]
cases = ["wrong"]
"""
CARRIED = """
[[cause]]
id = "linux-last"
of = "packaging"
versions = ["26.*"]
roles = ["installer"]
[[cause.shows]]
rules = ["installer.order.*"]
cases = ["wrong"]
"""


def result(name: str, verdict: Verdict, *, kind: str = "", cause: str = "") -> Result:
    return result_line(
        f"installer.order.linux/{name}",
        verdict=verdict,
        expected="linux_x86_64",
        deviation=kind,
        cause=cause,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "packaging.toml").write_text(LAST)
    (tmp_path / "pip.toml").write_text(CARRIED)
    return tmp_path


def test_a_tool_without_a_file_has_no_deviations(tmp_path: Path) -> None:
    assert read_deviations(tmp_path, "pip") == ()


def test_a_carried_cause_is_told_in_the_file_of_the_tool_that_is_carried(
    folder: Path,
) -> None:
    (told,) = read_deviations(folder, "packaging")
    (carried,) = read_deviations(folder, "pip")
    assert (told.of, carried.of) == ("", "packaging")
    for name in ("id", "kind", "why", "links", "since"):
        assert getattr(carried, name) == getattr(told, name)
    assert (carried.versions, carried.roles) == (("26.*",), (Role.INSTALLER,))
    assert carried.shows == (Shows(rules=("installer.order.*",), cases=("wrong",)),)


def test_a_difference_gets_its_cause_and_the_kind_of_that(folder: Path) -> None:
    causes = read_deviations(folder, "pip")
    results = [
        result("right", Verdict.PASS),
        result("wrong", Verdict.FAIL),
        result("wrong", Verdict.PASS, kind="unreported", cause="gone"),
        result("other", Verdict.FAIL, kind="unreported", cause="gone"),
    ]
    assert annotate(results, causes, "26.3", Role.INSTALLER) == [
        result("right", Verdict.PASS),
        result("wrong", Verdict.FAIL, kind="by-design", cause="linux-last"),
        result("wrong", Verdict.PASS),
        result("other", Verdict.FAIL),
    ]
    (older,) = annotate(results[1:2], causes, "23.2", Role.INSTALLER)
    assert older == result("wrong", Verdict.FAIL)
    assert annotate(results[1:2], causes, "26.3", Role.TAG_LIBRARY) == [older]
    assert [each.concerns("installer.order.linux") for each in causes] == [True]
    assert [each.concerns("installer.glibc.at-least") for each in causes] == [False]


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("packaging", '"by-design"', '"bug"', "Invalid enum value 'bug'"),
        ("packaging", 'kind = "by-design"', "", "linux-last: a cause needs a 'kind'"),
        ("packaging", " is ranked last on purpose", "", "linux-last: 'why' must"),
        ("packaging", "issues/3844", "blob/26.3/a.py", "linux-last: by-design needs"),
        ("packaging", "linux-last", "Linux last", "regex"),
        ("packaging", 'cases = ["wrong"]', "cases = []", "length >= 1"),
        ("packaging", "cases", "colour", "unknown field"),
        ("packaging", "[[cause.shows]]", "[[shows]]", "missing required field `shows`"),
        ("packaging", "[[cause]]", "[[cause]", "packaging.toml"),
        ("pip", '"packaging"', '"pdm"', "linux-last: pdm has no such cause"),
        ("pip", "linux-last", "linux-first", "linux-first: packaging has no such"),
        ("pip", "versions", 'why = "Just so."\nversions', "packaging tells 'why'"),
        ("pip", "versions", 'kind = "dispute"\nversions', "packaging tells 'kind'"),
    ],
)
def test_a_malformed_file_is_refused(
    folder: Path, file: str, old: str, new: str, reason: str
) -> None:
    path = folder / f"{file}.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(InputError, match=reason) as caught:
        read_deviations(folder, file)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_cause_that_is_told_badly_elsewhere_names_the_file_of_that(
    folder: Path,
) -> None:
    (folder / "packaging.toml").write_text(LAST.replace('kind = "by-design"', ""))
    with pytest.raises(InputError, match=r"/packaging\.toml: linux-last: a"):
        read_causes(folder / "pip.toml", folder)


def test_an_identifier_names_one_cause_of_a_file(folder: Path) -> None:
    path = folder / "packaging.toml"
    path.write_text(LAST + LAST)
    with pytest.raises(InputError) as caught:
        read_deviations(folder, "packaging")
    said = f"{path}: linux-last: two causes have this identifier"
    assert str(caught.value) == said


def test_a_chain_of_carried_causes_is_refused(folder: Path) -> None:
    (folder / "poetry.toml").write_text(CARRIED.replace("packaging", "pip"))
    with pytest.raises(InputError, match="pip has no such cause of its own"):
        read_deviations(folder, "poetry")
