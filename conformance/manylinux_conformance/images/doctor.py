"""The doctor: what this machine lacks for platforms in containers, and what helps."""

from __future__ import annotations

import enum
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.errors import InputError, SuiteError
from manylinux_conformance.images.engines.binfmt import (
    entry_of,
    is_mounted,
    is_too_old,
)
from manylinux_conformance.images.engines.emulators import HANDLERS, emulator
from manylinux_conformance.images.engines.engine import Engine, connect
from manylinux_conformance.images.sources.mirror import PROGRAM
from manylinux_conformance.platforms.architectures import (
    Architecture,
    is_native,
)
from manylinux_conformance.platforms.catalogue import read_containers

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
EMULATOR = "apt-get install qemu-user-static binfmt-support"
REGISTER = "systemctl restart binfmt-support"
# The kernel keeps the emulator that was registered until it is told of the newer one.
BACKPORTS = (
    "apt-get install -t {}-backports qemu-user-static"
    " && systemctl restart systemd-binfmt"
)


class State(enum.StrEnum):
    """What was found."""

    FINE = "fine"
    MISSING = "missing"
    UNKNOWN = "unknown"  # it is on another machine, which is not looked into


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is needed, what was found, and the command that helps."""

    subject: str
    state: State
    words: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where to look; the tests look elsewhere."""

    handlers: Path = HANDLERS
    keyring: Path = KEYRING


def examine(address: str = "", machine: Machine | None = None) -> Iterator[Found]:
    """Yield what is there and what is missing, in the order to repair it."""
    machine = machine or Machine()
    engine: Engine | None = None
    try:
        engine = connect(address)
        yield Found("engine", State.FINE, f"{engine.address} on {engine.machine}")
    except InputError as error:
        yield Found("engine", State.MISSING, str(error))
    except SuiteError as error:
        yield Found("engine", State.MISSING, error.reason, error.remedy)
    yield from _emulation(engine, machine)
    yield from _mirror(machine)


def _emulation(engine: Engine | None, machine: Machine) -> Iterator[Found]:
    if engine and not engine.is_local:
        words = f"is up to the machine of {engine.address}"
        yield Found("emulation", State.UNKNOWN, words)
        return
    if not is_mounted(machine.handlers):
        remedy = f"mount -t binfmt_misc binfmt_misc {machine.handlers}"
        yield Found("binfmt_misc", State.MISSING, "is not mounted, or is off", remedy)
    else:
        yield Found("binfmt_misc", State.FINE, "is mounted and on")
    for arch in dict.fromkeys(each.arch for each in read_containers()):
        if is_native(arch.name):
            yield Found(arch.name, State.FINE, "is native here")
        else:
            yield _emulated(arch, machine)


def _emulated(arch: Architecture, machine: Machine) -> Found:
    entry, known = entry_of(arch, machine.handlers), emulator(arch)
    words, remedy = "", EMULATOR
    if entry is None:
        words = "no handler is registered"
    elif not entry.enabled:
        words, remedy = "its handler is off", REGISTER
    elif not entry.is_held_open:
        words = "its handler lacks the flag F, so containers do not see the emulator"
    elif is_too_old(arch, known):
        words, remedy = f"{known} is too old; it needs {arch.oldest_emulator}", _newer()
    if words:
        return Found(arch.name, State.MISSING, words, remedy)
    return Found(arch.name, State.FINE, f"is emulated by {known or 'an emulator'}")


def _newer() -> str:
    """Return what gets a newer QEMU than the release has."""
    try:
        facts = platform.freedesktop_os_release()
    except OSError:  # a system without os-release(5)
        facts = {}
    return BACKPORTS.format(facts.get("VERSION_CODENAME", "RELEASE"))


def _mirror(machine: Machine) -> Iterator[Found]:
    install = "apt-get install mmdebstrap debian-archive-keyring"
    if shutil.which(PROGRAM):
        yield Found(PROGRAM, State.FINE, "is installed")
    else:
        yield Found(PROGRAM, State.MISSING, "is not installed", install)
    if machine.keyring.exists():
        yield Found("keyring", State.FINE, str(machine.keyring))
    else:
        words = f"{machine.keyring} does not exist"
        yield Found("keyring", State.MISSING, words, install)
