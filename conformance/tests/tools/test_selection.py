"""Choosing tools: by name, version or adapter file, each once."""

from pathlib import Path

import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.tools.deviations import read_deviations
from manylinux_conformance.tools.selection import choose_tools


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


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("pipp", "pipp: no such tool; there are "),
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
