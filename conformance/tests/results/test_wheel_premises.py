"""Premises about wheels: what an auditor misses for one cause is one broken rule."""

import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.results.blocks import read_results
from manylinux_conformance.results.consequences import BREACH, consequences, counts_as
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.results.wheel_premises import WHEEL_PREMISES

TEXT = "auditor.input.hostile/zip-is-text"
STRIPPED = "wheel.versions.listed/stripped-needs-strlcpy"
MACHINE = "wheel.elf.machine/one-file-of-another-machine"
PROGRAM = "wheel.shared-object.type/module-is-fixed-program"
RELR = "wheel.relocations.relr/relr-without-marker"
MISSPELT = "wheel.symbols.versioned/misspelt-name-under-a-version"
RSEQ = "wheel.versions.loader/needs-rseq-offset"
JOINED = (
    (STRIPPED, "wheel.symbols.pyfpe/stripped-pyfpe-jbuf"),
    (STRIPPED, "wheel.symbols.glibc-2-18/stripped-sysv-hash-atexit-of-2-18"),
    (STRIPPED, "wheel.isa.property/stripped-isa-v3-needed"),
    (MACHINE, "wheel.elf.class/class-of-another-abi"),
    (MACHINE, "wheel.elf.byte-order/byte-order-reversed"),
    (MACHINE, "auditor.members.foreign/foreign-file-beside-native"),
    (PROGRAM, "wheel.executable.type/script-is-object"),
    (PROGRAM, "wheel.contents.elf/object-file-only"),
    (STRIPPED, "wheel.symbols.glibc-2-18/narrow-hash-atexit-of-2-18"),
    (RELR, "wheel.relocations.relr-marker/relr-lacks-marker"),
    (MISSPELT, "wheel.symbols.unversioned/misspelt-name"),
    (MISSPELT, "wheel.symbols.cxx-versioned/cxx-name-without-version"),
    (MISSPELT, "wheel.symbols.contained/contained-library-lacks-symbol"),
    (RSEQ, "wheel.versions.private/needs-private-loader-symbol"),
)
APART = (
    (STRIPPED, "wheel.symbols.pyfpe/pyfpe-jbuf"),
    (MACHINE, "wheel.elf.osabi/osabi-freebsd"),
    (MACHINE, "wheel.needed.musl/one-file-for-musl"),
    (PROGRAM, "wheel.contents.module/module-is-text"),
    (RELR, "wheel.relocations.types/ifunc-at-2-32"),
    (MISSPELT, "wheel.versions.contained/contained-library-lacks-version"),
    (RSEQ, "wheel.versions.private/needs-private-symbol"),
)


def answer(case: str, verdict: Verdict = Verdict.FAIL, arch: str = "x86_64") -> Result:
    return Result(case=case, rule=case.partition("/")[0], arch=arch, verdict=verdict)


@pytest.mark.parametrize(("plain", "other"), JOINED)
def test_who_misses_the_plain_wheel_breaks_one_rule(plain: str, other: str) -> None:
    first, second = answer(plain), answer(other)
    follows = consequences([first, second], {})
    assert counts_as(first, follows) == BREACH
    assert counts_as(second, follows).startswith("no breach (")
    rightly = consequences([answer(plain, Verdict.PASS), second], {})
    assert counts_as(second, rightly) == BREACH


@pytest.mark.parametrize(("plain", "other"), APART)
def test_what_is_missed_for_another_cause_is_a_breach(plain: str, other: str) -> None:
    second = answer(other)
    assert counts_as(second, consequences([answer(plain), second], {})) == BREACH


def test_a_crash_over_a_wheel_is_the_crash_over_every_broken_one() -> None:
    crash = answer("wheel.layout.purelib/elf-in-purelib", Verdict.ERROR)
    accepted = answer("wheel.layout.purelib/elf-in-purelib")
    everywhere = consequences([answer(TEXT, Verdict.ERROR)], {})
    assert counts_as(crash, everywhere) == "no breach (errors are caught nowhere)"
    assert counts_as(accepted, everywhere) == BREACH
    # who takes a text for a wheel, or refuses it in words, does not crash everywhere
    for verdict in (Verdict.FAIL, Verdict.PASS):
        assert counts_as(crash, consequences([answer(TEXT, verdict)], {})) == BREACH


def test_wheels_of_other_architectures_are_missed_for_the_same_cause() -> None:
    other = answer("wheel.elf.class/class-of-another-abi", arch="i686")
    assert counts_as(other, consequences([answer(MACHINE)], {})) != BREACH
    seen = answer(MACHINE, Verdict.PASS, "i686")
    assert counts_as(other, consequences([answer(MACHINE), seen], {})) == BREACH


def test_the_cases_that_are_named_here_were_asked() -> None:
    blocks = read_results(data_folder("results"))
    asked = {one.case for block in blocks for one in block.results}
    named = {TEXT, *(case for pair in (*JOINED, *APART) for case in pair)}
    assert {one.question for one in WHEEL_PREMISES} <= named <= asked
