"""Role tables: what is filled in, and what starts at the adapter's folder."""

from pathlib import Path

import pytest
from manylinux_conformance.asking.role_table import fill
from manylinux_conformance.errors import InputError
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.registry import ROLES
from tests.builders import adapter_text, write_adapter

INDEX = 'ready = "http://x/"\npage = "http://x/{project}/"\n'
# Every field of a role's table that is a command, with what the table needs besides.
COMMANDS = [
    (Role.INSTALLER, "command", ""),
    (Role.INSTALLER, "lock", 'command = ["x"]\n'),
    (Role.TAG_LIBRARY, "command", ""),
    (Role.AUDITOR, "command", ""),
    (Role.AUDITOR, "lines", ""),
    (Role.AUDITOR, "repair", ""),
    (Role.BUILDER, "c", ""),
    (Role.BUILDER, "cxx", ""),
    (Role.BUILDER, "back_end", ""),
    (Role.LOADER, "install", 'command = ["x"]\n'),
    (Role.LOADER, "command", 'install = ["x"]\n'),
    (Role.INDEX, "prepare", INDEX),
    (Role.INDEX, "start", INDEX),
    (Role.INDEX, "front", INDEX + 'inner_ready = "http://x/"\n'),
    (Role.INDEX, "after", INDEX),
]


@pytest.mark.parametrize(("role", "field", "more"), COMMANDS)
def test_words_of_a_command_with_a_dot_start_at_the_adapters_folder(
    role: Role, field: str, more: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    words = '["./x", "../y", "./", ".z", "x/./y", "--in=./w"]'
    adapter = write_adapter(tmp_path, adapter_text(role, f"{more}{field} = {words}\n"))
    assert getattr(adapter.tables[role], field) == (
        *(str(tmp_path / "x"), str(tmp_path.parent / "y"), str(tmp_path)),
        *(".z", "x/./y", "--in=./w"),
    )


@pytest.mark.parametrize("role", ROLES)
def test_every_command_of_a_table_is_resolved(role: Role) -> None:
    assert set(ROLES[role].table.COMMANDS) == {
        field for each, field, _ in COMMANDS if each is role
    }


@pytest.mark.parametrize(("role", "field", "more"), COMMANDS)
def test_the_words_of_each_command_are_checked_for_placeholders(
    role: Role, field: str, more: str, tmp_path: Path
) -> None:
    text = adapter_text(role, f'{more}{field} = ["x", "{{unheard_of}}"]\n')
    with pytest.raises(InputError, match=r"unknown placeholder \{unheard_of\}"):
        write_adapter(tmp_path, text)


def test_braces_around_anything_else_stay() -> None:
    assert fill("{a} {} {A} {b-c} { a }", {"a": "1"}) == "1 {} {A} {b-c} { a }"
