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


def test_a_role_without_its_table_cannot_be_checked(adapter: Path) -> None:
    adapter.write_text('name = "fake"\nroles = ["index"]\n')
    assert "needs a table [index]" in str(checked(adapter).exception)
