"""Adapter files: how a tool is provided, started and asked."""

from __future__ import annotations

import enum
from pathlib import Path

import msgspec

from manylinux_conformance.input_error import read_toml


class Role(enum.StrEnum):
    """What a tool is asked to be."""

    TAG_LIBRARY = "tag-library"
    INSTALLER = "installer"
    AUDITOR = "auditor"
    INDEX = "index"
    BUILDER = "builder"


class Provide(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a tool comes from.

    ``pypi`` lists requirements; ``{version}`` is filled in.
    ``inside``: the tool runs within the target environment's interpreter (pip,
    libraries) instead of in an environment of its own (uv, Poetry).
    ``python`` maps a version to the interpreters it needs, as ``"<3.10"``.
    Neither: the tool is a program of this machine, started by its command.
    """

    pypi: tuple[str, ...] = ()
    inside: bool = False
    python: dict[str, str] = {}


class Installer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How an installer is asked.

    Placeholders: ``{python}`` target interpreter, ``{tool}`` the tool's own
    ``bin`` folder, ``{links}`` folder of wheels, ``{index}`` the same wheels as a
    loopback simple index, ``{requirements}`` a requirements file, ``{target}``
    the folder that receives the answer, ``{site_packages}`` and ``{environment}``
    of the target interpreter, ``{work}`` the working directory, ``{home}``.
    """

    command: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()  # commands that run first
    files: dict[str, str] = {}  # written into {work}; {dependencies} is a TOML list
    variables: dict[str, str] = {}
    lands_in: str = "{target}"
    explicit_target: tuple[str, ...] = ()  # the command with {platform_tag}
    explicit_target_spelling: str = "{platform_tag}"  # or "{arch}-{family}"
    seconds: int = 300


class TagLibrary(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a tag library is asked: a process that speaks JSON lines."""

    command: tuple[str, ...]
    variables: dict[str, str] = {}
    seconds: int = 60


class Adapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One tool, in one or more roles."""

    name: str
    roles: tuple[Role, ...]
    homepage: str = ""
    versions: tuple[str, ...] = ("",)
    provide: Provide = Provide()
    installer: Installer | None = None
    tag_library: TagLibrary | None = None
    cannot_see: dict[str, str] = {}  # platform fact -> why the shim cannot show it


def read_adapter(path: Path) -> Adapter:
    """Read one adapter file."""
    return read_toml(path, Adapter)
