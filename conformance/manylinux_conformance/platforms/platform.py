"""Platforms: an architecture, a C library with its version, and how it comes about."""

from __future__ import annotations

import enum
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
from manylinux_spec.input_files import read_toml

from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.releases import Release


class Fidelity(enum.StrEnum):
    """How real a platform is, from a shim's word to the machine itself."""

    MODELLED = "modelled"
    EMULATED = "emulated"
    NATIVE = "native"


class Libc(enum.StrEnum):
    """What answers when a program asks for its C library."""

    GLIBC = "glibc"
    MUSL = "musl"
    BIONIC = "bionic"  # Android's
    STATIC_GLIBC = "static-glibc"  # part of the interpreter's file
    STATIC_MUSL = "static-musl"


STATIC = frozenset({Libc.STATIC_GLIBC, Libc.STATIC_MUSL})


class ElfClass(enum.IntEnum):
    """EI_CLASS, in bits."""

    BITS_32 = 32
    BITS_64 = 64


class InterpreterHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ELF header that the interpreter's file shows (gABI, chapter 4).

    ``loader`` is its PT_INTERP; empty: it has none and is linked statically.
    """

    bits: ElfClass
    machine: int
    little_endian: bool = True
    flags: int = 0
    loader: str = ""


class Platform(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One place where a tool can be asked.

    ``glibc`` is the C library's answer, letter for letter.
    ``major`` and ``minor`` are what the rules read out of it, written by hand;
    both are absent where the platform has no usable glibc version.
    ``arch`` is the architecture whose tags fit, empty if none does.
    ``machine`` is what ``uname -m`` says.
    In a file both may be ``{host}``: the machine name of the host.
    ``exotic``: a model of a glibc that does not exist, or of a machine name that no
    kernel of today gives.
    ``like`` names modelled platforms of which this is an instance: what is asked on
    those is asked here too.
    """

    name: str
    fidelity: Fidelity
    arch: str = ""
    machine: str
    libc: Libc = Libc.GLIBC
    glibc: str = ""
    major: int | None = None
    minor: int | None = None
    interpreter: InterpreterHeader | None = None
    pointer_bits: ElfClass = ElfClass.BITS_64
    exotic: bool = False
    about: str = ""
    like: tuple[str, ...] = ()


class PlatformFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A TOML file of platforms: modelled ones, or releases that have images."""

    platform: tuple[Platform, ...] = ()
    release: tuple[Release, ...] = ()


def _on(platform: Platform, host: str) -> Platform:
    return msgspec.structs.replace(
        platform,
        arch=platform.arch.replace("{host}", host),
        machine=platform.machine.replace("{host}", host),
    )


def read_platforms(folder: Path, host: str = "") -> Iterator[Platform]:
    """Yield the modelled platforms of every TOML file in a folder; names are unique.

    ``host`` stands for ``{host}``: a machine name, by default this machine's own.
    Raises InputError for a malformed file or a name that is defined twice.
    """
    host = host or os.uname().machine
    seen: set[str] = set()
    for path in sorted(folder.glob("*.toml")):
        for platform in read_toml(path, PlatformFile).platform:
            if platform.name in seen:
                raise InputError(path, f"platform {platform.name!r} is defined twice")
            seen.add(platform.name)
            yield _on(platform, host)
