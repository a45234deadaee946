"""Targets: what a build environment promises to compile for, as platforms."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import msgspec
from manylinux_spec.architectures import architectures

from manylinux_conformance.loader.loader_check import (
    LoaderCheck,
    loader_check_for,
    loader_unavailable_reason,
)
from manylinux_conformance.platforms.architectures import narrow_architecture
from manylinux_conformance.platforms.platform import ElfClass, Fidelity, Platform
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.sandbox.provide import ProvidedTool

TargetTag = Annotated[
    str, msgspec.Meta(pattern=r"^manylinux_[0-9]{1,3}_[0-9]{1,3}_[a-z0-9_]+$")
]
TAG = re.compile(r"manylinux_(\d+)_(\d+)_(\w+)")
# The machine and the C library where a tool runs: "x86_64 glibc 2.36".
OWN = 'import os; print(os.uname().machine, os.confstr("CS_GNU_LIBC_VERSION"))'
OWN_ANSWER = re.compile(rb"(\w+) glibc (\d+)\.(\d+)\s*")
SECONDS = 30


@dataclass(frozen=True, slots=True)
class Target:
    """A level on an architecture, the tool's name for it, and who judges it."""

    platform: Platform
    name: str
    loader_check: LoaderCheck


def targets(
    tool: ProvidedTool,
    promised: Mapping[str, str],
    cache: Path,
    wanted: Callable[[str], bool],
) -> Iterator[Target | NotRun]:
    """Yield each target of a tool, or why nobody could judge what it makes for it.

    ``promised`` maps tags to the tool's names for them; without any, the promise is the
    glibc of where the tool runs.
    ``wanted`` says whether an architecture is; an image was chosen by its own name.
    """
    if tool.image is not None:
        yield _itself(tool.image, cache)
        return
    for tag, name in (promised or {own_tag(tool): ""}).items():
        found = TAG.fullmatch(tag)
        if wanted(found[3] if found else ""):
            yield _target(tag, name, cache)


def own_tag(tool: ProvidedTool) -> str:
    """Return the tag of the machine where a tool runs; empty if it has no glibc."""
    ended = tool.run(
        [str(tool.interpreter.path), "-I", "-c", OWN],
        folder=Path("/"),
        variables={"PATH": os.defpath},
        seconds=SECONDS,
    )
    found = OWN_ANSWER.fullmatch(ended.output)
    if found is None:
        return ""
    machine, major, minor = (part.decode() for part in found.groups())
    if tool.interpreter.bits == ElfClass.BITS_32:
        machine = narrow_architecture(machine)
    return f"manylinux_{major}_{minor}_{machine}"


def _itself(image: Platform, cache: Path) -> Target | NotRun:
    """Return an image as its own target: it promises the glibc that it has."""
    tag = f"manylinux_{image.major}_{image.minor}_{image.arch}"
    found = _target(tag, "", cache)
    if isinstance(found, NotRun):
        return NotRun(platforms=(image.name,), reason=found.reason)
    return replace(found, platform=image)


def _target(tag: str, name: str, cache: Path) -> Target | NotRun:
    found = TAG.fullmatch(tag)
    if found is None or found[3] not in architectures():
        reason = "the C library or the architecture is not one of manylinux"
        return NotRun(platforms=(tag,) if tag else (), reason=reason)
    major, minor, arch = int(found[1]), int(found[2]), found[3]
    if reason := loader_unavailable_reason(arch):
        return NotRun(platforms=(tag,), reason=reason)
    judge = loader_check_for(arch, (major, minor), cache)
    if judge is None:
        return NotRun(platforms=(tag,), reason="no sysroot of this release is known")
    platform = Platform(
        name=tag,
        fidelity=Fidelity.EMULATED if judge.emulated else Fidelity.NATIVE,
        arch=arch,
        machine=arch,
        glibc=f"{major}.{minor}",
        major=major,
        minor=minor,
    )
    return Target(platform, name, judge)
