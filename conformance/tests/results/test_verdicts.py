"""Roles: how adapter files and rules name them."""

import pytest
from manylinux_conformance.results.verdicts import Role


@pytest.mark.parametrize(
    ("role", "table", "subject"),
    [
        (Role.TAG_LIBRARY, "tag_library", "tag-library"),
        (Role.INSTALLER, "installer", "installer"),
        (Role.LOADER, "loader", "wheel"),
    ],
)
def test_a_role_has_a_table_and_is_bound_by_rules(
    role: Role, table: str, subject: str
) -> None:
    assert (role.table_key, role.subject) == (table, subject)
