"""What is on file of a case: answers of one version of a tool, with their causes."""

from __future__ import annotations

from dataclasses import dataclass

from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.results.blocks import read_blocks, result_files
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.read_lines import PACKED
from manylinux_conformance.results.verdicts import DIFFERING, Role
from manylinux_conformance.tools.causes import Cause
from manylinux_conformance.tools.selection import Tool


@dataclass(frozen=True, slots=True)
class Recorded:
    """One answer on file, and the cause if it is a difference; None: there is none."""

    result: Result
    cause: Cause | None = None

    @property
    def differs(self) -> bool:
        """Whether the answer is another than the expected one."""
        return self.result.verdict in DIFFERING


def recorded(tool: Tool, role: Role, case: str) -> dict[str, Recorded]:
    """Return the answers to a case by the place where they were given, in file order.

    Raises InputError if a file of results is damaged.
    """
    parts = (role.value, tool.adapter.name, tool.version)
    name = f"{'-'.join(filter(None, parts))}.jsonl"
    blocks = (
        block
        for path in result_files(data_folder("results"))
        if path.name.removesuffix(PACKED) == name
        for block in read_blocks(path)
    )
    return {
        result.where: Recorded(result, _cause(result, tool, role))
        for block in blocks
        for result in block.results
        if result.case == case
    }


def _cause(result: Result, tool: Tool, role: Role) -> Cause | None:
    if result.verdict not in DIFFERING:
        return None
    covering = (
        each for each in tool.deviations if each.covers(result, tool.version, role)
    )
    return next(covering, None)
