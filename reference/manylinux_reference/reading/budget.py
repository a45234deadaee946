"""Everything that one wheel can make an auditor do, counted down while it is read.

The figures stand in the README of this reference, with what they are for.
"""

from __future__ import annotations

MEMBERS = 150_000
ELF_FILES = 8_000
ENTRIES = 500_000
CHARACTERS = 32_000_000
FINDINGS = 20_000
STEPS = 3_000_000
SQUARES_PER_STEP = 32  # of the length of a text that is searched
BYTES_PER_STEP = 64  # so many inflated bytes allow one step more
INFLATED = 256 * 1024 * 1024
TIMES_INFLATED = 2  # so often may each byte of the members be inflated, besides,
BELIEVABLE = 100  # as long as they are no more than so many times the file


class NotJudgedError(Exception):
    """A wheel may be sound, and yet its audit ends early; the message says why."""

    def __init__(self, reason: str, member: str = "") -> None:
        super().__init__(f"{member}: {reason}" if member else reason)
        self.reason = reason
        self.member = member

    def __reduce__(self) -> tuple[type[NotJudgedError], tuple[str, str]]:
        """Travel between processes with both parts."""
        return NotJudgedError, (self.reason, self.member)


class Allowance:
    """How much of one thing is allowed, and how much of it is left."""

    __slots__ = ("left", "limit", "unit")

    def __init__(self, limit: int, unit: str) -> None:
        self.limit = self.left = limit
        self.unit = unit

    def grow(self, amount: int) -> None:
        """Allow more."""
        self.limit += amount
        self.left += amount

    def spend(self, amount: int = 1) -> None:
        """Count down.  Raises NotJudgedError if no more is left."""
        self.left -= amount
        if self.left < 0:
            raise NotJudgedError(f"takes more than {self.limit:,} {self.unit}")


class Budget:
    """The allowances of one wheel, whatever it has its parts do.

    An entry is one of a table: a program header, an entry of the dynamic section, a
    version need, a row of RECORD.  A step is work on one symbol, one relocation or
    one place of a search.
    """

    __slots__ = (
        "characters", "elf_files", "entries", "findings", "inflated", "members",
        "steps",
    )  # fmt: skip

    def __init__(self) -> None:
        self.members = Allowance(MEMBERS, "members")
        self.elf_files = Allowance(ELF_FILES, "ELF files")
        self.entries = Allowance(ENTRIES, "table entries")
        self.characters = Allowance(CHARACTERS, "characters of text")
        self.findings = Allowance(FINDINGS, "findings")
        self.steps = Allowance(STEPS, "steps of work")
        self.inflated = Allowance(INFLATED, "inflated bytes")

    def believe(self, sizes: int, file: int) -> None:
        """Allow what members of these sizes in a file of that size cost."""
        self.inflated.grow(TIMES_INFLATED * min(sizes, BELIEVABLE * file))

    def inflate(self, size: int) -> None:
        """Count bytes that come out of a member; steps grow with them.

        Raises NotJudgedError if they are too many.
        """
        self.inflated.spend(size)
        self.steps.grow(size // BYTES_PER_STEP)

    def search(self, text: str) -> None:
        """Count what it costs to match a text with expressions.

        They may look at each letter as often as there are some.  Raises NotJudgedError
        if the text is too long.
        """
        self.steps.spend(len(text) ** 2 // SQUARES_PER_STEP)
