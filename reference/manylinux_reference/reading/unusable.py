"""The one error of the auditing half: this wheel, this member, cannot be judged."""

from __future__ import annotations

LONGEST = 200  # characters of a name that a message shows


class UnusableError(Exception):
    """A wheel cannot be judged; the message is one line with the member and reason."""

    def __init__(self, reason: str, member: str = "") -> None:
        super().__init__(f"{printable(member)}: {reason}" if member else reason)
        self.reason = reason
        self.member = member

    def __reduce__(self) -> tuple[type[UnusableError], tuple[str, str]]:
        """Travel between processes with both parts."""
        return UnusableError, (self.reason, self.member)


def printable(name: str) -> str:
    """Return a name from outside so that it stays on one line of a terminal."""
    shown = name if name.isprintable() else ascii(name)[1:-1]
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}..."
