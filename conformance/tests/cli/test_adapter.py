"""The adapter-check command: "works" is said of what was asked, and of nothing else."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from manylinux_conformance.cli.adapter import adapter_check
from manylinux_conformance.results.verdicts import Role
from tests.builders import adapter_text, installer_table

ABSENT = '["no-such-tool"]'


@pytest.fixture
def adapter(
    tmp_path: Path, session_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return where an adapter file belongs; what is built is kept for the session."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(session_cache))
    return tmp_path / "fake.toml"


def checked(path: Path) -> Result:
    return CliRunner().invoke(adapter_check, [str(path)])


def test_a_tool_that_behaves_works_as_what_it_was_asked_to_be(adapter: Path) -> None:
    adapter.write_text(adapter_text(Role.INSTALLER, installer_table("any")))
    said = checked(adapter)
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith(f"{adapter}: works as installer; ")


@pytest.mark.parametrize(
    ("role", "table"),
    [
        (Role.INSTALLER, f"command = {ABSENT}"),
        (Role.TAG_LIBRARY, f"command = {ABSENT}"),
        (Role.AUDITOR, f"command = {ABSENT}"),
        (Role.AUDITOR, f"lines = {ABSENT}"),
        (Role.AUDITOR, f"repair = {ABSENT}"),
        (Role.LOADER, f"install = {ABSENT}\ncommand = {ABSENT}"),
        (Role.BUILDER, f"c = {ABSENT}"),
        (Role.BUILDER, f"cxx = {ABSENT}"),
        (Role.BUILDER, f"back_end = {ABSENT}"),
    ],
)
def test_a_command_that_does_not_exist_is_found_in_every_role(
    role: Role, table: str, adapter: Path
) -> None:
    adapter.write_text(adapter_text(role, table))
    said = checked(adapter)
    assert said.exit_code == 1, said.output
    assert "cannot be started: no-such-tool: No such file" in said.stdout
    assert "works" not in said.stdout


def test_a_role_that_cannot_be_asked_yet_is_not_said_to_work(adapter: Path) -> None:
    adapter.write_text('name = "fake"\nroles = ["index"]\n')
    said = checked(adapter)
    assert said.exit_code == 1
    assert said.stdout == f"{adapter}: cannot be checked yet as index\n"


def test_what_was_asked_works_beside_what_cannot_be_asked_yet(adapter: Path) -> None:
    text = adapter_text(Role.INSTALLER, installer_table("any"))
    adapter.write_text(text.replace('["installer"]', '["installer", "index"]'))
    said = checked(adapter)
    assert said.exit_code == 0
    unchecked, works = said.stdout.splitlines()
    assert unchecked == f"{adapter}: cannot be checked yet as index"
    assert works.startswith(f"{adapter}: works as installer; ")
