"""Headings: what stands at the head of a block of results."""

from __future__ import annotations

import platform as machine

from manylinux_conformance.adapters import Role
from manylinux_conformance.results import FORMAT, Header
from manylinux_conformance.suite import EDITION, Suite
from manylinux_conformance.tool_choice import Tool


def heading(  # noqa: PLR0913 - one argument per fact
    suite: Suite,
    tool: Tool,
    role: Role,
    python: str = "",
    *,
    host: str = "",
    platform: str = "",
    emulator: str = "",
) -> Header:
    """Return the header of what a tool answered in a role; see ``Header``.

    ``host`` is a machine name, by default this machine's own.
    """
    return Header(
        format=FORMAT,
        edition=EDITION,
        rules_lock=suite.lock_digest,
        tool=tool.adapter.name,
        version=tool.version,
        role=role,
        python=python,
        host=host or machine.machine(),
        platform=platform,
        emulator=emulator,
    )
