"""Rules on the libraries that a wheel brings along."""

from __future__ import annotations

import itertools

from manylinux_reference.reading.elf.file import Elf
from manylinux_reference.reading.policy import Policy
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules import decides
from manylinux_reference.rules.findings import Finding, Findings

SHORTEST_HASH = 8  # hexadecimal digits, as auditwheel and delvewheel write them
HEXADECIMAL = frozenset("0123456789abcdef")
LOADER_NAMES = ("ld-linux", "ld64.so.", "ld.so.")


def bundled(wheel: Wheel, policy: Policy) -> Findings:
    """Yield what is wrong with contained libraries."""
    needed = {id(found) for elf in wheel.elves for found in elf.links.values()}
    for elf in wheel.elves:
        yield from glibc(elf, policy)
        if id(elf) in needed:
            yield from unique_name(elf, wheel)
    yield from sbom(wheel)


@decides("wheel.bundled.glibc")
def glibc(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if the file is a part of glibc (PEP 600, Core definition)."""
    for name in (elf.base_name, elf.soname):
        is_part = name in policy.glibc or name in policy.providers["GLIBC"]
        if is_part or name.startswith(LOADER_NAMES):
            text = f"is {name}, a part of glibc"
            yield Finding("wheel.bundled.glibc", elf.name, text, library=name)
            return


@decides("wheel.bundled.unique-name")
def unique_name(elf: Elf, wheel: Wheel) -> Findings:
    """Yield advice if another wheel could bring a library of the same name.

    The loader takes the first of a SONAME for all (glibc, ``elf/dl-load.c``).
    """
    for name in (elf.base_name, elf.soname):
        if name and not is_unique(name, wheel.distribution):
            text = f"is called {name}, a name that other wheels may bring too"
            yield Finding(
                "wheel.bundled.unique-name", elf.name, text, advice=True, library=name
            )
            return


def is_unique(name: str, distribution: str) -> bool:
    """Return whether a library's name contains a hash or its distribution's name.

    The latter is a whole word, or several, and may come after ``lib``.
    """
    words = _words(name)
    hashes = (
        word
        for word in words
        if len(word) >= SHORTEST_HASH and HEXADECIMAL.issuperset(word)
    )
    return any(hashes) or _spell(words, "".join(_words(distribution)).lower())


def _words(name: str) -> list[str]:
    return name.replace("_", "-").replace(".", "-").split("-")


def _spell(words: list[str], wanted: str) -> bool:
    """Return whether words that follow each other spell another, perhaps after lib."""
    text = "".join(words).lower()
    edges = {0, *itertools.accumulate(map(len, words))}
    begins = edges | {at + 3 for at in edges if text.startswith("lib", at)}
    ends = (at + len(wanted) for at in begins if text.startswith(wanted, at))
    return not edges.isdisjoint(ends)


@decides("wheel.bundled.sbom")
def sbom(wheel: Wheel) -> Findings:
    """Yield advice if a .libs folder has no bill of materials (PEP 770)."""
    folder = next((elf.name for elf in wheel.elves if ".libs/" in elf.name), None)
    if folder and not any(".dist-info/sboms/" in name for name in wheel.members):
        text = "is bundled, and .dist-info/sboms does not say from where"
        yield Finding("wheel.bundled.sbom", folder, text, advice=True)
