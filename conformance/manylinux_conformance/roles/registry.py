"""Every role that can be asked, registered here once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from manylinux_conformance.asking.role_table import RoleTable
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.auditor import AuditorRole
from manylinux_conformance.roles.builder import BuilderRole
from manylinux_conformance.roles.index import IndexRole
from manylinux_conformance.roles.installer import InstallerRole
from manylinux_conformance.roles.loader import LoaderRole
from manylinux_conformance.roles.role import RoleDefinition
from manylinux_conformance.roles.tag_library import TagLibraryRole

ROLES: Mapping[Role, RoleDefinition[Any, Any]] = MappingProxyType(
    {
        Role.INSTALLER: InstallerRole(),
        Role.TAG_LIBRARY: TagLibraryRole(),
        Role.AUDITOR: AuditorRole(),
        Role.INDEX: IndexRole(),
        Role.BUILDER: BuilderRole(),
        Role.LOADER: LoaderRole(),
    }
)


def table_of(role: Role) -> type[RoleTable] | None:
    """Return the adapter table of a role; None if it cannot be asked yet."""
    return ROLES[role].table if role in ROLES else None
