"""Judges what a build environment made: does it keep the level that was promised?

Two witnesses are asked, and neither is an auditor: the policy data, against the version
needs of the file itself, and glibc's own loader on the sysroot of the level.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection
from manylinux_fixtures.architectures import ARCHITECTURES

from manylinux_conformance.answers import Answer, broken, landed
from manylinux_conformance.cases import Build
from manylinux_conformance.judge import Judged
from manylinux_conformance.oracle.glibc_exports import Release
from manylinux_conformance.oracle.level_libraries import (
    as_release,
    level_libraries,
    policies,
)
from manylinux_conformance.oracle.unpacked_wheel import UNREADABLE
from manylinux_conformance.oracle.witness import Witness
from manylinux_conformance.verdicts import Verdict

KEPT, BROKEN, REFUSED = "kept", "broken", "refused"
INSTRUCTIONS = re.compile(rb"<instructions:([a-z0-9-]+)>")
MOST_GROUNDS = 3  # shown of what a file breaks


def judge_build(case: Build, answer: Answer) -> Judged:
    """Judge an answer; one that is none keeps the verdict it came with."""
    expected = " or ".join(case.expect)
    if answer.outcome is not None:
        return Judged(answer.outcome, expected, "")
    right = answer.answer in case.expect
    return Judged(Verdict.PASS if right else Verdict.FAIL, expected, answer.answer)


def level_answer(file: Path, witness: Witness) -> Answer:
    """Say whether a file keeps the witness's level, and what speaks against it."""
    try:
        content = file.read_bytes()
        grounds = [*above_the_policy(content, witness.arch, witness.release)]
    except UNREADABLE as error:
        return broken(f"made no ELF file that can be read: {error}")
    grounds += map(str, witness.ask(file, file.parent))
    if not grounds:
        return landed(KEPT)
    return landed(BROKEN, "; ".join(dict.fromkeys(grounds[:MOST_GROUNDS])))


def above_the_policy(content: bytes, arch: str, release: Release) -> Iterator[str]:
    """Yield the libraries and version nodes a file needs that its level lacks.

    ``content`` is the ELF file.  Raises one of UNREADABLE if it cannot be read.
    """
    allowed = level_libraries(
        arch, release, glibc_nodes=tuple(_glibc_nodes(arch, release))
    )
    allowed[ARCHITECTURES[arch].loader] = tuple(_glibc_nodes(arch, release))
    for library in needed_libraries(content):
        if library not in allowed:
            yield f"needs {library}, no library of the level"
    for library, node in _version_needs(content):
        if node not in allowed.get(library, ()):
            yield f"needs {node} of {library}"


def needed_libraries(content: bytes) -> list[str]:
    """Return the ``DT_NEEDED`` entries of an ELF file, in their order."""
    return [
        str(vars(tag)["needed"])
        for section in ELFFile(io.BytesIO(content)).iter_sections()
        if isinstance(section, DynamicSection)
        for tag in section.iter_tags("DT_NEEDED")
    ]


def instruction_set(file: Path) -> Answer:
    """Read the string that the probe ``instructions.c`` leaves in a file."""
    found = INSTRUCTIONS.search(file.read_bytes())
    return landed(found[1].decode()) if found else broken("the probe's string is gone")


def _version_needs(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield pairs of library and version node (gABI's GNU symbol versioning)."""
    for section in ELFFile(io.BytesIO(content)).iter_sections():
        if isinstance(section, GNUVerNeedSection):
            for need, auxiliaries in section.iter_versions():
                for auxiliary in auxiliaries:
                    yield str(need.name), auxiliary.name


def _glibc_nodes(arch: str, release: Release) -> Iterator[str]:
    for level, added in policies().nodes.get(arch, {}).items():
        if as_release(level) <= release:
            yield from (f"GLIBC_{suffix}" for suffix in added.get("GLIBC", ()))
