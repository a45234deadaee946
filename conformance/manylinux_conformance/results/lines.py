"""Results: JSON lines of blocks, each a header, case lines and a footer."""

from __future__ import annotations

import msgspec

from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.verdicts import Role, Verdict

FORMAT = 1
EDITION = "2026.1"
# What a reason begins with; a pattern of platforms follows.
UNPREPARED = "not prepared; run: manylinux-conformance platforms prepare "
ELSEWHERE = "containers"  # a header's platform: the containers that were not run at all


class Header(msgspec.Struct, frozen=True, tag="header", tag_field="line", kw_only=True):
    """What was asked, of whom, where: one block for each place of a tool in a role.

    ``platform`` is the container that was asked, empty for the modelled platforms.
    ``emulator`` is the program that ran it and its version, empty if none did.
    """

    format: int
    edition: str
    rules_lock: str  # sha-256 of spec/rules.lock
    tool: str
    version: str
    role: Role
    python: str  # "3.11", or empty if the tool brings none
    host: str  # machine of the host
    platform: str = ""
    emulator: str = ""

    @property
    def name(self) -> str:
        """The tool's name with its version, if it has one."""
        return f"{self.tool} {self.version}".strip()


class Result(msgspec.Struct, frozen=True, tag="case", tag_field="line", kw_only=True):
    """One answer.  No clocks and no paths: a rerun is byte-equal."""

    case: str
    rule: str
    platform: str
    fidelity: Fidelity
    verdict: Verdict
    expected: str
    answer: str
    reason: str = ""  # why not asked, declined, or what broke; never graded
    deviation: str = ""  # kind of the matching deviation, if one is recorded


class NotRun(
    msgspec.Struct, frozen=True, tag="not-run", tag_field="line", kw_only=True
):
    """A platform that was not asked at all, with the reason and what would help."""

    platform: str
    reason: str


class Footer(msgspec.Struct, frozen=True, tag="footer", tag_field="line", kw_only=True):
    """Proof that the block is whole."""

    tool: str
    version: str
    role: Role
    lines: int  # case and not-run lines since the header
    counts: dict[str, int]
