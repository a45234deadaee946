"""A probe project: candidate wheels of a made-up project, by name."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import msgspec
from manylinux_fixtures.disguise import UNDISGUISED, Disguise

from manylinux_conformance.errors import InputError

ANY = "any"  # the py3-none-any wheel that every probe project carries was installed
ANY_TAG = "py3-none-any"
PREFIX = "py3-none"
VERSION = "1"
LONGEST_FILENAME = 255  # NAME_MAX of Linux file systems, in bytes
# Five parts or, with a build number, six (binary distribution format, file name).
# Platform tags of other systems: whatever carries one fits no platform of the suite.
FOREIGN = (
    *("macosx_10_9_x86_64", "macosx_11_0_arm64", "macosx_10_13_universal2"),
    *("win32", "win_amd64", "win_arm64"),
)
MOST_RELEASES = 40  # by so many a disguise moves the releases of a project
SPECIFIED = re.compile(r"(?<=[<>=!~])[0-9]+")
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
    ``disguise`` decides what it looks like: names, releases, order, and further wheels
    for other systems.
    Each project has one ``py3-none-any`` wheel of the same version, offered or not.
    """

    case: str
    offer: tuple[Offer, ...]
    requires: tuple[str, ...] = ()
    disguise: Disguise = UNDISGUISED

    def disguised(self, disguise: Disguise) -> ProbeProject:
        """Return the project in another disguise."""
        return dataclasses.replace(self, disguise=disguise)

    @property
    def rule(self) -> str:
        """The rule that the case is bound to."""
        return self.case.partition("/")[0]

    @property
    def name(self) -> str:
        """The project's name, stable between runs and platforms."""
        if self.disguise:
            return self.disguise.name(self.case, "project")
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
        required = self.disguise.in_order(
            self.case, "requirements", self.requires or (default,)
        )
        return tuple(f"{self.name}{self._moved(each)}" for each in required)

    @property
    def markers(self) -> dict[str, Offer]:
        """The candidates by marker: the file in a wheel that tells it apart."""
        found = {f"offer-{number}": offer for number, offer in enumerate(self.offer)}
        if all(full_tag(offer.tag) != ANY_TAG for offer in self.offer):
            found["offer-any"] = Offer(ANY)
        if not self.disguise:
            return found
        found |= {f"offer-{tag}": Offer(tag) for tag in self._foreign}
        renamed = {
            self.disguise.name(self.case, marker): offer
            for marker, offer in found.items()
        }
        return dict(self.disguise.in_order(self.case, "offers", renamed.items()))

    @property
    def _foreign(self) -> tuple[str, ...]:
        """Tags of other systems, beside a candidate of the first release."""
        offered = {offer.tag for offer in self.offer}
        if all(offer.release != VERSION for offer in self.offer):
            return ()
        count = 1 + self.disguise.number(self.case, "count", len(FOREIGN) - 1)
        foreign = self.disguise.in_order(self.case, "foreign", FOREIGN)
        return tuple(tag for tag in foreign[:count] if tag not in offered)

    @property
    def _releases_later(self) -> int:
        """How far all releases are moved; a file name given in full has its own."""
        if not self.disguise or any(offer.file for offer in self.offer):
            return 0
        return 1 + self.disguise.number(self.case, "release", MOST_RELEASES)

    def looking(self, offer: Offer) -> Offer:
        """Return an offer of the project with the release that its files show."""
        release = self._moved(f"=={offer.release}").removeprefix("==")
        return msgspec.structs.replace(offer, release=release)

    def _moved(self, specifiers: str) -> str:
        """Return what follows a project's name, with every release moved alike."""
        versions, semicolon, marker = specifiers.partition(";")
        later = self._releases_later
        moved = SPECIFIED.sub(lambda found: str(int(found[0]) + later), versions)
        return f"{moved if later else versions}{semicolon}{marker}"

    def filenames(self, prefix: str = PREFIX) -> dict[str, str]:
        """Return the candidates' file names, each with its answer.

        Raises InputError if a tag cannot be in a file name, or is offered twice.
        """
        names: dict[str, str] = {}
        for offer in self.markers.values():
            name = self.looking(offer).filename(self.name, prefix)
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
