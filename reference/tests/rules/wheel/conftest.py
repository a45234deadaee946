"""Described files and wheels: rules are functions of facts, so nothing is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from manylinux_reference.reading.elf.file import ET_DYN, Elf
from manylinux_reference.reading.policy import Policy
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules.wheel.links import link

FILENAME = "project-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"


def sound(arch: str = "x86_64", name: str = "project/module.so") -> Elf:
    policy = Policy(arch)
    elf = Elf(name)
    elf.type = ET_DYN
    elf.bits, elf.machine = policy.bits, policy.machine
    elf.big_endian, elf.flags = policy.big_endian, policy.flags_value
    elf.dynamic = True
    elf.stack = 6
    elf.needed = ["libc.so.6"]
    return elf


def containing(*elves: Elf, filename: str = FILENAME) -> Wheel:
    wheel = Wheel(filename)
    for elf in elves:
        wheel.add(elf)
    wheel.members = [elf.name for elf in elves]
    link(wheel)
    wheel.record = dict.fromkeys(wheel.members, "sha256=x")
    tag = filename.removesuffix(".whl").split("-", 2)[2]
    wheel.metadata = {"tag": [tag], "root-is-purelib": ["false"]}
    return wheel


@pytest.fixture
def make_elf() -> Callable[..., Elf]:
    """Return a function that describes a file with which nothing is wrong."""
    return sound


@pytest.fixture
def make_wheel() -> Callable[..., Wheel]:
    """Return a function that describes a wheel of such files."""
    return containing
