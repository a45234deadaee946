"""The register of roles: each is registered as what it says it is."""

import pytest
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.registry import ROLES, table_of


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_registered_as_what_it_says_it_is(role: Role) -> None:
    assert ROLES[role].role is role
    assert table_of(role) is ROLES[role].table
    assert ROLES[role].on_host or ROLES[role].in_containers


def test_every_role_can_be_asked() -> None:
    assert set(Role) == ROLES.keys()
