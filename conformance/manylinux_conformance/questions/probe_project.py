"""A probe project: candidate wheels of a made-up project, by name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec

from manylinux_conformance.errors import InputError

ANY = "any"  # the py3-none-any wheel that every probe project carries was installed
ANY_TAG = "py3-none-any"
PREFIX = "py3-none"
VERSION = "1"
LONGEST_FILENAME = 255  # NAME_MAX of Linux file systems, in bytes


class Offer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One candidate wheel.

    ``tag`` is a platform tag (``py3-none`` stands before it) or all three parts.
    ``wheel`` gives the Tag lines of WHEEL where they differ from the filename's.
    """

    tag: str
    wheel: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProbeProject:
    """The candidate wheels of a filled case; ``case`` is its identifier.

    Each project has one ``py3-none-any`` wheel of the same version, offered or not.
    """

    case: str
    offer: tuple[Offer, ...]

    @property
    def rule(self) -> str:
        """The rule that the case is bound to."""
        return self.case.partition("/")[0]

    @property
    def name(self) -> str:
        """The project's name, stable between runs and platforms."""
        return f"probe{hashlib.sha256(self.case.encode()).hexdigest()[:12]}"

    @property
    def requirement(self) -> str:
        """The requirement that pins the project's only version."""
        return f"{self.name}=={VERSION}"

    @property
    def markers(self) -> dict[str, Offer]:
        """The candidates by marker: the file in a wheel that tells it apart."""
        found = {f"offer-{number}": offer for number, offer in enumerate(self.offer)}
        if all(full_tag(offer.tag) != ANY_TAG for offer in self.offer):
            found["offer-any"] = Offer(ANY)
        return found

    def filenames(self, prefix: str = PREFIX) -> dict[str, str]:
        """Return the candidates' file names, each with its tag as the case spells it.

        Raises InputError if a tag cannot be in a file name, or is offered twice.
        """
        names: dict[str, str] = {}
        for offer in self.markers.values():
            name = f"{self.name}-{VERSION}-{full_tag(offer.tag, prefix)}.whl"
            if "/" in name or "\0" in name or len(name.encode()) > LONGEST_FILENAME:
                raise InputError(self.case, f"{offer.tag!r} cannot be in a file name")
            if name in names:
                raise InputError(self.case, f"{offer.tag!r} is offered twice")
            names[name] = offer.tag
        return names


def full_tag(tag: str, prefix: str = PREFIX) -> str:
    """Return a tag with all three parts; a platform tag stands alone in a case.

    A tag with exactly two hyphens is taken to have all three parts.
    """
    if tag == ANY:
        return ANY_TAG
    return tag if tag.count("-") == ANY_TAG.count("-") else f"{prefix}-{tag}"
