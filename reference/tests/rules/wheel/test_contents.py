"""The wheel as a whole: tags, RECORD, layout, ABI tags."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from manylinux_reference.reading.elf.file import ET_REL, Elf
from manylinux_reference.reading.policy import Policy
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules.wheel.contents import (
    contents,
    filename_tags,
    modules,
    narrow_abis,
)
from manylinux_reference.rules.wheel.record import record

BOTH = "p-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
X86_64 = Policy("x86_64")
MakeElf = Callable[..., Elf]
MakeWheel = Callable[..., Wheel]


def rules(wheel: Wheel) -> list[str]:
    return [finding.rule for finding in contents(wheel, X86_64)]


@pytest.fixture
def wheel(make_elf: MakeElf, make_wheel: MakeWheel) -> Wheel:
    """Return a wheel with which nothing is wrong, not even by advice."""
    sound = make_wheel(make_elf(), filename=BOTH)
    sound.metadata["tag"] = [
        "cp312-cp312-manylinux_2_17_x86_64",
        "cp312-cp312-manylinux2014_x86_64",
    ]
    return sound


def test_nothing_is_wrong_with_a_sound_wheel(wheel: Wheel) -> None:
    assert rules(wheel) == []


def test_order_and_case_of_tags_do_not_matter(wheel: Wheel) -> None:
    wheel.metadata["tag"] = [line.upper() for line in wheel.metadata["tag"][::-1]]
    assert rules(wheel) == []


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([], "cp312-cp312-manylinux2014_x86_64 is only in the file name, and 1 more"),
        (
            ["cp312-cp312-manylinux_2_17_x86_64"],
            "cp312-cp312-manylinux2014_x86_64 is only in the file name",
        ),
        (
            [
                "cp312-cp312-manylinux_2_17_x86_64",
                "cp312-cp312-manylinux2014_x86_64",
                "py3-none-any",
            ],
            "py3-none-any is only in WHEEL",
        ),
    ],
)
def test_filename_and_metadata_name_the_same_tags(
    lines: list[str], text: str, wheel: Wheel
) -> None:
    wheel.metadata["tag"] = lines
    (finding,) = contents(wheel, X86_64)
    assert (finding.rule, finding.text) == ("wheel.tags.metadata", text)


def test_metadata_without_tags_lack_those_of_the_filename(wheel: Wheel) -> None:
    del wheel.metadata["tag"]
    assert rules(wheel) == ["wheel.tags.metadata"]


def test_set_on_a_tag_line_is_advised_against(wheel: Wheel) -> None:
    line = "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64"
    wheel.metadata["tag"] = [line, line]
    assert rules(wheel) == ["wheel.tags.one-triple-per-line"]


def test_unreadable_tag_line_makes_the_wheel_unusable(wheel: Wheel) -> None:
    wheel.metadata["tag"] = ["cp312-cp312-a..b"]
    with pytest.raises(
        UnusableError, match=r"a Tag line of WHEEL: 'a[.][.]b' has an empty"
    ):
        rules(wheel)


def test_bad_set_in_the_filename_makes_the_wheel_unusable() -> None:
    with pytest.raises(UnusableError, match=r"the tags of its name: 'a[.][.]x'"):
        filename_tags(Wheel("p-1-py3-none-a..x.whl"))


@pytest.mark.parametrize(
    ("platforms", "missing"),
    [
        ("manylinux_2_17_x86_64", "manylinux2014_x86_64"),
        ("manylinux2014_x86_64", "manylinux_2_17_x86_64"),
        ("manylinux1_i686", "manylinux_2_5_i686"),
        ("manylinux_2_12_s390x", ""),  # manylinux2010 was never for it
        ("manylinux_2_28_x86_64", ""),
        ("linux_x86_64", ""),
    ],
)
def test_level_with_a_legacy_name_has_both_spellings(
    platforms: str, missing: str, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    wheel = make_wheel(make_elf(), filename=f"p-1-cp312-cp312-{platforms}.whl")
    found = [finding.text for finding in contents(wheel, X86_64)]
    expected = f"{platforms} without {missing}, the other spelling"
    assert found == ([expected] if missing else [])


def test_every_level_of_the_filename_has_both_spellings(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    platforms = "linux_x86_64.manylinux1_x86_64"
    wheel = make_wheel(make_elf(), filename=f"p-1-cp312-cp312-{platforms}.whl")
    wheel.metadata["tag"] = [f"cp312-cp312-{each}" for each in platforms.split(".")]
    assert rules(wheel) == ["wheel.tags.both-spellings"]


def test_relocatable_file_is_for_no_loader(wheel: Wheel) -> None:
    wheel.elves[0].type = ET_REL
    assert rules(wheel) == ["wheel.contents.elf"]


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ({}, "is not listed in RECORD"),
        ({"project/module.so": ""}, "is listed in RECORD without a hash"),
        ({"project/module.so": "sha256=x"}, ""),
        (
            {"project/module.so": "sha256=x", "gone.py": ""},
            "is listed in RECORD, and is no file of the wheel",
        ),
        (
            {"project/module.so": "md5=x"},
            "has a hash in RECORD that is none of sha256, sha384, sha512",
        ),
    ],
)
def test_member_is_listed_with_a_hash(
    rows: dict[str, str], text: str, wheel: Wheel
) -> None:
    wheel.record = rows
    found = [finding.text for finding in contents(wheel, X86_64)]
    assert found == ([text] if text else [])


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"changed": ["m.so"]}, "is another file than the one whose hash RECORD has"),
        ({"resized": ["m.so"]}, "has another size than RECORD says"),
        ({"doubtful": ["m.so"]}, "has two rows with two hashes in RECORD"),
        ({"record": {"m.so": "sha256=x="}}, "has a hash in RECORD with = at its end"),
        ({"record": {"m.so": "md5=x"}}, "has a hash in RECORD that is none of sha256"),
        ({"record": {"m.so": "sha256="}}, "has a hash in RECORD that is none of sha"),
        ({"resized": ["m.so"], "changed": ["m.so"]}, "is another file than the one"),
    ],
)
def test_content_is_what_record_says(fields: dict[str, object], text: str) -> None:
    wheel = Wheel("p-1-cp312-cp312-linux_x86_64.whl")
    wheel.members, wheel.record = ["m.so"], {"m.so": "sha256=x"}
    for name, value in fields.items():
        setattr(wheel, name, value)
    (finding,) = record(wheel)
    assert (finding.rule, finding.member) == ("wheel.contents.record-hash", "m.so")
    assert finding.text.startswith(text)
    assert not finding.advice


def test_names_differ_in_more_than_case(wheel: Wheel) -> None:
    wheel.members += ["project/a.py", "project/A.py", "project/b.py"]
    wheel.record |= dict.fromkeys(wheel.members, "sha256=x")
    (finding,) = contents(wheel, X86_64)
    assert (finding.rule, finding.member) == ("wheel.contents.case", "project/A.py")
    assert (finding.text, finding.advice) == (
        "differs from project/a.py in case alone",
        True,
    )


@pytest.mark.parametrize("part", ["pythons", "abis", "platforms"])
def test_capitals_in_tags_are_advised_against(wheel: Wheel, part: str) -> None:
    tags = [tag.capitalize() for tag in getattr(wheel, part)]
    setattr(wheel, part, tags)
    found = [each for each in contents(wheel, X86_64) if each.rule == "tag.case.lower"]
    assert [each.advice for each in found] == [True] * len(tags)


def test_elf_file_is_not_for_any_platform(wheel: Wheel) -> None:
    wheel.platforms = ["any"]
    wheel.metadata["tag"] = ["cp312-cp312-any"]
    (finding,) = contents(wheel, X86_64)
    assert (finding.rule, finding.advice) == ("wheel.tags.any", True)
    assert finding.member == "project/module.so"


@pytest.mark.parametrize(
    ("tag", "suffix", "found"),
    [
        ("cp312-cp312", ".cpython-312-x86_64-linux-gnu.so", False),
        ("cp312-cp312", ".cpython-312.so", False),
        ("cp312-cp312", ".abi3.so", False),
        ("cp312-cp312", ".so.1", False),
        ("cp312-cp312", ".cpython-312.so.1", False),
        ("cp312-cp312", ".cpython-311-x86_64-linux-gnu.so", True),
        ("cp312-cp312", ".cpython-312-aarch64-linux-gnu.so", True),
        ("cp312-cp312", ".cpython-312-x86_64-linux-musl.so", True),
        ("cp313-cp313t", ".cpython-313t-x86_64-linux-gnu.so", False),
        ("cp36-cp36m", ".cpython-36m-x86_64-linux-gnu.so", False),
        ("cp38-abi3", ".cpython-312-x86_64-linux-gnu.so", False),
        ("cp38-abi3", ".cpython-37m-x86_64-linux-gnu.so", True),
        ("py3-none", ".cpython-37m-x86_64-linux-gnu.so", False),
        ("cp38-abi3", ".cpython-38-x86_64-linux-gnu.so", False),
        ("cp38-abi3", ".cpython-313td-x86_64-linux-gnu.so", False),
        ("cp38-abi3", ".cpython-37dmu-x86_64-linux-gnu.so", True),
        ("cp38-abi3", ".cpython-3x-x86_64-linux-gnu.so", True),
        ("cp3-abi3", ".cpython-3x-x86_64-linux-gnu.so", False),
        ("cp3x-abi3", ".cpython-312-x86_64-linux-gnu.so", True),
        ("pp38-abi3", ".cpython-312-x86_64-linux-gnu.so", True),
        ("cp311-none", ".cpython-311d-x86_64-linux-gnu.so", False),
        ("cp311-none", ".cpython-312-x86_64-linux-gnu.so", True),
        ("cp311-none", ".cpython-311X-x86_64-linux-gnu.so", True),
        ("cp313-cp313", ".cpython-313t-x86_64-linux-gnu.so", True),
        ("cp31-abi3", ".cpython-3x-x86_64-linux-gnu.so", True),
        ("cp313-cp313t", ".abi3.so", True),
        ("cp313-cp313t.cp313", ".abi3.so", False),
        ("cp36-cp36mt.abi3t", ".abi3.so", False),
        ("cp312-tp", ".abi3.so", False),
    ],
)
def test_module_is_named_for_who_imports_it(
    tag: str, suffix: str, found: bool, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    filename = f"p-1-{tag}-manylinux_2_28_x86_64.whl"
    wheel = make_wheel(make_elf(name=f"project/m{suffix}"), filename=filename)
    advice = [each for each in contents(wheel, X86_64) if each.advice]
    named = [each for each in advice if each.rule == "wheel.abi.module-suffix"]
    assert [each.member for each in named] == [f"project/m{suffix}"] * found
    assert all(each.text.startswith("is named for ") for each in named)


def test_record_and_its_signatures_are_not_listed(wheel: Wheel) -> None:
    names = ("RECORD", "RECORD.jws", "RECORD.p7s")
    wheel.members += [f"project-1.0.dist-info/{name}" for name in names]
    assert rules(wheel) == []
    wheel.members += ["project/RECORD", "project/vendored-1.0.dist-info/RECORD"]
    assert rules(wheel) == ["wheel.contents.record"] * 2


def test_every_member_that_is_missing_is_named(wheel: Wheel) -> None:
    wheel.members = [f"{number}.py" for number in range(200)]
    wheel.record = {}
    assert len(rules(wheel)) == 200


@pytest.mark.parametrize("value", [["true"], ["True"], [""], None])
def test_elf_file_in_the_root_needs_platlib(
    value: list[str] | None, wheel: Wheel
) -> None:
    wheel.metadata.pop("root-is-purelib")
    if value is not None:
        wheel.metadata["root-is-purelib"] = value
    assert rules(wheel) == ["wheel.layout.root-is-purelib"]


def test_elf_file_in_data_may_lie_in_a_pure_wheel(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    for folder, expected in (("platlib", []), ("purelib", ["wheel.layout.purelib"])):
        elf = make_elf(name=f"p-1.data/{folder}/module.so")
        wheel = make_wheel(elf, filename="p-1-cp312-cp312-linux_x86_64.whl")
        wheel.metadata["root-is-purelib"] = ["true"]
        assert rules(wheel) == expected


@pytest.mark.parametrize(
    ("pythons", "abi", "narrow"),
    [
        ("cp27", "cp27m", False),
        ("cp27", "cp27mu", False),
        ("cp27", "none", True),
        ("py2.py3", "none", True),
        ("cp26", "abi", True),
        ("cp312", "none", False),
        ("py3", "none", False),
    ],
)
def test_unicode_width_is_left_open(pythons: str, abi: str, narrow: bool) -> None:
    wheel = Wheel(f"p-1-{pythons}-{abi}-linux_x86_64.whl")
    assert narrow_abis(wheel) == ([abi] if narrow else [])


@pytest.mark.parametrize(
    ("tags", "export", "expected"),
    [
        ("cp27-none", b"initmodule", ["wheel.abi.unicode-width"]),
        ("cp27-cp27mu", b"initmodule", []),
        ("cp27-none", b"initother", []),
        ("py3-none", b"PyInit_module", ["wheel.abi.not-none"]),
        ("cp312-cp312", b"PyInit_module", []),
        ("cp38-abi3", b"PyInit_module", []),
        ("py3-none", b"PyInit_other", []),
    ],
)
def test_extension_module_says_its_abi(
    tags: str, export: bytes, expected: list[str], make_elf: MakeElf,
    make_wheel: MakeWheel,
) -> None:  # fmt: skip
    elf = make_elf(name="project/module.linux.so")
    elf.exports = {export}
    wheel = make_wheel(elf, filename=f"p-1-{tags}-linux_x86_64.whl")
    assert rules(wheel) == expected


def test_finding_names_the_member(wheel: Wheel, make_elf: MakeElf) -> None:
    elf = make_elf(name="p-1.data/purelib/module.so")
    elf.exports = {b"PyInit_module", b"initmodule"}
    wheel.add(elf)
    wheel.members.append("lost.py")
    wheel.pythons, wheel.abis = ["cp27"], ["none"]
    wheel.metadata = {"tag": ["cp27-none-any..x"]}
    with pytest.raises(UnusableError):
        rules(wheel)
    wheel.metadata = {"tag": ["py2.py3-none-any"]}
    found = [(each.rule, each.member, each.advice) for each in contents(wheel, X86_64)]
    assert found == [
        ("wheel.tags.metadata", "WHEEL", False),
        ("wheel.tags.one-triple-per-line", "WHEEL", True),
        ("wheel.contents.record", "lost.py", False),
        ("wheel.layout.root-is-purelib", "project/module.so", False),
        ("wheel.layout.purelib", elf.name, False),
        ("wheel.abi.unicode-width", elf.name, False),
        ("wheel.abi.not-none", elf.name, True),
    ]


def test_finding_about_the_whole_wheel_names_no_member(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf = make_elf()
    elf.type = ET_REL
    wheel = make_wheel(elf, filename="p-1-cp312-cp312-manylinux1_x86_64.whl")
    found = [(each.rule, each.member, each.advice) for each in contents(wheel, X86_64)]
    assert found == [
        ("wheel.tags.both-spellings", "", True),
        ("wheel.contents.elf", "", False),
    ]


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("p/_ext.abi3.so", True),
        ("p/q/_ext.abi3.so", True),
        ("p/q.abi3.so/libfoo.so", False),
        ("p/_ext.cpython-311-x86_64-linux-gnu.so", True),
        ("p/_ext.pypy39-pp73-x86_64-linux-gnu.so", True),
        ("p/libfoo.so", False),
        ("p/foo.so", False),
        ("p/_ext.abi3.so.txt", False),
        ("p/_ext.cpython-311-x86_64-linux-gnu.debug", False),
    ],
)
def test_what_is_named_for_an_abi_is_an_elf_file(
    name: str, refused: bool, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf = make_elf()
    wheel = make_wheel(elf)
    wheel.members.append(name)
    found = [(each.rule, each.member) for each in modules(wheel)]
    assert found == [("wheel.contents.module", name)] * refused
    assert list(modules(make_wheel(elf, make_elf(name=name)))) == []
