"""Wheels that are written and audited: claims, levels, advice, and what is refused."""

from __future__ import annotations

import struct
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from manylinux_fixtures.elf.description import Elf as Description
from manylinux_fixtures.elf.writer import write_elf
from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.policy import NEVER, Policy
from manylinux_reference.reading.record import text_of_hash
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules.findings import (
    CONSEQUENCE,
    PROPOSAL,
    STANDARD,
    Outcome,
)
from manylinux_reference.rules.wheel.audit import audit, is_met, read_wheel


def written(folder: Path, platforms: str, *elves: Description | bytes) -> str:
    """Write a wheel of ELF files, with which nothing else is wrong."""
    files = {
        f"{number}.so": elf if isinstance(elf, bytes) else write_elf(elf)
        for number, elf in enumerate(elves)
    }
    lines = [f"Tag: cp312-cp312-{each}\n" for each in platforms.split(".")]
    files["p-1.dist-info/WHEEL"] = "".join(
        ("Wheel-Version: 1.0\nRoot-Is-Purelib: false\n", *lines)
    ).encode()
    files["p-1.dist-info/METADATA"] = b"Metadata-Version: 2.1\nName: p\nVersion: 1\n"
    listed = "".join(
        f"{name},sha256={text_of_hash(sha256(content))},\n"
        for name, content in files.items()
    )
    files["p-1.dist-info/RECORD"] = f"{listed}p-1.dist-info/RECORD,,\n".encode()
    path = folder / f"p-1-cp312-cp312-{platforms}.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)
    return str(path)


def described(import_: str, arch: str = "x86_64") -> Description:
    return Description(arch=arch, imports=(f"{import_} from libc.so.6",), exports=())


@pytest.mark.parametrize(
    ("platforms", "elves", "expected"),
    [
        (
            "manylinux_2_17_x86_64.manylinux2014_x86_64",
            [described("memcpy@GLIBC_2.14")],
            (Outcome.HOLDS, [True, True], "manylinux_2_17_x86_64"),
        ),
        (
            "manylinux_2_14_x86_64.manylinux_2_13_x86_64",
            [described("memcpy@GLIBC_2.14"), described("free@GLIBC_2.2.5")],
            (Outcome.FALSE, [True, False], "manylinux_2_17_x86_64"),
        ),
        (
            "manylinux_2_17_x86_64.manylinux_2_17_s390x",
            [described("free@GLIBC_2.2", "s390x")],
            (Outcome.FALSE, [False, True], None),
        ),
        (
            "linux_s390x",
            [described("getcpu@GLIBC_2.29", "s390x")],
            (Outcome.NO_CLAIM, [], "manylinux_2_31_s390x"),
        ),
        ("linux_x86_64", [], (Outcome.NO_ELF, [], None)),
        (
            "manylinux_2_17_x86_64.manylinux2014_x86_64",
            [],
            (Outcome.NO_ELF, [False, False], None),
        ),
    ],
)
def test_written_wheel_is_audited_claim_by_claim(
    tmp_path: Path,
    platforms: str,
    elves: list[Description],
    expected: tuple[str, list[bool], str | None],
) -> None:
    path = written(tmp_path, platforms, *elves)
    report = audit(path)
    kept = [claim.outcome == Outcome.HOLDS for claim in report.claims]
    assert (report.outcome, kept, report.oldest) == expected
    assert (report.path, report.files) == (path, len(elves))
    claimed = [each for each in platforms.split(".") if not each.startswith("linux")]
    assert [claim.tag for claim in report.claims] == claimed
    assert report.others == [
        each for each in platforms.split(".") if "many" not in each
    ]
    assert bool(report.by_symbols) is bool(elves)
    assert report.oldest in (None, report.by_symbols)
    bases = {each.basis for claim in report.claims for each in claim.against}
    assert bases <= {STANDARD, CONSEQUENCE, PROPOSAL}


def test_what_is_read_comes_out_of_the_budget_of_the_wheel(tmp_path: Path) -> None:
    path = written(tmp_path, "linux_x86_64", described("free@GLIBC_2.2.5"))
    wheel = Wheel(Path(path).name)
    wheel.budget.characters.left = 0
    with pytest.raises(NotJudgedError, match="characters of text"):
        read_wheel(path, wheel, Policy("x86_64"), NEVER, hashes=False)


def test_what_another_wheel_has_is_a_condition_that_the_user_names(
    tmp_path: Path,
) -> None:
    torch = Description(arch="x86_64", needed=("libtorch.so",), imports=(), exports=())
    path = written(tmp_path, "manylinux_2_28_x86_64", torch)
    assert audit(path).outcome == Outcome.FALSE
    report = audit(path, [("torch", "libtorch*")])
    assert (report.outcome, is_met(report)) == (Outcome.CONDITION, True)


@pytest.mark.parametrize("thoroughly", [True, False])
def test_damage_of_what_is_no_elf_file_is_found_if_hashes_are_compared(
    tmp_path: Path, *, thoroughly: bool
) -> None:
    path = Path(written(tmp_path, "linux_x86_64", described("free@GLIBC_2.2.5")))
    with zipfile.ZipFile(path, "a") as wheel:
        wheel.writestr("notes.txt", "notes")
    path.write_bytes(path.read_bytes().replace(b"notes.txtnotes", b"notes.txtNotes"))
    if thoroughly:
        with pytest.raises(UnusableError, match="its checksum is wrong"):
            audit(str(path))
    else:
        assert audit(str(path), hashes=False).outcome == Outcome.NO_CLAIM


OFFSET = struct.pack("<QQ", 18, 0)  # R_X86_64_TPOFF64 of no symbol, with no addend
OFFSET_OF_THE_FIRST = struct.pack("<QQ", 1 << 32 | 18, 0)


@pytest.mark.parametrize(
    ("wanted", "exported", "memory", "found"),
    [
        ("theirs", "theirs", 4096, ["1.so"]),
        ("theirs", "theirs", 1024, []),
        ("theirs", "others", 4096, []),
        ("", "theirs", 4096, []),
    ],
)
def test_storage_of_a_library_is_static_if_another_file_wants_it_so(
    tmp_path: Path, wanted: str, exported: str, memory: int, found: list[str]
) -> None:
    module = Description(
        arch="x86_64", imports=("theirs",), exports=(), needed=("1.so", "2.so"),
        runpath="$ORIGIN", tls_relocation=True,
    )  # fmt: skip
    content = write_elf(module)
    assert content.count(OFFSET) == 1
    if wanted:
        content = content.replace(OFFSET, OFFSET_OF_THE_FIRST)
    libraries = [
        Description(arch="x86_64", imports=(), exports=(name,), tls_memory=size)
        for name, size in ((exported, memory), ("theirs", 0))
    ]
    report = audit(written(tmp_path, "manylinux_2_28_x86_64", content, *libraries))
    (claim,) = report.claims
    rule = "wheel.tls.reserve"
    assert [each.member for each in claim.against if each.rule == rule] == found


def test_architecture_of_a_wheel_without_claims_is_that_of_its_first_file(
    tmp_path: Path,
) -> None:
    mips = Description(arch="x86_64", machine=8, imports=(), exports=())
    known = Description(arch="x86_64", imports=(), exports=(), textrel=True)
    x32 = Description(arch="x86_64", bits=32, imports=(), exports=())
    advised, unknown, foreign = (
        audit(written(tmp_path, "linux_x86_64", *elves))
        for elves in ((mips, known), (mips,), (x32, known))
    )
    assert foreign.advice == []
    assert [each.rule for each in advised.advice] == ["wheel.relocations.text"]
    assert unknown.advice == []
    assert (unknown.outcome, unknown.oldest) == (Outcome.NO_CLAIM, None)


def test_advice_speaks_against_no_claim(tmp_path: Path) -> None:
    path = written(tmp_path, "manylinux_2_17_x86_64", described("free@GLIBC_2.2.5"))
    report = audit(path)
    assert [each.rule for each in report.advice] == ["wheel.tags.both-spellings"]
    assert report.outcome == Outcome.HOLDS


def test_example_is_named_for_the_oldest_claim(tmp_path: Path) -> None:
    platforms = "manylinux_2_17_x86_64.manylinux_2_12_x86_64"
    report = audit(written(tmp_path, platforms, described("memcpy@GLIBC_2.14")))
    (_, older) = report.claims
    assert [each.evidence for each in older.against] == [
        {"library": "libc.so.6", "version": "GLIBC_2.14", "symbol": "memcpy"}
    ]


@pytest.mark.parametrize(
    ("platforms", "reason"),
    [
        ("manylinux_2_17_mips64", "claims mips64, an architecture without policy data"),
        ("manylinux_2_17_x86_64..any", "the tags of its name: "),
        ("linux_x86_64", "No such file"),
    ],
)
def test_wheel_that_cannot_be_judged_is_refused(
    tmp_path: Path, platforms: str, reason: str
) -> None:
    with pytest.raises(UnusableError, match=reason):
        audit(str(tmp_path / f"p-1-cp312-cp312-{platforms}.whl"))
