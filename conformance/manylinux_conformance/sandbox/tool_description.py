"""What providing and starting a tool needs to know of it, whatever its roles."""

from __future__ import annotations

import enum
from typing import Annotated

import msgspec

NAME_FORM = r"^[A-Za-z0-9][A-Za-z0-9._+-]*$"
Name = Annotated[str, msgspec.Meta(pattern=NAME_FORM)]
Version = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._+!-]*$")]
# What a process can be given: no NUL (execve(2)).
Text = Annotated[str, msgspec.Meta(pattern=r"^[^\x00]*$")]


class Fact(enum.StrEnum):
    """What a modelled platform shows that some tool cannot be shown."""

    MUSL = "musl"
    BIONIC = "bionic"
    STATIC = "static"  # either of the two
    POINTER_BITS = "pointer-bits"  # narrower than the machine's name says
    TOOL_GLIBC = "tool-glibc"  # another C library for the tool than for the target


class Provide(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a tool comes from.

    ``pypi`` lists requirements; ``{version}`` is filled in.
    ``constraints`` is a pip constraints file, with ``{version}`` filled in too.
    ``inside``: the tool runs within the target environment's interpreter (pip,
    libraries) instead of in an environment of its own (uv, Poetry).
    ``python`` maps a version, or ``*`` for all others, to the interpreters it needs, as
    ``"<3.10"``.
    Without ``pypi`` the tool is a program of this machine, started by its command, and
    asked on this machine only; ``inside`` without ``pypi`` is a script that any Python
    can run.
    ``system`` is a pattern of the systems whose answers are meant, as
    ``debian 12 x86_64``: ID and VERSION_ID of os-release(5), and the machine.
    ``image`` is a pattern of the platforms whose images have the tool, as
    ``manylinux2014-*``; such a tool, a builder, is asked in them and nowhere else.
    """

    pypi: tuple[Text, ...] = ()
    system: str = "*"
    image: str = ""
    constraints: str = ""
    inside: bool = False
    python: dict[str, str] = {}

    def python_for(self, version: str) -> str:
        """Return the interpreters that a version needs; empty: any."""
        return self.python.get(version, self.python.get("*", ""))


class ToolDescription(msgspec.Struct, frozen=True, kw_only=True):
    """A tool, in one or more versions.

    ``version`` is a command that says which version answers.
    ``native_only`` says why it is not asked under emulation, ``cannot_see`` why it
    cannot be shown a fact.
    """

    name: Name
    homepage: str = ""
    version: tuple[Text, ...] = ()
    versions: Annotated[tuple[Version, ...], msgspec.Meta(min_length=1)] = ("",)
    provide: Provide = Provide()
    native_only: str = ""
    cannot_see: dict[Fact, str] = {}

    @property
    def is_local(self) -> bool:
        """Whether it is a program of this machine, which nothing brings elsewhere."""
        return not (self.provide.pypi or self.provide.inside or self.provide.image)
