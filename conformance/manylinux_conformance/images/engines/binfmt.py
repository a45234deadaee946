"""The kernel's binfmt_misc: which architectures it can hand to an emulator."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.images.engines.emulators import HANDLERS
from manylinux_conformance.platforms.architectures import Architecture


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of binfmt_misc."""

    enabled: bool
    flags: str

    @property
    def is_held_open(self) -> bool:
        """Whether it works in a container, which does not have the emulator's file."""
        return "F" in self.flags


def is_mounted(handlers: Path = HANDLERS) -> bool:
    """Return whether binfmt_misc can be seen and is switched on."""
    try:
        return (handlers / "status").read_text().strip() == "enabled"
    except OSError:
        return False


def entry_of(arch: Architecture, handlers: Path = HANDLERS) -> Entry | None:
    """Return the entry for an architecture, or None."""
    try:
        lines = (handlers / f"qemu-{arch.emulator}").read_text().splitlines()
    except OSError:
        return None
    flags = [line.partition(" ")[2] for line in lines if line.startswith("flags:")]
    return Entry("enabled" in lines, "".join(flags))


def is_too_old(arch: Architecture, emulator: str) -> bool:
    """Return whether an emulator, such as ``qemu-s390x 7.2.22``, lacks instructions."""
    version = emulator.partition(" ")[2]
    oldest = _numbers(arch.oldest_emulator or "0")
    return bool(version) and _numbers(version) < oldest


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
