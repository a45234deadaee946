"""Headings: what stands at the head of a block of results."""

from __future__ import annotations

import platform as machine

from manylinux_conformance.results.lines import EDITION, FORMAT, Header
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.selection import Tool


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
