"""Rules on the libraries that a wheel brings along."""

from __future__ import annotations

from manylinux_reference.reading.elf import Elf
from manylinux_reference.reading.policy import Policy
from manylinux_reference.reading.wheel import Wheel
from manylinux_reference.rules import decides
from manylinux_reference.rules.wheel.report import Finding, Findings

SHORTEST_HASH = 8  # hexadecimal digits, as auditwheel and delvewheel write them
HEXADECIMAL = frozenset("0123456789abcdef")
LOADER_NAMES = ("ld-linux", "ld64.so.", "ld.so.")


def bundled(wheel: Wheel, policy: Policy) -> Findings:
    """Yield what is wrong with contained libraries."""
    needed = {name for elf in wheel.elves for name in elf.needed}
    for elf in wheel.elves:
        yield from glibc(elf, policy)
        if not needed.isdisjoint((elf.base_name, elf.soname)):
            yield from unique_name(elf, wheel)
    yield from sbom(wheel)


@decides("wheel.bundled.glibc")
def glibc(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if the file is a part of glibc (PEP 600, Core definition)."""
    for name in (elf.base_name, elf.soname):
        if name in policy.providers["GLIBC"] or name.startswith(LOADER_NAMES):
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
    """Return whether a library's name contains a hash or its distribution's name."""
    parts = name.replace("-", ".").replace("_", ".").split(".")
    hashes = (
        part
        for part in parts
        if len(part) >= SHORTEST_HASH and HEXADECIMAL.issuperset(part)
    )
    return any(hashes) or _plain(distribution) in _plain(name)


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace(".", "")


@decides("wheel.bundled.sbom")
def sbom(wheel: Wheel) -> Findings:
    """Yield advice if a .libs folder has no bill of materials (PEP 770)."""
    folder = next((elf.name for elf in wheel.elves if ".libs/" in elf.name), None)
    if folder and not any(".dist-info/sboms/" in name for name in wheel.members):
        text = "is bundled, and .dist-info/sboms does not say from where"
        yield Finding("wheel.bundled.sbom", folder, text, advice=True)
