"""Libraries that a wheel brings along."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from manylinux_reference.reading.elf.file import Elf
from manylinux_reference.reading.policy import Policy
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules.wheel.bundled import bundled, is_unique

X86_64 = Policy("x86_64")
MakeElf = Callable[..., Elf]
MakeWheel = Callable[..., Wheel]


@pytest.mark.parametrize(
    ("name", "unique"),
    [
        ("libfoo-1a2b3c4d.so.1", True),
        ("libfoo.so.1", False),
        ("libfoo-1a2b3c.so.1", False),  # too short to be a hash
        ("libfoo-1a2b3c4.so.1", False),  # one digit too short
        ("libfoo-1a2b3c4x.so.1", False),
        ("libfoo-1.2.3.4.so", False),
        ("libmy_project_core.so", True),  # the distribution is called my-project
        ("libMyProject.so.2", True),
    ],
)
def test_name_is_unique_by_hash_or_distribution(name: str, unique: bool) -> None:
    assert is_unique(name, "my_project") is unique


@pytest.mark.parametrize(
    ("name", "soname", "refused"),
    [
        ("libc.so.6", "", "libc.so.6"),
        ("libm.so.6", "", "libm.so.6"),
        ("renamed.so", "libpthread.so.0", "libpthread.so.0"),
        ("ld-linux-x86-64.so.2", "", "ld-linux-x86-64.so.2"),
        ("ld64.so.1", "", "ld64.so.1"),
        ("libthread_db.so.1", "", "libthread_db.so.1"),
        ("renamed.so", "libnss_files.so.2", "libnss_files.so.2"),
        ("libcrypto.so.3", "libcrypto.so.3", ""),
        ("libstdc++.so.6", "libstdc++.so.6", ""),
    ],
)
def test_part_of_glibc_is_refused(
    name: str, soname: str, refused: str, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf = make_elf(name=f"project/{name}")
    elf.soname = soname
    found = [
        finding.evidence["library"]
        for finding in bundled(make_wheel(elf), X86_64)
        if finding.rule == "wheel.bundled.glibc"
    ]
    assert found == ([refused] if refused else [])


def test_common_name_of_a_needed_library_is_advised_against(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    library = make_elf(name="project/libfoo.so.1")
    user = make_elf()
    user.needed, user.runpath = ["libfoo.so.1"], "$ORIGIN"
    (finding,) = bundled(make_wheel(user, library), X86_64)
    assert finding.rule == "wheel.bundled.unique-name"
    assert finding.advice


def test_name_of_a_file_that_nothing_needs_does_not_matter(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    wheel = make_wheel(make_elf(), make_elf(name="project/libfoo.so.1"))
    assert list(bundled(wheel, X86_64)) == []


@pytest.mark.parametrize("listed", [True, False])
def test_bundled_libraries_have_a_bill_of_materials(
    listed: bool, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    wheel = make_wheel(make_elf(), make_elf(name="project.libs/libfoo-1a2b3c4d.so.1"))
    wheel.members += ["project-1.0.dist-info/sboms/repair.cdx.json"] * listed
    found = [finding.rule for finding in bundled(wheel, X86_64)]
    assert found == ([] if listed else ["wheel.bundled.sbom"])


def test_finding_names_the_file_and_the_library(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    user = make_elf()
    user.needed = ["renamed.so", "libbar.so"]
    user.runpath = "$ORIGIN/../project.libs"
    foo = make_elf(name="project.libs/renamed.so")
    foo.soname = "libfoo.so.1"
    bar = make_elf(name="project.libs/libbar.so")
    bar.soname = "libbar.so.1"
    libc = make_elf(name="project.libs/libc.so.6")
    foo.needed = bar.needed = libc.needed = []
    found = bundled(make_wheel(user, foo, bar, libc), X86_64)
    assert [(e.rule, e.member, e.advice, e.evidence) for e in found] == [
        (
            "wheel.bundled.unique-name",
            foo.name,
            True,
            {"library": "renamed.so"},
        ),
        ("wheel.bundled.unique-name", bar.name, True, {"library": "libbar.so"}),
        ("wheel.bundled.glibc", libc.name, False, {"library": "libc.so.6"}),
        ("wheel.bundled.sbom", foo.name, True, {}),
    ]


def test_soname_of_a_needed_library_is_unique_too(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    user = make_elf()
    user.needed, user.runpath = ["libfoo.so.1"], "$ORIGIN"
    user.needed = ["libfoo-1a2b3c4d.so"]
    library = make_elf(name="project/libfoo-1a2b3c4d.so")
    library.soname = "libfoo.so.1"
    (finding,) = bundled(make_wheel(user, library), X86_64)
    assert finding.evidence == {"library": "libfoo.so.1"}


@pytest.mark.parametrize(
    ("name", "distribution", "unique"),
    [
        ("libfoo_1a2b3c4d.so.1", "p", True),
        ("libfoo.1a2b3c4d.so.1", "p", True),
        ("libq1a2b3c4d.so.1", "x", False),
        ("libgit_1A2B3C4D.so", "x", False),
        ("libmy-project.so", "my.project", True),
        ("libmy_project.so", "my-project", True),
        ("libmy.project.so", "my_project", True),
        ("libmyproject.so", "My-Project", True),
        ("libzip.so", "z", False),
        ("libz.so.1", "z", True),
        ("libzmyproject.so", "my-project", False),
        ("libfoo.so", "lib", False),
        ("lib-abcfoo.so", "foo", False),
    ],
)
def test_name_is_unique_however_it_is_divided(
    name: str, distribution: str, unique: bool
) -> None:
    assert is_unique(name, distribution) is unique
