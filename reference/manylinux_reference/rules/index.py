"""What an index looks at before it opens a wheel: the tags of its name.

Every finding's basis is that of its rule; those that only advise say so.
"""

from __future__ import annotations

from manylinux_reference.reading.policy import architectures
from manylinux_reference.rules import decides, tags
from manylinux_reference.rules.findings import PROPOSAL, STANDARD, Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.rules.findings import Findings

FAMILY = "manylinux"


def name_findings(filename: str) -> Findings:
    """Yield what speaks against the platform tags of a wheel's name."""
    members = examined(filename.removesuffix(".whl").rpartition("-")[2])
    if "" in members:
        yield _proposal("tag.set.empty-member", "has an empty member", advice=True)
    for member in filter(None, members):
        tag = tags.fold_case(member)
        promise = tags.parse(tag)
        if promise is None:
            yield from _no_promise(tag)
            continue
        _, arch = promise
        if is_unknown(arch):
            said = f"{member!r} is of {arch}, of which no installer is known"
            yield _finding("index.refuses.architecture", said, STANDARD)
        if has_leading_zeros(tag):
            said = f"{member!r} has a number with a zero in front"
            yield _proposal("tag.version.no-leading-zeros", said, advice=True)


@decides("index.members.every")
def examined(platforms: str) -> list[str]:
    """Return the members of a set that are examined: every one."""
    return platforms.split(".")


def _no_promise(tag: str) -> Findings:
    """Yield what is wrong with a tag that is no manylinux tag."""
    if is_non_tag(tag):
        yield _proposal("index.refuses.non-tag", f"{tag!r} is no manylinux tag")
    elif is_plain_linux(tag):
        said = f"{tag!r} promises nothing about other systems"
        yield _proposal("index.refuses.linux", said)


@decides("index.refuses.non-tag")
def is_non_tag(tag: str) -> bool:
    """Return whether what is no manylinux tag looks like one."""
    return tag.startswith(FAMILY)


@decides("index.refuses.linux")
def is_plain_linux(tag: str) -> bool:
    """Return whether a tag is ``linux_`` with an architecture (PEP 513, Rationale)."""
    return tag.startswith("linux_")


@decides("index.refuses.architecture")
def is_unknown(arch: str) -> bool:
    """Return whether an architecture is none of this specification."""
    return arch not in architectures()


def has_leading_zeros(tag: str) -> bool:
    """Return whether a perennial tag writes a number with a zero in front."""
    numbers = tag.split("_")[1:3]
    return any(len(each) > 1 and each[0] == "0" for each in numbers)


def _proposal(rule: str, said: str, *, advice: bool = False) -> Finding:
    return _finding(rule, said, PROPOSAL, advice=advice)


def _finding(rule: str, said: str, basis: str, *, advice: bool = False) -> Finding:
    finding = Finding(rule, "", said, advice=advice)
    finding.basis = basis
    return finding
