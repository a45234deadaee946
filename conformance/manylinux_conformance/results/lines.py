"""Lines of results: blocks of a header, case lines and a footer.

Format 2.  Since format 1, what an auditor says of a fixture wheel names the wheel's
architecture, and no platform or fidelity, since nothing runs there; what was not run
has its platforms and its remedy in fields of their own; and empty fields are left out.
"""

from __future__ import annotations

from collections.abc import Container

import msgspec

from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.verdicts import Role, Verdict

FORMAT = 2
EDITION = "2026.1 draft"  # without the word once it is frozen


class Header(
    msgspec.Struct,
    frozen=True,
    tag="header",
    tag_field="line",
    kw_only=True,
    omit_defaults=True,
):
    """What was asked, of whom, where: one block for each place of a tool in a role.

    ``platform`` is the container that was asked, empty for this machine: its modelled
    platforms, or the fixture wheels of an auditor.
    ``emulator`` is the program that ran it and its version, empty if none did.
    ``program`` is the program that was started, as the adapter names it, of a tool that
    nobody provided, and ``said_version`` what the tool says of its own version.
    ``shard`` is the part of a run that it is, such as ``1/3 of 0123456789abcdef``.
    ``image`` is the digest of the container's image, ``versions`` what ran in it and
    under it: ``libc``, ``python`` and ``kernel``.
    """

    format: int
    edition: str
    rules_lock: str  # sha-256 of spec/rules.lock
    tool: str
    version: str
    role: Role
    python: str = ""  # "3.11", or empty if the tool brings none
    host: str  # machine of the host
    platform: str = ""
    emulator: str = ""
    program: str = ""
    said_version: str = ""
    shard: str = ""
    image: str = ""
    versions: dict[str, str] = {}

    @property
    def name(self) -> str:
        """The tool's name with its version, if it has one."""
        return f"{self.tool} {self.version}".strip()


class Result(
    msgspec.Struct,
    frozen=True,
    tag="case",
    tag_field="line",
    kw_only=True,
    omit_defaults=True,
):
    """One answer.  No clocks and no paths: a rerun is byte-equal.

    Either ``platform`` and ``fidelity`` say where the tool ran, or ``arch`` says of
    which architecture the wheel is that it was asked about.
    """

    case: str
    rule: str
    platform: str = ""
    fidelity: Fidelity | None = None
    exotic: bool = False  # a model of what hardly exists
    arch: str = ""
    verdict: Verdict
    expected: str = ""
    answer: str = ""
    reason: str = ""  # why not asked, declined, or what broke; never graded
    control: bool = False  # a wrong answer is no breach of the rule
    draft: bool = False  # the answer counts for nothing yet
    deviation: str = ""  # kind of the matching deviation, if one is recorded
    cause: str = ""  # its identifier

    def __post_init__(self) -> None:
        """Raise ValueError unless the answer says where it was given, in one way."""
        if bool(self.platform) == bool(self.arch):
            raise ValueError("needs either a platform or an architecture")
        if bool(self.platform) != (self.fidelity is not None):
            raise ValueError("needs a fidelity with a platform, and only there")

    @property
    def where(self) -> str:
        """The platform, or the architecture of the wheel."""
        return self.platform or self.arch


class NotRun(
    msgspec.Struct,
    frozen=True,
    tag="not-run",
    tag_field="line",
    kw_only=True,
    omit_defaults=True,
):
    """Platforms that were not asked at all.

    Without ``platforms``, nothing of the block was.  ``remedy`` is a command that
    would help, empty if nobody knows one.  ``due``: they were there to be asked when
    the run began, and got lost on the way.
    """

    platforms: tuple[str, ...] = ()
    reason: str
    remedy: str = ""
    due: bool = False

    @property
    def explanation(self) -> str:
        """The reason, with the remedy if there is one, for people."""
        return f"{self.reason}; run: {self.remedy}" if self.remedy else self.reason

    def without(self, platforms: Container[str]) -> NotRun | None:
        """Return what is left when some platforms are not missing, None if nothing."""
        left = tuple(name for name in self.platforms if name not in platforms)
        if self.platforms and not left:
            return None
        return msgspec.structs.replace(self, platforms=left)


class Footer(msgspec.Struct, frozen=True, tag="footer", tag_field="line", kw_only=True):
    """Proof that the block is whole."""

    tool: str
    version: str
    role: Role
    lines: int  # case and not-run lines since the header
    counts: dict[str, int]


Line = Header | Result | NotRun | Footer
