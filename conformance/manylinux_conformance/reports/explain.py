"""Explains a tag: what it promises, where it works, and which installers know it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from manylinux_spec.aliases import aliases
from manylinux_spec.architectures import architectures

from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.releases import Release
from manylinux_conformance.reports.levels import level_facts
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.verdicts import Verdict

PERENNIAL = re.compile(r"manylinux_(\d+)_(\d+)_(\w+)", re.ASCII)
TAKEN = "installer.architecture.equal/architecture-of-the-platform"
OTHERS = {
    "musllinux": "; it is for systems with musl, such as Alpine (PEP 656)",
    "linux": "; it promises nothing beyond the machine that built the wheel (PEP 425)",
    "any": "; a wheel with it has no compiled part and fits everywhere (PEP 425)",
    "macosx": "; it is for macOS (PEP 425)",
    "win": "; it is for Windows (PEP 425)",
    "win32": "; it is for Windows (PEP 425)",
}


def explain(
    tag: str,
    catalogue: Mapping[str, tuple[Release, ...]],
    pip: Mapping[str, str],
    installers: Iterable[Block] = (),
) -> Iterator[str]:
    """Yield lines about a manylinux tag; ``catalogue`` has releases by file.

    ``pip`` has the first release that takes each legacy family, and ``perennial`` tags.
    ``installers`` is what installers answered.

    Raises InputError for any other tag.
    """
    level, arch = _parsed(tag)
    facts = level_facts(level, catalogue, arch)
    same = [one for one in aliases() if _parsed(one.perennial) == (level, arch)]
    names = sorted({name for one in same for name in (one.legacy, one.perennial)})
    others = [name for name in names if name != tag]
    yield f"{tag}: runs on Linux for {arch} with glibc {level} or newer"
    if others:
        yield f"another name: {', '.join(others)}"
    if arch not in architectures():
        yield f"{arch} is no architecture that tags name; no installer takes it"
        return
    systems = [f"{one.name} (glibc {one.glibc})" for one in facts.systems]
    yield f"works from: {', '.join(systems) or 'no surveyed system has so new a glibc'}"
    family = "perennial" if tag.startswith("manylinux_") else facts.legacy
    if family in pip:
        yield f"such tags are known by: pip since {pip[family]}"
    yield from _known_by(installers, arch)
    images = [
        f"{one.name}, until {one.supported_until}" if one.supported_until else one.name
        for one in facts.images
    ]
    yield f"build images: {'; '.join(images) or 'none of exactly this level'}"
    yield "rules: installer.glibc.at-least, installer.architecture.equal"


def _known_by(installers: Iterable[Block], arch: str) -> Iterator[str]:
    """Yield who takes a perennial wheel of an architecture on such a machine."""
    said: dict[str, set[Verdict]] = {}
    for block in installers:
        for each in block.results:
            if each.case == TAKEN and each.expected.endswith(f"_{arch}"):
                said.setdefault(block.header.name, set()).add(each.verdict)
    knowing = [name for name, verdicts in said.items() if verdicts == {Verdict.PASS}]
    others = [name for name in said if name not in knowing]
    for words, names in (("known", knowing), ("not known", others)):
        if names:
            yield f"{arch} is {words}, of those asked, to: {', '.join(names)}"


def _parsed(tag: str) -> tuple[str, str]:
    legacy = next((one for one in aliases() if one.legacy == tag), None)
    if legacy:
        return f"{legacy.major}.{legacy.minor}", legacy.arch
    if found := PERENNIAL.fullmatch(tag):
        return f"{int(found[1])}.{int(found[2])}", found[3]
    raise InputError(tag, f"is no manylinux tag{_other(tag)}")


def _other(tag: str) -> str:
    """Say what a text is instead, as far as its beginning tells."""
    if tag.endswith(".whl"):
        return "; `manylinux fits` says whether a wheel fits, and why not"
    word = tag.partition("_")[0]
    return OTHERS.get(word, " such as manylinux_2_28_x86_64")
