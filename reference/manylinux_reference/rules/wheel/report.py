"""The report on one wheel, as plain data that travels between processes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.rules.wheel.finding import Finding


class Outcome:
    """What can become of an audit."""

    HOLDS = "holds"  # every claim holds
    VIOLATES = "violates"  # at least one does not
    NO_CLAIM = "no-claim"  # ELF files, and no manylinux tag in the filename
    NO_ELF = "no-elf"  # no ELF file: nothing that a platform tag could be about
    UNUSABLE = "unusable"  # cannot be read; the error says why


class Claim:
    """One manylinux tag of the filename, and what stands against it."""

    __slots__ = ("against", "tag")

    def __init__(self, tag: str, against: list[Finding]) -> None:
        self.tag = tag
        self.against = against

    @property
    def holds(self) -> bool:
        """Whether nothing stands against the claim."""
        return not self.against


class Report:
    """What an audit found out about one wheel."""

    __slots__ = (
        "advice",
        "claims",
        "error",
        "files",
        "member",
        "oldest",
        "outcome",
        "path",
    )

    def __init__(self, path: str) -> None:
        self.path = path
        self.outcome = Outcome.UNUSABLE
        self.claims: list[Claim] = []
        self.oldest: str | None = None  # the oldest perennial tag that would hold
        self.advice: list[Finding] = []
        self.files = 0  # ELF files
        self.error = ""  # why the wheel is unusable
        self.member = ""  # the member that makes it so
