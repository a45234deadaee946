"""Choosing tools: by name, version or adapter file, each once."""

from pathlib import Path

import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.tools.deviations import read_deviations
from manylinux_conformance.tools.selection import (
    choose_newest,
    choose_tools,
    quick_first,
)


def test_tools_are_chosen_by_name_version_or_adapter_file(tmp_path: Path) -> None:
    everything = {tool.name for tool in choose_tools([])}
    assert {"pip 20.3.4", "pip 26.3", "uv 0.13.9"} <= everything
    assert {tool.name for tool in choose_tools(["pip"])} < everything
    assert [tool.name for tool in choose_tools(["pip==26.3"])] == ["pip 26.3"]
    assert choose_tools(["pip==26.3"])[0].deviations == read_deviations(
        data_folder("deviations"), "pip"
    )
    own = tmp_path / "mine.toml"
    own.write_text(
        'name = "mine"\nroles = ["installer"]\n[installer]\ncommand = ["./mine"]\n'
    )
    (tool,) = choose_tools([str(own)])
    assert (tool.name, tool.deviations) == ("mine", ())


OWN = """
name = "mine"
roles = ["installer"]
[installer]
command = ["./mine"]
"""
CAUSE = """
[[cause]]
id = "{}"
kind = "unreported"
why = "It counts the parts from one."
[[cause.shows]]
rules = ["tag.form"]
"""


def test_an_adapter_file_may_tell_causes_and_a_file_of_its_own_may(
    tmp_path: Path,
) -> None:
    adapter, beside = tmp_path / "mine.toml", tmp_path / "beside.toml"
    adapter.write_text(OWN + CAUSE.format("told-inside"))
    beside.write_text(CAUSE.format("told-beside"))
    (tool,) = choose_tools([str(adapter)])
    assert [cause.id for cause in tool.deviations] == ["told-inside"]
    (tool,) = choose_tools([str(adapter)], beside)
    assert [cause.id for cause in tool.deviations] == ["told-inside", "told-beside"]


def test_a_file_of_causes_takes_the_place_of_the_one_on_file(tmp_path: Path) -> None:
    beside = tmp_path / "beside.toml"
    beside.write_text(
        '[[cause]]\nid = "linux-last"\nof = "packaging"\n'
        '[[cause.shows]]\nrules = ["installer.order.linux"]\n'
    )
    (tool,) = choose_tools(["pip==26.3"], beside)
    assert [(each.id, each.of) for each in tool.deviations] == [
        ("linux-last", "packaging")
    ]


@pytest.mark.parametrize("wanted", [[], ["pip", "uv"]])
def test_a_file_of_causes_is_about_one_tool(tmp_path: Path, wanted: list[str]) -> None:
    with pytest.raises(InputError, match="--deviations: is about one tool"):
        choose_tools(wanted, tmp_path / "beside.toml")


def test_a_malformed_cause_of_an_adapter_names_the_file(tmp_path: Path) -> None:
    adapter = tmp_path / "mine.toml"
    adapter.write_text(OWN + CAUSE.format("Told inside"))
    with pytest.raises(InputError, match=r"mine\.toml: .*cause\[0\]\.id"):
        choose_tools([str(adapter)])


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("pipp", "pipp: no such tool; there are "),
        ("pipp", "; did you mean pip"),
        (
            "pip==1.0",
            r"/pip\.toml: version 1\.0 is not pinned; there are .*20\.3\.4, .*26\.3",
        ),
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


def test_the_newest_release_of_each_tool_is_chosen_once() -> None:
    names = [tool.name for tool in choose_newest()]
    assert {"pip 26.3", "uv 0.13.9", "packaging 26.3"} <= set(names)
    assert "pip 20.3.4" not in names
    tools = [name.partition(" ")[0] for name in names]
    assert sorted(tools) == sorted({tool.adapter.name for tool in choose_tools([])})


def test_quick_tools_come_first_and_slow_ones_last(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text(OWN)
    wanted = ["pex", str(own), "uv", "pip==26.3", "packaging==26.3", "uv-lock"]
    tools = choose_tools(wanted)
    ordered = [tool.adapter.name for tool in quick_first(tools)]
    assert ordered == ["packaging", "uv", "pip", "uv-lock", "mine", "pex"]


def test_slow_tools_are_expected_to_take_longer(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text(OWN)
    uv, mine, pex = (choose_tools([name])[0] for name in ("uv", str(own), "pex"))
    assert 0 < mine.seconds < uv.seconds < pex.seconds
