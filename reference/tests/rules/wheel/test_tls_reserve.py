"""Static thread-local storage has a reserve, which all that is loaded shares."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.elf.file import ET_EXEC, Elf
from manylinux_reference.reading.policy import Policy
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules.wheel.loading import tls_reserve

X86_64 = Policy("x86_64")
MakeElf = Callable[..., Elf]
MakeWheel = Callable[..., Wheel]


@pytest.mark.parametrize(
    ("size", "align", "why", "refused"),
    [
        (1664, 64, "tls_relocations", False),
        (1665, 16, "tls_relocations", True),
        (1665, 16, "tls_used", True),
        (8, 128, "tls_used", True),
        (5000, 128, "name", False),  # nobody wants it to be static
        (0, 128, "tls_relocations", False),
    ],
)
def test_static_storage_has_a_reserve(
    size: int, align: int, why: str, refused: bool, make_elf: MakeElf,
    make_wheel: MakeWheel,
) -> None:  # fmt: skip
    elf = make_elf()
    elf.tls, elf.tls_align = size, align
    setattr(elf, why, getattr(elf, why) or True)
    found = list(tls_reserve(make_wheel(elf)))
    expected = [("wheel.tls.reserve", elf.name)] if refused else []
    assert [(each.rule, each.member) for each in found] == expected
    words = f"has {size} bytes of static thread-local storage, aligned to {align}"
    assert all(each.text == words for each in found)


def test_static_storage_is_aligned(make_elf: MakeElf, make_wheel: MakeWheel) -> None:
    elf = make_elf()
    libraries = [make_elf(name=f"project/lib{number}.so") for number in range(27)]
    for each in libraries:
        each.tls, each.tls_align, each.tls_relocations = 8, 64, True
    elf.needed, elf.runpath = [each.base_name for each in libraries], "$ORIGIN"
    (finding,) = tls_reserve(make_wheel(elf, *libraries))
    assert "takes 1728 bytes of static" in finding.text
    assert (finding.rule, finding.member) == ("wheel.tls.reserve", elf.name)
    elf.links.clear()
    elf.needed.pop()  # for 26 of them there is room
    assert list(tls_reserve(make_wheel(elf, *libraries))) == []


@pytest.mark.parametrize(("size", "refused"), [(832, False), (833, True)])
def test_static_storage_of_what_is_loaded_together_has_one_reserve(
    size: int, refused: bool, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, alone = make_elf(), make_elf(name="project/alone.so")
    libraries = [make_elf(name=f"project/lib{name}.so") for name in "ab"]
    for each in (alone, *libraries):
        each.tls, each.tls_align, each.tls_relocations = size, 1, True
    elf.needed, elf.runpath = ["liba.so", "libb.so"], "$ORIGIN"
    found = list(tls_reserve(make_wheel(elf, alone, *libraries)))
    assert [each.member for each in found] == [elf.name] * refused
    elf.type, elf.interpreter = ET_EXEC, X86_64.loader  # at its start there is room
    assert list(tls_reserve(make_wheel(elf, *libraries))) == []


def test_what_is_loaded_together_comes_out_of_the_budget(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf = make_elf()
    libraries = [make_elf(name=f"project/lib{number}.so") for number in range(40)]
    for each in libraries:
        each.tls, each.tls_align, each.tls_relocations = 64, 64, True
    elf.needed, elf.runpath = [each.base_name for each in libraries], "$ORIGIN"
    wheel = make_wheel(elf, *libraries)
    wheel.budget.steps.left = 40
    with pytest.raises(NotJudgedError):
        list(tls_reserve(wheel))
