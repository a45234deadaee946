"""A probe project: candidate wheels of a made-up project, by name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import msgspec

from manylinux_conformance.errors import InputError

ANY = "any"  # the py3-none-any wheel that every probe project carries was installed
ANY_TAG = "py3-none-any"
PREFIX = "py3-none"
VERSION = "1"
LONGEST_FILENAME = 255  # NAME_MAX of Linux file systems, in bytes
# Five parts or, with a build number, six (binary distribution format, file name).
WELL_FORMED = re.compile(r"[^-]+-[^-]+(-[0-9][^-]*)?-[^-]+-[^-]+-[^-]+\.whl", re.DOTALL)

Build = Annotated[str, msgspec.Meta(pattern=r"^([0-9][A-Za-z0-9_.]*)?$")]
Release = Annotated[str, msgspec.Meta(pattern=r"^[0-9]+(\.[0-9]+)*$")]


class Offer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One candidate wheel.

    ``tag`` is a platform tag (``py3-none`` stands before it) or all three parts.
    ``wheel`` gives the Tag lines of WHEEL where they differ from the filename's.
    ``build`` is a build number; ``release`` the version where it is not ``1``.
    ``file`` is a malformed file name, given on purpose; ``{project}`` stands for the
    project's name.
    ``built``: the wheel is not offered itself, but a source distribution of the
    release whose back end makes it.
    """

    tag: str
    wheel: tuple[str, ...] = ()
    build: int | Build = ""
    release: Release = VERSION
    file: str = ""
    built: bool = False

    @property
    def answer(self) -> str:
        """The offer in the words of an answer: its tag and what else tells it apart."""
        build = f", build {self.build}" if self.build != "" else ""
        release = f", release {self.release}" if self.release != VERSION else ""
        return f"{self.tag}{build}{release}"

    @property
    def words(self) -> str:
        """The offer as a reader sees it."""
        made = ", made by the back end of a source distribution"
        return self.file or f"{self.answer}{made if self.built else ''}"

    def filename(self, project: str, prefix: str) -> str:
        """Return the name of the file that is offered."""
        if self.built:
            return f"{project}-{self.release}.tar.gz"
        return self.wheel_name(project, prefix)

    def wheel_name(self, project: str, prefix: str) -> str:
        """Return the wheel's file name."""
        if self.file:
            return self.file.replace("{project}", project)
        build = f"{self.build}-" if self.build != "" else ""
        return f"{project}-{self.release}-{build}{full_tag(self.tag, prefix)}.whl"

    def problems(self) -> Iterator[str]:
        """Yield what makes no sense: a file name that is malformed by accident."""
        name = self.wheel_name("project", PREFIX)
        if self.file and not self.file.startswith("{project}-"):
            yield f"the file {self.file!r} does not begin with '{{project}}-'"
        elif self.file and WELL_FORMED.fullmatch(name):
            yield f"the file {self.file!r} is well-formed and needs no 'file'"
        elif not self.file and not WELL_FORMED.fullmatch(name):
            yield f"{self.tag!r} makes a malformed file name; give 'build' or 'file'"


@dataclass(frozen=True, slots=True)
class ProbeProject:
    """The candidate wheels of a filled case; ``case`` is its identifier.

    ``requires`` is what follows the project's name in the requirements; empty: the
    only version, or any of several.
    Each project has one ``py3-none-any`` wheel of the same version, offered or not.
    """

    case: str
    offer: tuple[Offer, ...]
    requires: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The rule that the case is bound to."""
        return self.case.partition("/")[0]

    @property
    def name(self) -> str:
        """The project's name, stable between runs and platforms."""
        return f"probe{hashlib.sha256(self.case.encode()).hexdigest()[:12]}"

    @property
    def may_end_all(self) -> bool:
        """Whether a tool may end an installation of many projects because of it."""
        return any(offer.built or offer.release != VERSION for offer in self.offer)

    @property
    def requirements(self) -> tuple[str, ...]:
        """The requirements; one pins the version of a project that has only one."""
        several = any(offer.release != VERSION for offer in self.offer)
        default = "" if several else f"=={VERSION}"
        return tuple(f"{self.name}{each}" for each in self.requires or (default,))

    @property
    def markers(self) -> dict[str, Offer]:
        """The candidates by marker: the file in a wheel that tells it apart."""
        found = {f"offer-{number}": offer for number, offer in enumerate(self.offer)}
        if all(full_tag(offer.tag) != ANY_TAG for offer in self.offer):
            found["offer-any"] = Offer(ANY)
        return found

    def filenames(self, prefix: str = PREFIX) -> dict[str, str]:
        """Return the candidates' file names, each with its answer.

        Raises InputError if a tag cannot be in a file name, or is offered twice.
        """
        names: dict[str, str] = {}
        for offer in self.markers.values():
            name = offer.filename(self.name, prefix)
            if "/" in name or "\0" in name or len(name.encode()) > LONGEST_FILENAME:
                raise InputError(self.case, f"{offer.tag!r} cannot be in a file name")
            if name in names or offer.answer in names.values():
                raise InputError(self.case, f"{offer.answer!r} is offered twice")
            names[name] = offer.answer
        return names


def full_tag(tag: str, prefix: str = PREFIX) -> str:
    """Return a tag with all three parts; a platform tag stands alone in a case.

    A tag with exactly two hyphens is taken to have all three parts.
    """
    if tag == ANY:
        return ANY_TAG
    return tag if tag.count("-") == ANY_TAG.count("-") else f"{prefix}-{tag}"
