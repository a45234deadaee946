"""Cases: questions with their expected answers, each bound to exactly one rule."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from pathlib import Path

import msgspec

from manylinux_conformance.errors import InputError
from manylinux_conformance.input_files import read_toml
from manylinux_conformance.platforms.environment import ModulePlace

ANY = "any"  # the py3-none-any wheel that every probe project carries was installed
NOTHING = "nothing"  # the tool refused the whole installation and installed nothing


class Selector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which platforms a case is for; what is left out does not narrow.

    Without ``name``, ``machine``, ``libc`` or ``glibc`` a case is asked on every
    platform that has an architecture and a glibc version (``major``, ``minor``).
    ``other_than`` names architectures that the case is not for.
    ``at_least`` and ``below`` bound that version, as ``[2, 17]``.
    """

    name: tuple[str, ...] = ()
    arch: tuple[str, ...] = ()
    other_than: tuple[str, ...] = ()
    glibc: tuple[str, ...] = ()
    at_least: tuple[int, int] | None = None
    below: tuple[int, int] | None = None


class Offer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One candidate wheel.

    ``tag`` is a platform tag (``py3-none`` stands before it) or all three parts.
    ``wheel`` gives the Tag lines of WHEEL where they differ from the filename's.
    """

    tag: str
    wheel: tuple[str, ...] = ()


class Loaded(enum.StrEnum):
    """What became of an extension module when it was imported."""

    IMPORTED = "imported"
    REFUSED = "refused"  # by the loader; the reason is its message


class _Base(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    rule: str
    name: str
    twin: str = ""
    why: str = ""  # one sentence for the reader of a report
    platform: Selector = Selector()

    @property
    def id(self) -> str:
        """The case's identifier: ``rule/name``."""
        return f"{self.rule}/{self.name}"


class Choose(_Base, frozen=True, kw_only=True):
    """Candidate wheels of one project: which one is installed?

    Placeholders in ``offer``, ``pick`` and ``target``: ``{arch}``, ``{major}``,
    ``{minor}``, ``{minor+1}``, ``{minor-1}`` and ``{python}`` (``311``).
    ``pick`` is an offered tag, ``any`` or ``nothing``.
    ``allowed`` lists every permitted answer where the rule leaves a choice.
    """

    offer: tuple[str | Offer, ...]
    pick: str = ""
    allowed: tuple[str, ...] = ()
    module: str = ""  # source of a _manylinux module
    module_at: ModulePlace = ModulePlace.TARGET
    target: str = ""  # an explicit target, as a platform tag
    tool_glibc: str = ""  # the tool's own interpreter runs on another glibc


class Parse(_Base, frozen=True, kw_only=True):
    """A platform tag: is it a valid manylinux tag, and what is its canonical form?"""

    tag: str
    valid: bool
    canonical: str = ""  # the perennial spelling; empty if not asked
    arch: str = ""


class Expand(_Base, frozen=True, kw_only=True):
    """A compressed tag set: which tags does it stand for?  Empty ``tags``: refused."""

    set: str
    tags: tuple[str, ...] = ()


class Listing(_Base, frozen=True, kw_only=True):
    """The ordered platform tags of a platform: what stands in it, in which order?

    ``exactly``: the whole list.
    ``in_order``: these stand in it, in this order, with others between.
    ``without``: none of these stands in it.
    """

    exactly: tuple[str, ...] = ()
    in_order: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class Load(_Base, frozen=True, kw_only=True):
    """An extension module, compiled from the corpus's sources: can it be imported?

    ``language`` is one of the compiled tier's.  ``built`` is the glibc release that
    it was compiled for, ``claim`` the one whose tag its wheel carries; placeholders
    as in other cases.  ``expect`` is ``imported`` or ``refused``.
    """

    language: str = "c"
    built: str
    claim: str
    expect: Loaded


Case = Choose | Parse | Expand | Listing | Load


class Asked(enum.StrEnum):
    """What a build environment is asked, and in which words it answers."""

    # Does what it makes of a probe keep the level?  kept, broken, or refused if the
    # probe does not compile or link.
    LEVEL = "level"
    INSTRUCTIONS = "instructions"  # compiled for which set: x86-64, x86-64-v2, ...
    MACHINE = "machine"  # as `uname -m` says
    PLATFORM = "platform"  # as sysconfig.get_platform() says
    INTERPRETERS = "interpreters"  # which of them need libpython, and which; or none
    WHEEL_TAG = "wheel-tag"  # the platform tag of a wheel that a back end made
    WHEEL_LEVEL = "wheel-level"  # do its files keep the level?  kept or broken


class Build(_Base, frozen=True, kw_only=True):
    """A question to a build environment about one of its targets.

    ``probe`` is a source among the probes, compiled with ``flags`` added.
    ``expect`` lists every permitted answer.  Placeholders as in other cases.
    """

    ask: Asked
    probe: str = ""
    flags: tuple[str, ...] = ()
    expect: tuple[str, ...]


class CaseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A TOML file of cases, one array per kind of question."""

    choose: tuple[Choose, ...] = ()
    parse: tuple[Parse, ...] = ()
    expand: tuple[Expand, ...] = ()
    listing: tuple[Listing, ...] = ()
    load: tuple[Load, ...] = ()
    build: tuple[Build, ...] = ()


def read_builds(folder: Path) -> Iterator[Build]:
    """Yield the questions to build environments of every TOML file below a folder."""
    for path in sorted(folder.rglob("*.toml")):
        yield from read_toml(path, CaseFile).build


def read_cases(folder: Path) -> Iterator[Case]:
    """Yield the cases about tags of every TOML file; identifiers are unique."""
    seen: set[str] = set()
    for path in sorted(folder.rglob("*.toml")):
        file = read_toml(path, CaseFile)
        cases: tuple[Case, ...] = (
            *file.choose,
            *file.parse,
            *file.expand,
            *file.listing,
            *file.load,
        )
        for case in cases:
            if case.id in seen:
                raise InputError(path, f"case {case.id!r} stands twice")
            seen.add(case.id)
            yield case
