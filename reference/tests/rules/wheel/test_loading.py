"""What a file asks of the loader: stack, search path, instruction set, interpreter."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading.elf.file import DF_1_NOOPEN, DF_1_PIE, ET_EXEC, Elf
from manylinux_reference.reading.elf.segments import Segment
from manylinux_reference.reading.policy import NEVER, Policy, architectures
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules.wheel.loading import (
    executables,
    libraries,
    loading,
    program,
    runpath,
    shared_object,
)

X86_64 = Policy("x86_64")
MakeElf = Callable[..., Elf]
MakeWheel = Callable[..., Wheel]


def found(elf: Elf, arch: str = "x86_64") -> list[str]:
    return [finding.rule for finding in loading(elf, Policy(arch))]


def test_nothing_is_wrong_with_a_sound_file(make_elf: MakeElf) -> None:
    assert found(make_elf()) == []


@pytest.mark.parametrize(
    ("stack", "rules"),
    [
        (6, []),
        (4, []),
        (7, ["wheel.stack.executable"]),
        (1, ["wheel.stack.executable"]),
        (None, ["wheel.stack.header"]),
        (0, []),
    ],
)
def test_stack_is_not_executable(
    stack: int | None, rules: list[str], make_elf: MakeElf
) -> None:
    elf = make_elf()
    elf.stack = stack
    assert found(elf) == rules


@pytest.mark.parametrize(
    ("attribute", "rule"),
    [("textrel", "wheel.relocations.text"), ("static_tls", "wheel.tls.static")],
)
def test_flag_of_the_dynamic_section_is_advised_against(
    attribute: str, rule: str, make_elf: MakeElf
) -> None:
    elf = make_elf()
    setattr(elf, attribute, True)
    (finding,) = loading(elf, X86_64)
    assert finding.rule == rule
    assert finding.advice


def test_program_may_have_static_thread_local_storage(make_elf: MakeElf) -> None:
    elf = make_elf(name="project/tool")
    elf.static_tls, elf.interpreter = True, X86_64.loader
    assert found(elf) == []


@pytest.mark.parametrize("arch", architectures())
def test_missing_stack_header_means_executable_on_some_architectures(
    arch: str, make_elf: MakeElf
) -> None:
    elf = make_elf(arch)
    elf.stack = None
    old_default = arch in ("x86_64", "i686", "armv7l", "s390x")
    assert found(elf, arch) == (["wheel.stack.header"] if old_default else [])


def test_relocations_for_static_storage_tell_without_the_flag(
    make_elf: MakeElf,
) -> None:
    elf = make_elf()
    elf.tls_relocations = True
    assert found(elf) == []  # it is another file's
    elf.tls = 8
    assert found(elf) == ["wheel.tls.static"]
    elf.name, elf.interpreter = "project/tool", X86_64.loader
    assert found(elf) == []


@pytest.mark.parametrize(
    ("name", "interpreter", "is_needed", "refused"),
    [
        ("p/_ext.so", None, False, True),
        ("p/_ext.so", X86_64.loader, False, True),
        ("p/tool", X86_64.loader, False, False),
        ("p/tool", X86_64.loader, True, True),
    ],
)
def test_file_that_is_opened_does_not_refuse_that(
    name: str, interpreter: str | None, is_needed: bool, refused: bool,
    make_elf: MakeElf, make_wheel: MakeWheel,
) -> None:  # fmt: skip
    elf, user = make_elf(name=name), make_elf(name="p/user.so")
    elf.flags_1, elf.interpreter = DF_1_NOOPEN, interpreter
    user.needed, user.runpath = ["tool"] * is_needed, "$ORIGIN"
    found = libraries(make_wheel(elf, user))
    rule = "wheel.shared-object.no-open"
    assert [(each.rule, each.member) for each in found] == [(rule, name)] * refused


def pt_load(offset: int, address: int, align: int, memory: int = 0x100) -> Segment:
    fields = (1, 6, offset, address, address, memory, memory, align)
    return Segment(fields, is_64_bit=True)


@pytest.mark.parametrize(
    ("arch", "loads", "reason"),
    [
        ("x86_64", [(0, 0, 0x1000), (0x200, 0x1200, 0x1000)], ""),
        ("x86_64", [(0, 0, 0x200000), (0x200, 0x200200, 0x200000)], ""),
        ("x86_64", [(0, 0, 0x800)], "is aligned to 0x800, "),
        ("x86_64", [(0, 0, 0)], "is aligned to 0x0, "),
        ("x86_64", [(0x10, 0, 0x1000)], "differ modulo 0x1000"),
        ("x86_64", [(0x1000, 0, 0x2000)], "differ modulo 0x2000"),
        ("x86_64", [(0x1000, 0, 0)], "is aligned to 0x0, "),
        ("x86_64", [(0, 0, 0x1000), (0x1200, 0x200, 0x1000)], "shares a page"),
        ("aarch64", [(0, 0, 0x1000)], "is aligned to 0x1000, "),
        ("aarch64", [(0, 0, 0x4000)], "is aligned to 0x4000, "),
        ("aarch64", [(0, 0, 0x10000), (0x200, 0x10200, 0x10000)], ""),
        ("aarch64", [(0, 0, 0x10000), (0x2000, 0x2000, 0x10000)], "shares a page"),
        ("ppc64le", [(0, 0, 0x1000)], "is aligned to 0x1000, "),
        ("loongarch64", [(0, 0, 0x4000)], ""),
        ("loongarch64", [(0, 0, 0x1000)], "is aligned to 0x1000, "),
        ("s390x", [(0, 0, 0x1000)], ""),
    ],
)
def test_segments_fit_the_largest_page(
    arch: str, loads: list[tuple[int, int, int]], reason: str, make_elf: MakeElf
) -> None:
    elf = make_elf(arch)
    elf.loads = [pt_load(*each) for each in loads]
    texts = [finding.text for finding in loading(elf, Policy(arch))]
    assert texts == [] if not reason else reason in texts[0]


@pytest.mark.parametrize(
    ("arch", "kernel", "accepted"),
    [
        ("x86_64", (0, 2, 6, 32), True),
        ("x86_64", (0, 3, 10, 255), True),
        ("x86_64", (0, 3, 11, 0), False),
        ("x86_64", (1, 0, 0, 0), False),
        ("riscv64", (0, 4, 15, 0), True),
        ("riscv64", (0, 4, 16, 0), False),
    ],
)
def test_kernel_is_one_that_every_system_has(
    arch: str, kernel: tuple[int, ...], accepted: bool, make_elf: MakeElf
) -> None:
    elf = make_elf(arch)
    elf.kernel = kernel
    levels = {each.rule: each.min_level for each in loading(elf, Policy(arch))}
    assert levels == ({} if accepted else {"wheel.kernel.note": (2, 36)})


@pytest.mark.parametrize(
    ("name", "fields", "reason"),
    [
        ("p/mod.abi3.so", {}, ""),
        ("p/mod.abi3.so", {"flags_1": DF_1_PIE}, "an executable, marked DF_1_PIE"),
        ("p/mod.abi3.so", {"type": ET_EXEC}, "no shared object"),
        ("p/mod.abi3.so", {"type": 1}, "no shared object"),
        ("p/mod.abi3.so", {"dynamic": False}, "without a dynamic section"),
        ("p/mod.abi3.so", {"type": 1, "machine": 224}, ""),
        ("p/libfoo.so.1.2", {"type": ET_EXEC}, "no shared object"),
        ("p/libfoo.so.debug", {"dynamic": False}, ""),
        ("p/libfoo.so.1.debug", {"dynamic": False}, ""),
        ("p/.so", {"type": ET_EXEC}, ""),
        ("p/tool", {"type": ET_EXEC}, ""),
        ("p/needed", {"type": ET_EXEC}, "no shared object"),
    ],
)
def test_library_is_known_by_its_name(
    name: str, fields: dict[str, object], reason: str, make_elf: MakeElf
) -> None:
    elf = make_elf(name=name)
    for field, value in fields.items():
        setattr(elf, field, value)
    found = list(shared_object(elf, {"needed"}))
    expected = [("wheel.shared-object.type", name)] if reason else []
    assert [(each.rule, each.member) for each in found] == expected
    assert all(reason in each.text for each in found)


def test_what_is_installed_as_a_program_can_be_started(make_elf: MakeElf) -> None:
    elf = make_elf(name="p-1.data/scripts/tool")
    assert list(program(elf)) == []
    elf.type = 4  # a core dump
    (finding,) = program(elf)
    assert (finding.rule, finding.member) == ("wheel.executable.type", elf.name)


@pytest.mark.parametrize(
    ("needed", "accepted"), [(0, True), (1, True), (2, False), (3, False), (8, False)]
)
def test_instruction_set_beyond_the_baseline_is_refused(
    needed: int, accepted: bool, make_elf: MakeElf
) -> None:
    elf = make_elf()
    elf.isa_needed = needed
    assert (found(elf) == []) == accepted


def test_property_of_another_architecture_means_nothing(make_elf: MakeElf) -> None:
    elf = make_elf("aarch64")
    elf.isa_needed = 8
    assert found(elf, "aarch64") == []


@pytest.mark.parametrize(
    ("member", "element", "reason"),
    [
        ("a/b.so", "$ORIGIN", ""),
        ("a/b.so", "${ORIGIN}", ""),
        ("a/b.so", "$ORIGIN/", ""),
        ("a/b.so", "$ORIGIN/../a.libs", ""),
        ("a/b.so", "$ORIGIN/./../a.libs/.", ""),
        ("b.so", "$ORIGIN/a.libs", ""),
        ("b.so", "$ORIGIN/..", "outside the installed tree"),
        ("a/b.so", "$ORIGIN/../../lib", "outside the installed tree"),
        ("x-1.data/platlib/a/b.so", "$ORIGIN/..", ""),
        ("x-1.data/purelib/a/b.so", "$ORIGIN/..", ""),
        ("x-1.data/platlib/a/b.so", "$ORIGIN/../..", "outside the installed tree"),
        ("x-1.data/purelib/a/b.so", "$ORIGIN/../..", "outside the installed tree"),
        ("a/b.so", "$ORIGIN//../..", "outside the installed tree"),
        ("a/b.so", "$ORIGIN/./../..", "outside the installed tree"),
        ("a/b.so", "$ORIGIN/x/../../..", "outside the installed tree"),
        ("x-1.data/scripts/b", "$ORIGIN/../lib", ""),
        ("x-1.data/scripts/b", "$ORIGIN/../..", "outside the installed tree"),
        ("a/b.so", "", "an empty element is the working directory"),
        ("a/b.so", "/opt/lib", "not below $ORIGIN"),
        ("a/b.so", "lib", "not below $ORIGIN"),
        ("a/b.so", "$ORIGINAL/lib", "not below $ORIGIN"),
        ("a/b.so", "$ORIGIN/$LIB", "what the loader puts there differs"),
    ],
)
def test_search_path_stays_in_the_installed_tree(
    member: str, element: str, reason: str
) -> None:
    texts = [finding.text for finding in runpath(Elf(member), element)]
    assert texts == [] if not reason else reason in texts[0]


@given(st.lists(st.sampled_from(["..", ".", "", "a", "b.libs"]), max_size=8))
def test_path_that_leaves_the_tree_on_its_way_is_refused(parts: list[str]) -> None:
    depth, lowest = 2, 2  # of the folder of the member
    for part in parts:
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        lowest = min(lowest, depth)
    element = "/".join(["$ORIGIN", *parts])
    assert (list(runpath(Elf("a/b/c.so"), element)) == []) == (lowest >= 0)


def test_each_element_is_judged(make_elf: MakeElf) -> None:
    elf = make_elf()
    elf.runpath = "/usr/lib:$ORIGIN:lib"
    elements = [finding.evidence["path"] for finding in loading(elf, X86_64)]
    assert elements == ["/usr/lib", "lib"]


def started(make_elf: MakeElf, interpreter: str | None, *needed: str) -> Elf:
    elf = make_elf(name="project-1.0.data/scripts/tool")
    elf.type, elf.interpreter, elf.needed = ET_EXEC, interpreter, list(needed)
    return elf


@pytest.mark.parametrize("arch", architectures())
def test_program_names_the_loader_of_its_architecture(
    arch: str, make_elf: MakeElf
) -> None:
    policy = Policy(arch)
    right = started(make_elf, policy.loader, "libc.so.6")
    wrong = started(make_elf, "/lib/ld-musl-x86_64.so.1", "libc.so.6")
    none = started(make_elf, None, "libc.so.6")
    assert list(executables(right, policy)) == []
    for elf in (wrong, none):
        (finding,) = executables(elf, policy)
        assert finding.rule == "wheel.executable.interpreter"


def test_static_program_needs_no_loader(make_elf: MakeElf) -> None:
    static = started(make_elf, None)
    static.dynamic = False
    position_independent = started(make_elf, None)
    for elf in (static, position_independent):
        assert list(executables(elf, X86_64)) == []


def test_shared_object_is_not_a_program(make_elf: MakeElf) -> None:
    assert list(executables(make_elf(), X86_64)) == []


def test_script_that_needs_a_contained_library_is_advised_against(
    make_elf: MakeElf,
) -> None:
    elf = started(make_elf, X86_64.loader, "libfoo.so.1")
    assert list(executables(elf, X86_64)) == []
    elf.links = {"libfoo.so.1": make_elf()}
    (finding,) = executables(elf, X86_64)
    assert finding.rule == "wheel.executable.launcher"
    assert finding.advice


@pytest.mark.parametrize(
    ("fields", "rule", "advice", "words"),
    [
        ({"stack": 7}, "wheel.stack.executable", False, "an executable stack"),
        ({"stack": None}, "wheel.stack.header", False, "no PT_GNU_STACK"),
        ({"textrel": True}, "wheel.relocations.text", True, "against its text"),
        ({"static_tls": True}, "wheel.tls.static", True, "is marked for static"),
        (
            {"tls_relocations": True, "tls": 8},
            *("wheel.tls.static", True, "has relocations for"),
        ),
        ({"runpath": "/lib"}, "wheel.runpath.origin", False, "searches '/lib' for"),
        ({"isa_needed": 2}, "wheel.isa.property", False, "x86-64-v2 (ISA_1_NEEDED"),
        ({"isa_needed": 7}, "wheel.isa.property", False, "v3 (ISA_1_NEEDED is 0x7)"),
        ({"isa_needed": 16}, "wheel.isa.property", False, "more than the baseline"),
        ({"kernel": (0, 4, 9)}, "wheel.kernel.note", False, "asks for Linux 4.9"),
        ({"kernel": (2, 1)}, "wheel.kernel.note", False, "asks for another system"),
    ],
)
def test_finding_names_the_file(
    fields: dict[str, object], rule: str, advice: bool, words: str, make_elf: MakeElf
) -> None:
    elf = make_elf()
    for name, value in fields.items():
        setattr(elf, name, value)
    (finding,) = loading(elf, X86_64)
    assert (finding.rule, finding.member) == (rule, elf.name)
    assert finding.advice == advice
    assert words in finding.text
    assert finding.min_level == ((2, 36) if "kernel" in rule else NEVER)


def test_finding_names_the_program(make_elf: MakeElf) -> None:
    elf = started(make_elf, "/lib/ld.so", "libfoo.so.1")
    elf.links = {"libfoo.so.1": make_elf()}
    elf.is_filter = True
    found = list(executables(elf, X86_64))
    assert [(each.rule, each.member, each.advice) for each in found] == [
        ("wheel.executable.interpreter", elf.name, False),
        ("wheel.executable.filters", elf.name, False),
        ("wheel.executable.launcher", elf.name, True),
    ]
    assert found[0].text.startswith("asks for /lib/ld.so (PT_INTERP), and x86_64 has")
    elf.interpreter = ""
    assert next(executables(elf, X86_64)).text.startswith("asks for no loader (")


def test_program_outside_of_scripts_finds_its_libraries(make_elf: MakeElf) -> None:
    elf = make_elf(name="project/tool")
    elf.type, elf.interpreter = ET_EXEC, X86_64.loader
    elf.needed, elf.links = ["libfoo.so.1"], {"libfoo.so.1": make_elf()}
    assert list(executables(elf, X86_64)) == []
