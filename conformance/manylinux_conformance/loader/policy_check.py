"""Whether what a build environment made keeps the level that was promised.

Two things are asked, and neither is an auditor: the policy data, against the version
needs of the file itself, and glibc's own loader on the sysroot of the level.
"""

from __future__ import annotations

import io
import itertools
import re
import stat
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection
from elftools.elf.sections import Section
from manylinux_spec.policies import policies

from manylinux_conformance.loader.glibc_exports import Release
from manylinux_conformance.loader.level_libraries import (
    as_release,
    level_libraries,
)
from manylinux_conformance.loader.loader_check import LoaderCheck
from manylinux_conformance.loader.loaders import loader_name
from manylinux_conformance.loader.unpacked_wheel import UNREADABLE
from manylinux_conformance.questions.answer import Answer, answered, broken

KEPT, BROKEN, REFUSED = "kept", "broken", "refused"
INSTRUCTIONS = re.compile(rb"<instructions:([a-z0-9-]+)>")
LIBPYTHON = re.compile(rb"^\s*(libpython[\w.]+)", re.MULTILINE)
# The policy data have no line for releases that no surveyed system has, such as 2.29.
GLIBC_NODE = re.compile(r"GLIBC_(\d{1,3})\.(\d{1,3})(?:\.\d{1,3})?", re.ASCII)
MOST_GROUNDS = 3  # shown of what a file breaks
LARGEST = 64 * 1024 * 1024  # bytes of a file that a build environment made
MOST_NEEDS = 10_000  # entries that are read of a table; the largest files have dozens


def level_answer(
    files: Sequence[Path], folder: Path, loader_check: LoaderCheck
) -> Answer:
    """Say whether files keep the checked level, and what speaks against it.

    They may need each other.  ``folder`` holds them.
    """
    grounds: list[str] = []
    own = {file.name for file in files}
    for file in files:
        if reason := why_no_file(file):
            return broken(f"{file.name}: {reason}")
        try:
            content = file.read_bytes()
            grounds += above_the_policy(
                content, loader_check.arch, loader_check.release, own
            )
        except UNREADABLE as error:
            return broken(f"{file.name} is not an ELF file that can be read: {error}")
        grounds += map(str, loader_check.complaints(file, folder))
    if not grounds:
        return answered(KEPT)
    return answered(BROKEN, "; ".join(list(dict.fromkeys(grounds))[:MOST_GROUNDS]))


def why_no_file(path: Path) -> str:
    """Say what is there instead of a file of a reasonable size; empty: nothing else."""
    try:
        facts = path.lstat()
    except OSError:
        return "wrote nothing"
    if not stat.S_ISREG(facts.st_mode):
        return "wrote something else than a file"
    if facts.st_size > LARGEST:
        return f"wrote more than {LARGEST} bytes"
    return ""


def above_the_policy(
    content: bytes, arch: str, release: Release, own: Container[str] = ()
) -> Iterator[str]:
    """Yield the libraries and version nodes a file needs that its level lacks.

    ``content`` is the ELF file, ``own`` the names of the libraries that come with it.
    Raises one of UNREADABLE if it cannot be read.
    """
    glibc = tuple(_glibc_nodes(arch, release))
    allowed = level_libraries(arch, release, glibc_nodes=glibc)
    allowed[loader_name(arch)] = glibc
    for library in needed_libraries(content):
        if library not in allowed and library not in own:
            yield f"needs {library}, no library of the level"
    for library, node in _version_needs(content):
        known = node in allowed.get(library, ()) or _is_released(node, release)
        if library not in own and not known:
            yield f"needs {node} of {library}"


def needed_libraries(content: bytes) -> list[str]:
    """Return the ``DT_NEEDED`` entries of an ELF file, in their order."""
    return [
        str(vars(tag)["needed"])
        for section in _sections(content)
        if isinstance(section, DynamicSection)
        for tag in itertools.islice(section.iter_tags("DT_NEEDED"), MOST_NEEDS)
    ]


def instruction_set(file: Path) -> Answer:
    """Read the string that the probe ``instructions.c`` leaves in a file."""
    found = INSTRUCTIONS.search(file.read_bytes())
    return (
        answered(found[1].decode()) if found else broken("the probe's string is gone")
    )


def libpython(listing: bytes) -> str:
    """Return the ``libpython`` in a loader's listing of libraries, or nothing."""
    found = LIBPYTHON.search(listing)
    return found[1].decode() if found else ""


def _version_needs(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield pairs of library and version node (gABI's GNU symbol versioning)."""
    for section in _sections(content):
        if isinstance(section, GNUVerNeedSection):
            for need, nodes in itertools.islice(section.iter_versions(), MOST_NEEDS):
                for node in itertools.islice(nodes, MOST_NEEDS):
                    yield str(need.name), node.name


def _sections(content: bytes) -> Iterator[Section]:
    """Yield the sections of an ELF file; without them its needs cannot be read."""
    elf = ELFFile(io.BytesIO(content))
    if not elf.num_sections():
        raise ELFError("it has no section headers")
    yield from itertools.islice(elf.iter_sections(), MOST_NEEDS)


def _is_released(node: str, release: Release) -> bool:
    """Say by its name whether a node of glibc is not newer than a release."""
    found = GLIBC_NODE.fullmatch(node)
    return found is not None and (int(found[1]), int(found[2])) <= release


def _glibc_nodes(arch: str, release: Release) -> Iterator[str]:
    for level, added in policies().nodes.get(arch, {}).items():
        if as_release(level) <= release:
            yield from (f"GLIBC_{suffix}" for suffix in added.get("GLIBC", ()))
