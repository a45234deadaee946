"""Adapter files: read strictly, complained about in one line, at home somewhere."""

from pathlib import Path

import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError, InvariantError
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.installer import Installer
from manylinux_conformance.roles.tag_library import TagLibrary
from manylinux_conformance.tools.adapters import Adapter, read_adapter

SHIPPED = sorted(data_folder("tools").glob("*.toml"))
LEAST = 'name = "x"\nroles = ["installer"]\n[installer]\ncommand = ["x"]\n'


def read(folder: Path, text: str) -> Adapter:
    path = folder / "mine.toml"
    path.write_text(text)
    return read_adapter(path)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_adapter_reads_and_is_named_as_its_file(path: Path) -> None:
    adapter = read_adapter(path)
    assert adapter.name == path.stem
    for version in adapter.versions:
        constraints = adapter.provide.constraints.replace("{version}", version)
        assert not constraints or Path(constraints).is_file()


def test_ten_lines_are_enough(tmp_path: Path) -> None:
    adapter = read(tmp_path, LEAST)
    assert adapter.versions == ("",)
    assert adapter.table(Installer).lands_in == "{target}"
    assert adapter.programs == {Role.INSTALLER: "x"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing required field `name`"),
        ("name = 1", r"Expected `str`, got `int` - at `\$\.name`"),
        (LEAST + "speed = 3\n", "unknown key 'speed' in installer"),
        (LEAST.replace('"x"\n', '"../x"\n', 1), "name has to be of letters"),
        (LEAST.replace('["installer"]', "[]"), "length >= 1"),
        (LEAST.replace('["installer"]', '["cook"]'), "'cook' is not possible in roles"),
        (LEAST.replace('["x"]', "[]"), r"length >= 1 - at `\$\.installer\.command`"),
        ("versions = []\n" + LEAST, "length >= 1"),
        (LEAST.replace('["x"]', r'["x\u0000"]'), "matching regex"),
        (LEAST + r'variables = { A = "\u0000" }', "matching regex"),
        (LEAST + 'variables = { "A=B" = "" }\n', "matching regex"),
        (LEAST.replace('["x"]', '["{lynks}"]'), r"unknown placeholder \{lynks\}"),
        (LEAST + 'lands_in = "{there}"\n', r"unknown placeholder \{there\}"),
        (LEAST + 'variables = { A = "{b}" }\n', r"unknown placeholder \{b\}"),
        (LEAST + 'files = { "a" = "{b}" }\n', r"unknown placeholder \{b\}"),
        (LEAST + 'files = { "../a" = "" }\n', "matching regex"),
        (LEAST + 'kept_in_home = ["pex/../../x"]\n', "matching regex"),
        (LEAST + 'kept_in_home = ["/pex"]\n', "matching regex"),
        (LEAST + 'prefix = "py3"\n', "matching regex"),
        (LEAST + "seconds = 0\n", ">= 1"),
        (LEAST + 'explicit_target = ["{a}"]\n', r"unknown placeholder \{a\}"),
        (LEAST + 'explicit_targets = "("\n', "explicit_targets is not a regular expr"),
        (
            LEAST + 'unsupported = ["a", "("]\n',
            "unsupported is not a regular expression",
        ),
        (LEAST + f'explicit_targets = "{"(" * 9999}"\n', "is not a regular expression"),
        (LEAST.replace("installer]\n", "tag_library]\n"), "needs a table .installer."),
        (
            'name = "x"\nroles = ["tag-library"]\n[tag_library]\ncommand = ["{links}"]',
            r"unknown placeholder \{links\}",
        ),
        (
            LEAST + '[provide.python]\n"1" = "3.9"\n',
            "provide.python: Invalid specifier: '3.9'",
        ),
        (
            LEAST + '[cannot_see]\nmoon = "dark"\n',
            "'moon' is not possible in cannot_see",
        ),
        (LEAST.replace('["x"]', '["bin/x"]'), "'bin/x' starts at no folder"),
        ("name = [\n", "mine.toml"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "mine.toml: "))
    assert "\n" not in str(caught.value)


def test_a_table_that_a_tool_does_not_have_is_a_mistake_of_ours(tmp_path: Path) -> None:
    with pytest.raises(InvariantError, match="x: has no table TagLibrary"):
        read(tmp_path, LEAST).table(TagLibrary)


@pytest.mark.parametrize("role", Role)
def test_every_role_needs_its_table(role: Role, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"role '{role}' needs a table"):
        read(tmp_path, f'name = "x"\nroles = ["{role}"]\n')


def test_only_builders_are_asked_of_images(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="only the role 'builder' is asked of images"):
        read(tmp_path, LEAST + '[provide]\nimage = "manylinux2014-*"\n')


def test_what_begins_with_a_dot_starts_at_the_adapters_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    least = LEAST.replace('["x"]', '["./x", "{target}"]')
    adapter = read(tmp_path, least + '[provide]\nconstraints = "./c-{version}.txt"\n')
    assert adapter.provide.constraints == str(tmp_path / "c-{version}.txt")
    assert adapter.table(Installer).command == (str(tmp_path / "x"), "{target}")


CAUSE = """
[[cause]]
id = "linux-last"
{}
[[cause.shows]]
rules = ["installer.order.linux"]
"""


def test_an_adapter_carries_causes_that_are_told_in_files_of_other_tools(
    tmp_path: Path,
) -> None:
    (cause,) = read(tmp_path, LEAST + CAUSE.format('of = "packaging"')).causes
    assert (cause.id, cause.of) == ("linux-last", "packaging")
    assert len(cause.why.split()) > 3


def test_a_cause_of_an_adapter_that_says_too_little_names_the_adapter(
    tmp_path: Path,
) -> None:
    with pytest.raises(InputError, match=r"mine\.toml: linux-last: a cause needs a"):
        read(tmp_path, LEAST + CAUSE.format(""))
