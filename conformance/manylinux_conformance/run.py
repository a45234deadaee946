"""A run: every chosen tool in every role it has, one block of results each."""

from __future__ import annotations

import platform as machine
from collections.abc import Iterator, Sequence

from manylinux_conformance.adapters import Role
from manylinux_conformance.ask import ProbeShelf
from manylinux_conformance.asking import Asking
from manylinux_conformance.input_error import InputError
from manylinux_conformance.results_file import Block
from manylinux_conformance.settings import Progress, Settings
from manylinux_conformance.shim_build import ShimError, build_shim
from manylinux_conformance.suite import Suite
from manylinux_conformance.tool_choice import Tool

ASKED = (Role.INSTALLER, Role.TAG_LIBRARY, Role.AUDITOR, Role.BUILDER)


def run(
    suite: Suite,
    tools: Sequence[Tool],
    roles: Sequence[Role],
    settings: Settings,
    progress: Progress,
) -> Iterator[Block]:
    """Ask every tool in every role it has, and yield a block for each.

    Raises InputError if the suite's own data or compiler cannot be used.
    """
    try:
        shim = build_shim(settings.cache, machine.machine())
    except ShimError as error:
        raise InputError("modelled platforms", str(error)) from error
    shelf = ProbeShelf(settings.work / "probes")
    for tool in tools:
        for role in tool.adapter.roles:
            if role in roles and role in ASKED:
                asking = Asking(suite, tool, role, settings, shelf, shim)
                yield asking.block(progress)
