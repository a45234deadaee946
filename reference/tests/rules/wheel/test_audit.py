"""From findings to claims, levels and outcomes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading.elf.file import ET_REL, Elf
from manylinux_reference.reading.policy import NEVER, Policy, Version, architectures
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules.findings import (
    PROPOSAL,
    Claim,
    Finding,
    Outcome,
    Report,
)
from manylinux_reference.rules.wheel.audit import (
    ALL_HOLD,
    FALSE_CLAIM,
    UNUSABLE,
    by_symbols,
    claims_of,
    exit_status,
    file_findings,
    findings,
    holds,
    is_met,
    judged_as,
    needs,
    oldest,
    outcome,
)

X86_64 = Policy("x86_64")
LEVELS = st.tuples(st.integers(1, 3), st.integers(0, 60))
MakeElf = Callable[..., Elf]
MakeWheel = Callable[..., Wheel]


def finding(level: Version = NEVER, *, advice: bool = False) -> Finding:
    return Finding(
        "wheel.needed.allowed", "a.so", "why", min_level=level, advice=advice
    )


@pytest.mark.parametrize(
    ("platforms", "claimed"),
    [
        ("manylinux_2_17_x86_64", [((2, 17), "x86_64")]),
        (
            "manylinux_2_17_x86_64.manylinux2014_x86_64",
            [((2, 17), "x86_64"), ((2, 17), "x86_64")],
        ),
        (
            "manylinux_2_17_x86_64.manylinux_2_17_i686",
            [((2, 17), "x86_64"), ((2, 17), "i686")],
        ),
        ("linux_x86_64.manylinux1_x86_64.win32", [((2, 5), "x86_64")]),
        ("any", []),
        ("manylinux_2_17_mips64", [((2, 17), "mips64")]),
    ],
)
def test_every_manylinux_tag_is_a_claim(
    platforms: str, claimed: list[tuple[Version, str]]
) -> None:
    found = claims_of(f"p-1-py3-none-{platforms}.whl")
    assert [promise for _, promise in found] == claimed


@given(LEVELS, LEVELS)
def test_what_holds_at_a_level_holds_at_every_newer_one(
    first: Version, level: Version
) -> None:
    if holds(first, level):
        assert holds(first, (level[0], level[1] + 1))
        assert holds(first, (level[0] + 1, 0))


@pytest.mark.parametrize(
    ("arch", "claimed", "level"),
    [
        ("x86_64", (2, 17), (2, 17)),
        ("x86_64", (2, 29), (2, 29)),  # between two levels with data
        ("x86_64", (2, 99), (2, 99)),
        ("riscv64", (2, 17), (2, 31)),  # of the oldest system there
        ("aarch64", (2, 5), (2, 17)),
    ],
)
def test_claim_is_judged_as_its_own_level(
    arch: str, claimed: Version, level: Version
) -> None:
    assert judged_as(claimed, Policy(arch)) == level


@pytest.mark.parametrize(
    ("levels", "tag"),
    [
        ([], "manylinux_2_5_x86_64"),
        ([(2, 5)], "manylinux_2_5_x86_64"),
        ([(2, 6)], "manylinux_2_12_x86_64"),
        ([(2, 17), (2, 12)], "manylinux_2_17_x86_64"),
        ([(2, 29)], "manylinux_2_31_x86_64"),
        ([(2, 99)], "manylinux_2_99_x86_64"),  # beyond the data
        ([NEVER], None),
    ],
)
def test_oldest_level_with_data_is_named(
    levels: list[Version], tag: str | None
) -> None:
    assert oldest(list(map(finding, levels)), X86_64) == tag


def test_advice_does_not_raise_the_oldest_level() -> None:
    assert oldest([finding(advice=True)], X86_64) == "manylinux_2_5_x86_64"


def test_an_objection_that_no_level_mends_does_not_raise_the_oldest_level() -> None:
    objections = [finding(NEVER), finding((2, 17))]
    for each in objections:
        each.basis = PROPOSAL
    assert oldest(objections, X86_64) == "manylinux_2_17_x86_64"


@pytest.mark.parametrize("arch", architectures())
def test_oldest_level_of_a_sound_wheel_is_the_first(arch: str) -> None:
    major, minor = Policy(arch).first_level
    assert oldest([], Policy(arch)) == f"manylinux_{major}_{minor}_{arch}"


@pytest.mark.parametrize(
    ("files", "claims", "expected"),
    [
        (1, [True], Outcome.HOLDS),
        (1, [True, True], Outcome.HOLDS),
        (1, [True, False], Outcome.FALSE),
        (1, [], Outcome.NO_CLAIM),
        (0, [], Outcome.NO_ELF),
        (0, [True], Outcome.NO_ELF),
        (0, [False], Outcome.FALSE),
    ],
)
def test_outcome_is_that_of_all_claims(
    files: int, claims: list[bool], expected: str
) -> None:
    report = Report("a.whl")
    report.files = files
    report.claims = [Claim("t", [] if kept else [finding()]) for kept in claims]
    assert outcome(report) == expected


@pytest.mark.parametrize(
    ("result", "checked", "audited"),
    [
        (Outcome.HOLDS, ALL_HOLD, ALL_HOLD),
        (Outcome.FALSE, FALSE_CLAIM, ALL_HOLD),
        (Outcome.NO_CLAIM, ALL_HOLD, ALL_HOLD),
        (Outcome.NO_ELF, ALL_HOLD, ALL_HOLD),
        (Outcome.OBJECTIONS, ALL_HOLD, ALL_HOLD),
        (Outcome.UNUSABLE, UNUSABLE, UNUSABLE),
    ],
)
def test_status_tells_a_false_claim_when_checking(
    result: str, checked: int, audited: int
) -> None:
    report = Report("a.whl")
    report.outcome = result
    assert exit_status(report, checking=True) == checked
    assert exit_status(report, checking=False) == audited


def test_foreign_file_is_refused_and_nothing_else_said(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf = make_elf("s390x")
    elf.needed, elf.stack = ["libssl.so.3"], None
    (found,) = file_findings(elf, make_wheel(elf), X86_64)
    assert found.rule == "wheel.elf.machine"


def test_program_is_judged_with_what_the_wheel_contains(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    library = make_elf(name="project.libs/libfoo-1a2b3c4d.so.1")
    program = make_elf(name="p-1.data/scripts/tool")
    program.interpreter, program.needed = "/lib/ld.so", [library.base_name]
    program.runpath = "$ORIGIN/../lib"
    library.name = "p-1.data/data/lib/libfoo-1a2b3c4d.so.1"
    wheel = make_wheel(program, library)
    found = {each.rule for each in file_findings(program, wheel, X86_64)}
    assert found == {"wheel.executable.interpreter", "wheel.executable.launcher"}


def test_relocatable_file_is_not_loaded(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf = make_elf()
    elf.type, elf.stack = ET_REL, None
    assert list(file_findings(elf, make_wheel(elf), X86_64)) == []


def test_needs_of_a_contained_library_count(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    library = make_elf(name="project.libs/libfoo-1a2b3c4d.so.1")
    library.needed = ["libssl.so.3"]
    extension = make_elf()
    extension.needed = ["libfoo-1a2b3c4d.so.1"]
    wheel = make_wheel(extension, library)
    assert [each.rule for each in needs(library, wheel, X86_64)] == [
        "wheel.needed.allowed"
    ]
    assert "wheel.needed.allowed" in {each.rule for each in findings(wheel, X86_64)}


def of_rule(rule: str, level: Version, *, advice: bool = False) -> Finding:
    return Finding(rule, "a.so", "why", min_level=level, advice=advice)


def on_condition(level: Version, *, provided: bool = False) -> Finding:
    found = of_rule("wheel.symbols.unversioned", level)
    found.condition, found.provided = "somebody brings it", provided
    return found


@pytest.mark.parametrize(
    ("against", "level"),
    [
        ([], "2_5"),
        ([of_rule("wheel.versions.listed", (2, 17))], "2_17"),
        ([of_rule("wheel.needed.allowed", (2, 17))], "2_5"),
        ([of_rule("wheel.versions.listed", (2, 17), advice=True)], "2_5"),
        ([on_condition((2, 17))], "2_5"),
        ([of_rule("wheel.versions.needed", NEVER)], "2_5"),
        ([of_rule("wheel.relocations.relr-marker", NEVER)], "2_5"),
        (
            [
                of_rule("wheel.versions.listed", (2, 17)),
                of_rule("wheel.symbols.glibc-2-18", (2, 24)),
            ],
            "2_24",
        ),
    ],
)
def test_level_by_symbols_is_that_of_versions_and_names_alone(
    against: list[Finding], level: str
) -> None:
    assert by_symbols(against, X86_64) == f"manylinux_{level}_x86_64"


@pytest.mark.parametrize(
    ("against", "met"),
    [
        ([on_condition(NEVER, provided=True)], True),
        ([on_condition(NEVER)], False),
        ([on_condition(NEVER, provided=True), on_condition(NEVER)], False),
    ],
)
def test_conditions_are_met_if_the_user_names_each(
    against: list[Finding], met: bool
) -> None:
    report = Report("p-1-py3-none-manylinux_2_17_x86_64.whl")
    report.claims = [Claim("manylinux_2_17_x86_64", against)]
    report.outcome = Outcome.CONDITION
    assert is_met(report) is met
    report.outcome = Outcome.FALSE
    assert is_met(report) is False
