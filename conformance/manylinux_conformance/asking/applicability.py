"""Says which questions cannot be put to a tool in an environment, and why."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping

from manylinux_conformance.platforms.architectures import runs_both_widths
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.platform import (
    STATIC,
    ElfClass,
    Fidelity,
    Libc,
)
from manylinux_conformance.questions.answer import Answer, declined, not_asked
from manylinux_conformance.sandbox.tool_description import Fact, ToolDescription


def unseen(tool: ToolDescription, environment: Environment) -> Answer | None:
    """Return why an environment cannot be shown to a tool; None if it can."""
    if environment.tool_glibc and tool.provide.inside:
        reason = "runs inside the target's interpreter, so it has no other C library"
        return not_asked(reason)
    facts = {fact for fact, shown in _shown(environment) if shown}
    reasons = (why for fact, why in tool.cannot_see.items() if fact in facts)
    return next((not_asked(why) for why in reasons if why), None)


def declines(patterns: Mapping[str, str], rule: str) -> Answer | None:
    """Return why a tool has no answer to a rule; None if it may have one."""
    for pattern, why in patterns.items():
        if fnmatch.fnmatchcase(rule, pattern):
            return declined(why)
    return None


def _shown(environment: Environment) -> Iterator[tuple[Fact, bool]]:
    """Yield each fact, and whether it has to be shown: a real width is there to see."""
    platform = environment.platform
    is_model = platform.fidelity is Fidelity.MODELLED
    narrow = is_model and platform.pointer_bits is ElfClass.BITS_32
    yield Fact.MUSL, platform.libc is Libc.MUSL
    yield Fact.STATIC, platform.libc in STATIC
    yield Fact.BIONIC, platform.libc is Libc.BIONIC
    yield Fact.POINTER_BITS, narrow and runs_both_widths(platform.machine)
    yield Fact.TOOL_GLIBC, bool(environment.tool_glibc)
