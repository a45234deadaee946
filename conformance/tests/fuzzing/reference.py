"""Asks the reference about many wheels at once, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

SCRIPT = Path(__file__).with_name("auditor.py")
TIMEOUT = 1800  # seconds for one run
ACCEPTED = ("holds", "holds-with-objections")
CRASHED = "crashed"
UNREADABLE = ("unusable", "not-judged")


class Verdict(msgspec.Struct, frozen=True):
    """What an audit says: its outcome, and the rules or the reason behind it.

    ``files`` are the digests of the members' contents, if they were asked for.
    """

    outcome: str
    grounds: tuple[str, ...]
    files: dict[str, str] = {}

    @property
    def is_accepted(self) -> bool:
        """Whether ``check`` ends with status 0."""
        return self.outcome in ACCEPTED

    @property
    def has_crashed(self) -> bool:
        """Whether an exception ended the audit."""
        return self.outcome == CRASHED

    @property
    def is_readable(self) -> bool:
        """Whether the wheel was read to its end."""
        return self.outcome not in (*UNREADABLE, CRASHED)


class Reference:
    """The auditor under test.

    ``folder`` may hold another copy of the reference, ``mutation`` be one of its
    mutations.
    """

    def __init__(self, folder: Path | None = None, mutation: str = "") -> None:
        self._options = [mutation] if mutation else []
        self._variables = dict(os.environ)
        if folder:
            self._variables["PYTHONPATH"] = str(folder)

    def verdicts(self, wheels: Sequence[Path], *options: str) -> list[Verdict]:
        """Return the verdict on each wheel; raises CalledProcessError if that fails."""
        ended = subprocess.run(
            [sys.executable, str(SCRIPT), *self._options, *options],
            input="".join(f"{wheel}\n" for wheel in wheels),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=TIMEOUT,
            env=self._variables,
        )
        lines = ended.stdout.splitlines()
        return [msgspec.json.decode(line, type=Verdict) for line in lines]
