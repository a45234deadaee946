from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.asking.plan import plan
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.platform import Fidelity, Platform
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.cases import Choose, Parse
from manylinux_conformance.suite.rules import Level, Rule, Subject
from manylinux_conformance.tools.selection import choose_tools

PLATFORM = Platform(
    name="glibc-2.17",
    fidelity=Fidelity.MODELLED,
    arch="x86_64",
    machine="x86_64",
    glibc="2.17",
    major=2,
    minor=17,
)
RULE = Rule(
    id="tag.form",
    level=Level.MUST,
    subjects=(Subject.INSTALLER, Subject.TAG_LIBRARY),
    arch="all",
    source="PEP 600",
    tested="forced",
    revision=1,
    text="A tag MUST have four parts.",
    chapter="tags",
    line=7,
    examples={},
)
LIBRARY_RULE = msgspec.structs.replace(
    RULE, id="tag.listing", subjects=(Subject.TAG_LIBRARY,)
)
RULES = {"tag.form": RULE, "tag.listing": LIBRARY_RULE}
PLAIN = Choose(rule="tag.form", name="plain", offer=("linux_{arch}",), pick="any")
MODULE = msgspec.structs.replace(PLAIN, name="module", module="x = 1")
TARGET = msgspec.structs.replace(PLAIN, name="target", target="manylinux1_{arch}")
PARSE = Parse(rule="tag.form", name="parse", tag="linux_{arch}", valid=False)
LISTED = msgspec.structs.replace(PLAIN, name="listed", rule="tag.listing")
CASES = (PLAIN, MODULE, TARGET, PARSE, LISTED)


def names(role: Role) -> list[list[str]]:
    return [
        [case.name for case in batch.cases]
        for batch in plan(role, CASES, RULES, PLATFORM, "311")
    ]


def test_an_installer_chooses_and_is_asked_only_what_binds_it() -> None:
    assert names(Role.INSTALLER) == [["plain"], ["module"], ["target"]]


def test_a_tag_library_answers_every_kind_of_question() -> None:
    assert names(Role.TAG_LIBRARY) == [
        ["plain", "parse", "listed"],
        ["module"],
        ["target"],
    ]


def test_what_is_planned_has_its_placeholders_filled() -> None:
    batches = plan(Role.INSTALLER, CASES, RULES, PLATFORM, "311")
    (plain,) = batches[0].cases
    assert isinstance(plain, Choose)
    assert plain.offer == ("linux_x86_64",)
    assert batches[2].environment.target == "manylinux1_x86_64"


def test_tools_are_chosen_by_name_version_or_adapter_file(tmp_path: Path) -> None:
    everything = {tool.name for tool in choose_tools([])}
    assert {"pip 20.3.4", "pip 26.3", "uv 0.13.9"} <= everything
    assert {tool.name for tool in choose_tools(["pip"])} < everything
    assert [tool.name for tool in choose_tools(["pip==26.3"])] == ["pip 26.3"]
    own = tmp_path / "mine.toml"
    own.write_text(
        'name = "mine"\nroles = ["installer"]\n[installer]\ncommand = ["./mine"]\n'
    )
    (tool,) = choose_tools([str(own)])
    assert (tool.name, tool.deviations) == ("mine", ())


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("pipp", "pipp: no such tool; there are "),
        ("pip==1.0", "version 1.0 is not pinned; there are "),
        ("./absent.toml", "absent.toml: No such file"),
    ],
)
def test_a_tool_that_is_not_there_is_named(wanted: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        choose_tools([wanted])


def test_a_tool_that_is_named_twice_is_asked_once() -> None:
    (tool,) = choose_tools(["pip==26.3", "pip==26.3"])
    assert tool.name == "pip 26.3"


def test_two_tools_of_one_name_and_version_are_refused(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text(
        'name = "pip"\nroles = ["installer"]\nversions = ["26.3"]\n'
        '[installer]\ncommand = ["./mine"]\n'
    )
    with pytest.raises(InputError, match=r"^pip 26\.3: two adapters have this name"):
        choose_tools(["pip", str(own)])
