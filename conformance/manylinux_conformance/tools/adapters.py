"""Adapter files: how a tool is provided, started and asked."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from manylinux_conformance.errors import InputError
from manylinux_conformance.input_files import read_toml
from manylinux_conformance.platforms.interpreters import allows
from manylinux_conformance.results.verdicts import Role

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
LIBRARY_PLACEHOLDERS = frozenset(("python", "tool", "work", "home"))
INSTALLER_PLACEHOLDERS = LIBRARY_PLACEHOLDERS | {
    *("links", "index", "requirements", "dependencies"),
    *("target", "site_packages", "environment"),
}
TARGET_PLACEHOLDERS = INSTALLER_PLACEHOLDERS | {"platform_tag", "arch", "family"}
BUILDER_PLACEHOLDERS = LIBRARY_PLACEHOLDERS | {"target", "cache", "out"}
LOADER_PLACEHOLDERS = LIBRARY_PLACEHOLDERS | {"target", "tag"}
AUDITOR_PLACEHOLDERS = LIBRARY_PLACEHOLDERS | {"wheel", "out", "tag"}
RELATIVE = ("./", "../")

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$")]
Version = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._+!-]*$")]
Filename = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$")]
# What a process can be given: no NUL, and no "=" in a variable's name (execve(2)).
Text = Annotated[str, msgspec.Meta(pattern=r"^[^\x00]*$")]
Variables = dict[Annotated[str, msgspec.Meta(pattern=r"^[^=\x00]+$")], Text]
Command = Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=3600)]


Prefix = Annotated[
    str, msgspec.Meta(pattern=r"^([a-z0-9]|\{cp\})+-([a-z0-9]|\{cp\})+$")
]
TargetTag = Annotated[
    str, msgspec.Meta(pattern=r"^manylinux_[0-9]{1,3}_[0-9]{1,3}_[a-z0-9_]+$")
]
PREFIX = "py3-none"


class Fact(enum.StrEnum):
    """What a modelled platform shows that some tool cannot be shown."""

    MUSL = "musl"
    STATIC = "static"
    POINTER_BITS = "pointer-bits"  # narrower than the machine's name says
    TOOL_GLIBC = "tool-glibc"  # another C library for the tool than for the target


class Provide(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a tool comes from.

    ``pypi`` lists requirements; ``{version}`` is filled in.
    ``constraints`` is a pip constraints file, with ``{version}`` filled in too.
    ``inside``: the tool runs within the target environment's interpreter (pip,
    libraries) instead of in an environment of its own (uv, Poetry).
    ``python`` maps a version to the interpreters it needs, as ``"<3.10"``.
    Without ``pypi`` the tool is a program of this machine, started by its command.
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


class Installer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How an installer is asked.

    Placeholders: ``{python}`` target interpreter, ``{tool}`` the tool's own
    ``bin`` folder, ``{links}`` folder of wheels, ``{index}`` the same wheels as a
    loopback simple index, ``{requirements}`` a requirements file, ``{target}``
    the folder that receives the answer, ``{site_packages}`` and ``{environment}``
    of the target interpreter, ``{work}`` the working directory, ``{home}``,
    ``{dependencies}`` the requirements as an array of TOML or JSON.

    ``prefix`` stands before a platform tag that a case offers alone; ``{cp}`` is the
    target interpreter's tag, such as ``cp311``.

    ``explicit_target`` are arguments to add for a question about another platform
    than the running one: ``{platform_tag}`` is ``manylinux2014_x86_64``, ``{family}``
    and ``{arch}`` are its two parts.  ``explicit_targets`` is a regular expression of
    the platform tags for which the tool has a name.

    ``declines`` maps patterns of rules, as ``installer.order.*``, to why the tool has
    no answer to them.
    """

    command: Command
    files: dict[Filename, str] = {}  # written into {work} before the command runs
    variables: Variables = {}
    lands_in: str = "{target}"
    prefix: Prefix = PREFIX
    explicit_target: tuple[Text, ...] = ()
    explicit_targets: str = ".*"
    declines: dict[str, str] = {}
    seconds: Seconds = 120


class TagLibrary(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a tag library is asked: a process that speaks JSON lines.

    ``prefix`` and ``declines``: as of an installer.
    """

    command: Command
    variables: Variables = {}
    prefix: Prefix = PREFIX
    declines: dict[str, str] = {}
    seconds: Seconds = 60


class Auditor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How an auditor is asked, in one of two ways, and how it repairs.

    ``command`` audits one ``{wheel}`` and ends with status 0 if every claim holds, 1
    if one does not, 2 for a wheel that it cannot read.
    ``lines`` is a process that speaks JSON lines.
    ``repair`` writes the repaired ``{wheel}`` into the folder ``{out}``; ``{tag}`` is
    the platform tag that it may claim.
    ``own_machine`` are versions that take every wheel for one of the architecture that
    they run on; they are asked about no other.
    """

    command: tuple[Text, ...] = ()
    lines: tuple[Text, ...] = ()
    repair: tuple[Text, ...] = ()
    own_machine: tuple[Text, ...] = ()
    variables: Variables = {}
    seconds: Seconds = 120


class Builder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a build environment is asked; what it has no entry for it declines.

    ``c`` and ``cxx`` are compilers that take GCC's options, which are appended.
    ``targets`` maps the manylinux tags that are promised to the tool's own names for
    them, ``{target}``; without it, the promise is the glibc that runs where the tool
    runs, and nothing else.  ``{cache}`` is a folder that stays between runs.
    ``cxx_targets`` are patterns of the tags that are asked about C++ too.
    ``cross``: nothing can be run on the targets, so neither they nor their
    interpreters are asked.
    ``interpreters`` are patterns of paths, as ``/opt/python/*/bin/python3``.
    ``back_end`` builds the project that ``files`` describe, in ``{work}`` beside the
    source ``extension.c``, into a wheel in ``{out}``.
    """

    c: tuple[Text, ...] = ()
    cxx: tuple[Text, ...] = ()
    targets: dict[TargetTag, str] = {}
    cxx_targets: tuple[str, ...] = ("*",)
    cross: bool = False
    interpreters: tuple[str, ...] = ()
    back_end: tuple[Text, ...] = ()
    files: dict[Filename, str] = {}
    variables: Variables = {}
    seconds: Seconds = 120


class Loader(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How wheels are installed and imported on a platform.

    ``install`` installs the wheels whose paths are appended into ``{target}``, whether
    their tags fit or not: it is the loader that is asked, no installer.
    ``command`` imports packages from ``{target}``; it reads their names, one a line,
    and answers each by a line of JSON.
    """

    install: Command
    command: Command
    variables: Variables = {}
    seconds: Seconds = 120


class Adapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One tool, in one or more roles."""

    name: Name
    roles: Annotated[tuple[Role, ...], msgspec.Meta(min_length=1)]
    homepage: str = ""
    versions: Annotated[tuple[Version, ...], msgspec.Meta(min_length=1)] = ("",)
    provide: Provide = Provide()
    installer: Installer | None = None
    tag_library: TagLibrary | None = None
    auditor: Auditor | None = None
    builder: Builder | None = None
    loader: Loader | None = None
    native_only: str = ""  # why it is not asked under emulation
    cannot_see: dict[Fact, str] = {}  # why the tool cannot be shown it


def read_adapter(path: Path) -> Adapter:
    """Read one adapter file; arguments that begin with ``./`` start at its folder.

    Raises InputError for what cannot be meant, such as a role without its table, an
    unknown placeholder, or a name that could not be a folder's.
    """
    adapter = read_toml(path, Adapter)
    if reason := next(_complaints(adapter), ""):
        raise InputError(path, reason)
    return _at_home(adapter, path.resolve().parent)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace each ``{placeholder}``; braces around anything else stay."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)


def _complaints(adapter: Adapter) -> Iterator[str]:
    for role, table in (
        (Role.INSTALLER, adapter.installer),
        (Role.TAG_LIBRARY, adapter.tag_library),
        (Role.AUDITOR, adapter.auditor),
        (Role.BUILDER, adapter.builder),
        (Role.LOADER, adapter.loader),
    ):
        if role in adapter.roles and table is None:
            yield f"role {role.value!r} needs a table [{role.value.replace('-', '_')}]"
    if adapter.provide.image:
        yield from _not_of_an_image(adapter)
    for constraint in adapter.provide.python.values():
        try:
            allows(constraint, (3, 0))
        except ValueError as error:
            yield f"provide.python: {error}"
    if asked := adapter.installer:
        yield from _unknown(_texts(asked), INSTALLER_PLACEHOLDERS)
        yield from _unknown(asked.explicit_target, TARGET_PLACEHOLDERS)
        try:
            re.compile(asked.explicit_targets)
        except (re.error, RecursionError, OverflowError) as error:
            yield f"explicit_targets is no regular expression: {error}"
    for texts, known in _commands(adapter):
        yield from _unknown(texts, known)


def _not_of_an_image(adapter: Adapter) -> Iterator[str]:
    if adapter.roles != (Role.BUILDER,):
        yield "provide.image: only the role 'builder' is asked of images"
    if adapter.builder is not None and adapter.builder.targets:
        yield "provide.image: an image promises its own glibc, so leave out targets"


def _commands(adapter: Adapter) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """Yield what is filled in for each role but an installer, with what may stand."""
    if library := adapter.tag_library:
        yield (*library.command, *library.variables.values()), LIBRARY_PLACEHOLDERS
    if auditor := adapter.auditor:
        texts = (*auditor.command, *auditor.lines, *auditor.repair)
        yield (*texts, *auditor.variables.values()), AUDITOR_PLACEHOLDERS
    if builder := adapter.builder:
        texts = (*builder.c, *builder.cxx, *builder.back_end)
        yield (*texts, *builder.variables.values()), BUILDER_PLACEHOLDERS
    if loader := adapter.loader:
        texts = (*loader.install, *loader.command)
        yield (*texts, *loader.variables.values()), LOADER_PLACEHOLDERS


def _texts(asked: Installer) -> Iterable[str]:
    yield from asked.command
    yield from asked.files.values()
    yield from asked.variables.values()
    yield asked.lands_in


def _unknown(texts: Iterable[str], known: frozenset[str]) -> Iterator[str]:
    for text in texts:
        for name in PLACEHOLDER.findall(text):
            if name not in known:
                yield f"unknown placeholder {{{name}}} in {text!r}"


def _at_home(adapter: Adapter, folder: Path) -> Adapter:
    """Resolve what begins with ``./`` or ``../`` against the adapter's folder."""

    def resolved(text: str) -> str:
        return str((folder / text).resolve()) if text[:3].startswith(RELATIVE) else text

    provide = adapter.provide
    tables = {
        name: msgspec.structs.replace(
            table,
            **{
                field: tuple(resolved(argument) for argument in getattr(table, field))
                for field in (
                    "command",
                    "lines",
                    "repair",
                    "install",
                    "c",
                    "cxx",
                    "back_end",
                )
                if hasattr(table, field)
            },
        )
        for name in ("installer", "tag_library", "auditor", "builder", "loader")
        if (table := getattr(adapter, name)) is not None
    }
    constraints = resolved(provide.constraints)
    return msgspec.structs.replace(
        adapter,
        provide=msgspec.structs.replace(provide, constraints=constraints),
        **tables,
    )
