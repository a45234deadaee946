"""Which questions cannot be put to a tool: said with a reason, never left out."""

import dataclasses

import msgspec
import pytest
from manylinux_conformance.asking.applicability import declines, unseen
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.platform import ElfClass, Fidelity, Libc
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.sandbox.tool_description import (
    Fact,
    Provide,
    ToolDescription,
)
from tests.builders import platform

BITS_32 = ElfClass.BITS_32
PLAIN = Environment(platform())
TOOL = ToolDescription(name="tool")


def on(**facts: object) -> Environment:
    return Environment(platform(**facts))


def described(**more: object) -> ToolDescription:
    return msgspec.structs.replace(TOOL, **more)


def test_a_plain_environment_can_be_shown() -> None:
    assert unseen(TOOL, PLAIN) is None


@pytest.mark.parametrize(
    ("fact", "environment"),
    [
        (Fact.MUSL, on(libc=Libc.MUSL)),
        (Fact.STATIC, on(libc=Libc.STATIC_GLIBC)),
        (Fact.STATIC, on(libc=Libc.STATIC_MUSL)),
        (Fact.BIONIC, on(libc=Libc.BIONIC)),
        (Fact.POINTER_BITS, on(pointer_bits=BITS_32)),
        (Fact.TOOL_GLIBC, dataclasses.replace(PLAIN, tool_glibc="2.17")),
    ],
)
def test_what_a_tool_cannot_see_is_not_asked(
    fact: Fact, environment: Environment
) -> None:
    blind = described(cannot_see={fact: "looks away"})
    found = unseen(blind, environment)
    assert found is not None
    assert (found.outcome, found.reason) == (Verdict.NOT_ASKED, "looks away")
    assert unseen(blind, PLAIN) is None
    assert unseen(TOOL, environment) is None


@pytest.mark.parametrize("fidelity", [Fidelity.NATIVE, Fidelity.EMULATED])
def test_a_real_interpreter_has_its_width_for_everybody_to_see(
    fidelity: Fidelity,
) -> None:
    blind = described(cannot_see={Fact.POINTER_BITS: "looks away"})
    real = on(pointer_bits=BITS_32, fidelity=fidelity)
    assert unseen(blind, real) is None


def test_a_machine_whose_name_says_its_width_needs_no_pointers() -> None:
    blind = described(cannot_see={Fact.POINTER_BITS: "looks away"})
    assert unseen(blind, on(machine="armv7l", pointer_bits=BITS_32)) is None


def test_a_tool_inside_the_target_has_no_other_c_library() -> None:
    inside = described(provide=Provide(inside=True))
    environment = dataclasses.replace(PLAIN, tool_glibc="2.17")
    found = unseen(inside, environment)
    assert found is not None
    assert found.outcome is Verdict.NOT_ASKED
    assert unseen(inside, PLAIN) is None
    assert unseen(TOOL, environment) is None


@pytest.mark.parametrize(
    ("rule", "declined"),
    [("installer.order.newest", True), ("installer.glibc.at-least", False)],
)
def test_the_rules_of_a_pattern_are_declined(rule: str, *, declined: bool) -> None:
    found = declines({"installer.order.*": "has no order"}, rule)
    assert (found is not None) is declined
    if found is not None:
        assert (found.outcome, found.reason) == (Verdict.DECLINED, "has no order")
