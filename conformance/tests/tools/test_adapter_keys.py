"""The keys of adapter files: each is described once, and mistakes are told apart."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from manylinux_conformance.cli.main import main
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.tools.adapter_keys import CAUSE, KEYS, page, schema, tables
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


ANSWERS = "mine\ninstaller\n./mytool '--target={target}' \"a b\"\n./mytool -V\n\n"


def test_five_answers_make_an_adapter(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    said = CliRunner().invoke(main, ["adapter", "new", str(file)], input=ANSWERS)
    assert said.exit_code == 0, said.output
    adapter = read_adapter(file)
    assert adapter.version == (f"{tmp_path}/mytool", "-V")
    (table,) = adapter.tables.values()
    assert table.arguments == (f"{tmp_path}/mytool", "--target={target}", "a b")
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
