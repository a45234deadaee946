"""Which questions cannot be put to a tool: said with a reason, never left out."""

import dataclasses
from collections.abc import Mapping

import msgspec
import pytest
from manylinux_conformance.asking.applicability import why_not
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.platform import ElfClass, Fidelity, Libc, Platform
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.tools.adapters import Adapter, Fact, Installer, Provide

BITS_32 = ElfClass.BITS_32
HERE = Platform(name="here", fidelity=Fidelity.MODELLED, machine="x86_64")
PLAIN = Environment(HERE)
TOOL = Adapter(
    name="tool", roles=(Role.INSTALLER,), installer=Installer(command=("tool",))
)


def on(**facts: object) -> Environment:
    return Environment(msgspec.structs.replace(HERE, **facts))


def adapter(installer: Mapping[str, object] | None = None, **more: object) -> Adapter:
    table = msgspec.convert({"command": ("tool",), **(installer or {})}, Installer)
    return msgspec.structs.replace(TOOL, installer=table, **more)


def test_a_plain_environment_can_be_asked() -> None:
    assert why_not(TOOL, PLAIN) is None


@pytest.mark.parametrize(
    ("fact", "environment"),
    [
        (Fact.MUSL, on(libc=Libc.MUSL)),
        (Fact.STATIC, on(libc=Libc.STATIC)),
        (Fact.POINTER_BITS, on(pointer_bits=BITS_32)),
        (Fact.TOOL_GLIBC, dataclasses.replace(PLAIN, tool_glibc="2.17")),
    ],
)
def test_what_a_tool_cannot_see_is_not_asked(
    fact: Fact, environment: Environment
) -> None:
    blind = adapter(cannot_see={fact: "looks away"})
    found = why_not(blind, environment)
    assert found is not None
    assert (found.outcome, found.reason) == (Verdict.NOT_ASKED, "looks away")
    assert why_not(blind, PLAIN) is None
    assert why_not(TOOL, environment) is None


def test_a_machine_whose_name_says_its_width_needs_no_pointers() -> None:
    blind = adapter(cannot_see={Fact.POINTER_BITS: "looks away"})
    assert why_not(blind, on(machine="armv7l", pointer_bits=BITS_32)) is None


def test_a_tool_inside_the_target_has_no_other_c_library() -> None:
    inside = adapter(provide=Provide(inside=True))
    environment = dataclasses.replace(PLAIN, tool_glibc="2.17")
    found = why_not(inside, environment)
    assert found is not None
    assert found.outcome is Verdict.NOT_ASKED
    assert why_not(TOOL, environment) is None


def test_a_tool_without_the_option_declines_an_explicit_target() -> None:
    found = why_not(TOOL, dataclasses.replace(PLAIN, target="manylinux_2_28_x86_64"))
    assert found is not None
    assert found.outcome is Verdict.DECLINED


@pytest.mark.parametrize(
    ("target", "asked"), [("manylinux_2_28_x86_64", True), ("win32", False)]
)
def test_a_target_without_a_name_is_declined(target: str, *, asked: bool) -> None:
    names = {"explicit_target": ("-p",), "explicit_targets": "manylinux_.*"}
    found = why_not(adapter(names), dataclasses.replace(PLAIN, target=target))
    assert (found is None) is asked
    if found is not None:
        assert found.reason == "has no name for the target win32"
