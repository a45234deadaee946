"""The keys of adapter files: each is described once, and mistakes are told apart."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from manylinux_conformance.cli.main import main
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.tools.adapter_keys import (
    CAUSE,
    KEYS,
    explained,
    keys,
    page,
    schema,
    tables,
)
from manylinux_conformance.tools.adapters import read_adapter

PAGE = Path(__file__).parents[3] / "docs" / "guides" / "adapter-keys.md"


@pytest.mark.parametrize("table", tables())
def test_every_key_is_described_and_nothing_else(table: str) -> None:
    fields = {each.encode_name for each in msgspec.structs.fields(tables()[table])}
    own = {name for name in tables() if name and "." not in name} if not table else ()
    assert set(KEYS[table]) == fields | {*own, *([CAUSE] if not table else [])}


def test_the_page_on_file_is_what_the_code_says() -> None:
    """Written by ``manylinux-conformance adapter keys``."""
    assert PAGE.read_text() == page()


def test_the_schema_knows_the_keys_of_every_adapter_on_file() -> None:
    properties = schema()["properties"]
    for path in data_folder("tools").glob("*.toml"):
        for key, value in msgspec.toml.decode(path.read_bytes()).items():
            assert key in properties, path
            if isinstance(value, dict) and properties[key].get("properties"):
                assert value.keys() <= properties[key]["properties"].keys(), path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('roles = ["instaler"]', "did you mean 'installer'? possible are tag-library,"),
        ('comand = ["x"]', "unknown key 'comand': did you mean 'command' under"),
        ('homepag = "x"', "unknown key 'homepag': did you mean 'homepage'? possible"),
        (
            "[installer]\nfile = {}",
            "unknown key 'file' in installer: did you mean 'files",
        ),
        (
            '[installer]\ncommand = ["{pyton}"]',
            "{pyton}': did you mean {python}? known",
        ),
        ("[provide]\npipy = []", "unknown key 'pipy' in provide: did you mean 'pypi'?"),
        (
            '[installer]\ncommand = ["x"]\n[cannot_see]\nmusk = "x"',
            "'musk' is not possible in cannot_see: did you mean 'musl'? possible are",
        ),
    ],
)
def test_a_mistake_is_told_with_what_is_possible(
    tmp_path: Path, text: str, said: str
) -> None:
    roles = "" if text.startswith("roles") else 'roles = ["installer"]\n'
    file = tmp_path / "mine.toml"
    file.write_text(f'name = "mine"\n{roles}{text}\n')
    with pytest.raises(InputError) as caught:
        read_adapter(file)
    assert said in str(caught.value)


def test_a_name_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('name = "../x"\nroles = ["installer"]\n[installer]\ncommand=["x"]')
    with pytest.raises(InputError, match="name has to be of letters, digits and"):
        read_adapter(file)


ANSWERS = "mine\ninstaller\n./mytool '--target={target}' \"a b\x7f\"\n./mytool -V\n\n"


def test_five_answers_make_an_adapter(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    said = CliRunner().invoke(main, ["adapter", "new", str(file)], input=ANSWERS)
    assert said.exit_code == 0, said.output
    adapter = read_adapter(file)
    assert adapter.version == (f"{tmp_path}/mytool", "-V")
    (table,) = adapter.tables.values()
    assert table.arguments == (f"{tmp_path}/mytool", "--target={target}", "a b\x7f")
    assert adapter.is_local


@pytest.mark.parametrize("command", ["./mytool {target", "'./mytool", "./mytool {x}"])
def test_no_file_is_left_of_a_command_that_cannot_be_used(
    tmp_path: Path, command: str
) -> None:
    file = tmp_path / "mine.toml"
    answers = f"mine\ninstaller\n{command}\n\n\n"
    said = CliRunner().invoke(main, ["adapter", "new", str(file)], input=answers)
    is_usable = command.endswith("{target")  # braces around anything else stay
    assert (said.exit_code, file.exists()) == ((0, True) if is_usable else (2, False))


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("mine")
    said = CliRunner().invoke(main, ["adapter", "new", str(file)], input=ANSWERS)
    assert (said.exit_code, file.read_text()) == (2, "mine")


def test_the_schema_is_one_that_editors_understand() -> None:
    found = schema()
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["title"] == "An adapter of manylinux-conformance"
    assert found["type"] == "object"
    properties = found["properties"]
    assert properties["cause"]["type"] == "array"
    causes = properties["cause"]["items"]
    parts = {
        "": found,
        **{name: properties[name] for name in tables() if name in properties},
        "cause": causes,
        "cause.shows": causes["properties"]["shows"]["items"],
    }
    assert parts.keys() == tables().keys()
    for name, part in parts.items():
        assert part["additionalProperties"] is False, name
        assert ("title" in part, "description" in part) == (not name, False), name
        for key, meaning in KEYS[name].items():
            described = part["properties"][key].get("description", "")
            assert described == meaning or key in parts, (name, key)


@pytest.mark.parametrize("table", tables())
def test_a_key_is_told_with_its_type_its_default_and_its_meaning(table: str) -> None:
    fields = {
        each.encode_name: each for each in msgspec.structs.fields(tables()[table])
    }
    found = {key.name: key for key in keys(table)}
    assert found.keys() == fields.keys()
    for name, key in found.items():
        assert key.meaning == KEYS[table][name] != ""
        assert (key.default == "required") is fields[name].required
        assert key.kind


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            "Object contains unknown field `comand`",
            "unknown key 'comand': did you mean 'command' under [installer]",
        ),
        (
            "Object contains unknown field `rulez` - at `$.cause[3].shows[0]`",
            "unknown key 'rulez' in cause.shows: did you mean 'rules'?",
        ),
        ("Object contains unknown field `x` - at `$.moon`", "unknown key 'x' in moon"),
        ("Invalid enum value 'x' - at `$.moon`", "'x' is not possible in moon"),
        ("Invalid enum value 'x'", "'x' is not possible"),
        (
            "Object contains unknown field `rol` - at `$.cause`",
            "unknown key 'rol' in cause: did you mean 'roles'? possible are id, of,",
        ),
        ("something else", "something else"),
    ],
)
def test_a_reason_is_put_in_the_words_of_the_file(reason: str, said: str) -> None:
    found = explained(reason)
    assert found.startswith(said)
    assert "possible are" in found or found == said


@pytest.mark.parametrize(
    ("command", "inside"),
    [("{python} -m mine {links}", True), ("{tool}/mine {links}", False)],
)
def test_a_tool_from_the_index_is_begun_by_its_own_or_the_targets_python(
    tmp_path: Path, command: str, *, inside: bool
) -> None:
    file = tmp_path / "mine.toml"
    answers = f"mine\ninstaller\n{command}\n\nmine==1\n"
    said = CliRunner().invoke(main, ["adapter", "new", str(file)], input=answers)
    assert said.exit_code == 0, said.output
    provide = read_adapter(file).provide
    assert provide is not None
    assert (provide.pypi, provide.inside) == (("mine==1",), inside)
    assert "\n\n[provide]\n" in file.read_text()


def test_a_command_that_cannot_be_read_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    answers = 'mine\ninstaller\n./mytool "\n\n\n'
    said = CliRunner().invoke(main, ["adapter", "new", str(file)], input=answers)
    assert said.exit_code == 2
    assert f"{file}: the command cannot be read: No closing quotation" in said.output
