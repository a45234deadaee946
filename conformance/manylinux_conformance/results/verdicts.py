"""Verdicts: what can become of one question put to one tool on one platform."""

from __future__ import annotations

import enum


class Verdict(enum.StrEnum):
    """What became of one question put to one tool on one platform."""

    PASS = enum.auto()
    FAIL = enum.auto()
    DECLINED = "declined"  # the tool says it does not do this
    ERROR = "error"  # the tool broke
    TIMEOUT = "timeout"
    INFRASTRUCTURE = "infrastructure"  # not the tool's fault
    NOT_ASKED = "not-asked"  # cannot be asked here; the reason says why


DIFFERING = (Verdict.FAIL, Verdict.ERROR, Verdict.TIMEOUT)  # from what a rule demands


class Role(enum.StrEnum):
    """What a tool is asked to be."""

    TAG_LIBRARY = "tag-library"
    INSTALLER = "installer"
    AUDITOR = "auditor"
    INDEX = "index"
    BUILDER = "builder"
    LOADER = "loader"  # imports what was installed

    @property
    def table_key(self) -> str:
        """The name of the role's table in an adapter file."""
        return self.value.replace("-", "_")

    @property
    def subject(self) -> str:
        """Whom the rules bind that the role is asked about, as rules name them.

        A loader shows what wheels do.
        """
        return "wheel" if self is Role.LOADER else self.value
