"""Says which questions cannot be put to a tool in an environment, and why."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping

from manylinux_conformance.judging.answers import Answer, declined, not_asked
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.platform import ElfClass, Libc
from manylinux_conformance.tools.adapters import Adapter, Fact

# Machines whose name does not say how wide an interpreter's pointers are.
EITHER_WIDTH = frozenset({"x86_64", "aarch64"})


def why_not(adapter: Adapter, environment: Environment) -> Answer | None:
    """Return why a tool cannot be asked in an environment; None if it can."""
    if reason := _unseen(adapter, environment):
        return not_asked(reason)
    target, installer = environment.target, adapter.installer
    if target and installer is not None:
        if not installer.explicit_target:
            return declined("has no option for an explicit target")
        if not re.fullmatch(installer.explicit_targets, target, re.ASCII):
            return declined(f"has no name for the target {target}")
    return None


def declines(patterns: Mapping[str, str], rule: str) -> Answer | None:
    """Return why a tool has no answer to a rule; None if it may have one."""
    for pattern, why in patterns.items():
        if fnmatch.fnmatchcase(rule, pattern):
            return declined(why)
    return None


def _unseen(adapter: Adapter, environment: Environment) -> str:
    if environment.tool_glibc and adapter.provide.inside:
        return "runs inside the target's interpreter, so it has no other C library"
    facts = {fact for fact, shown in _shown(environment) if shown}
    reasons = adapter.cannot_see.items()
    return next((reason for fact, reason in reasons if fact in facts), "")


def _shown(environment: Environment) -> Iterator[tuple[Fact, bool]]:
    platform = environment.platform
    yield Fact.MUSL, platform.libc is Libc.MUSL
    yield Fact.STATIC, platform.libc is Libc.STATIC
    yield (
        Fact.POINTER_BITS,
        (
            platform.pointer_bits is ElfClass.BITS_32
            and platform.machine in EITHER_WIDTH
        ),
    )
    yield Fact.TOOL_GLIBC, bool(environment.tool_glibc)
