"""What is read of a wheel, and which wheels cannot be read."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from manylinux_reference.reading import budget
from manylinux_reference.reading.archive import Archive
from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.elf.file import Elf
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.reading.wheel import reader as reading
from manylinux_reference.reading.wheel.reader import (
    Wheel,
    compare_hashes,
    read_dist_info,
)

NAME = "p-1-py3-none-any.whl"
WHEEL = "p-1.dist-info/WHEEL"
RECORD = "p-1.dist-info/RECORD"


METADATA = "p-1.dist-info/METADATA"
NAMED = "Name: p\nVersion: 1\n"
SOUND = {
    WHEEL: b"Wheel-Version: 1.0\n",
    METADATA: b"Metadata-Version: 2.1\nName: p\nVersion: 1\n\nName: of the text\n",
    RECORD: b"",
}


def read(folder: Path, files: Mapping[str, bytes | None]) -> Wheel:
    """Read a wheel of these files; those that every wheel has need not be named."""
    path = folder / NAME
    with zipfile.ZipFile(path, "w") as made:
        for name, data in {**SOUND, **files}.items():
            if data is not None:
                made.writestr(name, data)
    wheel = Wheel(NAME)
    with Archive(str(path)) as archive:
        read_dist_info(archive, wheel)
    return wheel


@pytest.mark.parametrize(
    ("name", "pythons", "abis", "platforms"),
    [
        (NAME, ["py3"], ["none"], ["any"]),
        ("p-1-2-py2.py3-none-any.whl", ["py2", "py3"], ["none"], ["any"]),
        ("P_q-1.0-cp3-abi3.none-a.b.whl", ["cp3"], ["abi3", "none"], ["a", "b"]),
        ("p-1.0-2build-cp3.py3-x.y-a.b.whl", ["cp3", "py3"], ["x", "y"], ["a", "b"]),
    ],
)
def test_filename_has_a_distribution_and_three_sets_of_tags(
    name: str, pythons: list[str], abis: list[str], platforms: list[str]
) -> None:
    wheel = Wheel(name)
    assert (wheel.pythons, wheel.abis, wheel.platforms) == (pythons, abis, platforms)
    assert wheel.distribution == name.partition("-")[0]


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".whl",
        "p.whl",
        "p-1-py3-none.whl",
        "p-1-2-3-py3-none-any.whl",
        "-1-py3-none-any.whl",
        "p--py3-none-any.whl",
        "p-1-py3--any.whl",
        "p-1-py3-none-.whl",
        "p-1-py3-none-any.zip",
        "p-1-py3-none-any",
    ],
)
def test_name_that_is_not_a_wheels_is_refused(name: str) -> None:
    with pytest.raises(UnusableError, match=r"^the name is not that of a wheel: "):
        Wheel(name)


def test_nothing_is_known_of_a_wheel_but_its_name() -> None:
    wheel = Wheel(NAME)
    assert (wheel.members, wheel.metadata, wheel.record) == ([], {}, {})
    assert (wheel.elves, wheel.contained) == ([], set())
    assert wheel.changed == wheel.resized == wheel.doubtful == []


def test_fields_of_wheel_are_read_in_lower_case(tmp_path: Path) -> None:
    text = b"Wheel-Version: 1.0\r\nTAG: a-b-c\nTag:  d-e-f \n g\ntag:b: c\n\nx: y"
    wheel = read(tmp_path, {"p.py": b"", WHEEL: text})
    assert wheel.metadata == {
        "wheel-version": ["1.0"],
        "tag": ["a-b-c", "d-e-f  g", "b: c"],
    }
    assert wheel.members == [WHEEL, METADATA, RECORD, "p.py"]
    assert wheel.record == {}


@pytest.mark.parametrize("line", ["no colon", "Tag : x", "\ufeffTag: x", "T\u00e4g: x"])
def test_fields_end_where_no_field_begins(tmp_path: Path, line: str) -> None:
    text = f"Wheel-Version: 1.0\n{line}\nTag: a-b-c\n".encode()
    assert "tag" not in read(tmp_path, {WHEEL: text}).metadata


@pytest.mark.parametrize(
    "version", ["Wheel-Version: 1", "wheel-version: 1.0", "Wheel-Version: 1.x"]
)
def test_version_of_the_format_has_two_numbers(tmp_path: Path, version: str) -> None:
    with pytest.raises(UnusableError, match=r"not such as 1\.0"):
        read(tmp_path, {WHEEL: f"{version}\n".encode()})


@pytest.mark.parametrize("name", ["p.", ".p", "p q", "", "_p"])
def test_name_in_metadata_is_that_of_a_project(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnusableError, match="another project"):
        read(tmp_path, {METADATA: f"Name: {name}\nVersion: 1\n".encode()})


def test_project_that_uv_takes_for_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "UNKNOWN-1-py3-none-any.whl"
    texts = {WHEEL: SOUND[WHEEL], METADATA: b"Name: UNKNOWN\nVersion: 1\n"}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(name.replace("p-", "UNKNOWN-"), text)
    with (
        Archive(str(path)) as archive,
        pytest.raises(UnusableError, match="another project"),
    ):
        read_dist_info(archive, Wheel(path.name))


@pytest.mark.parametrize("text", ["Name:\n p\nVersion: 1", "Name: p\nVersion:\n\t1\n"])
def test_name_and_version_stand_on_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnusableError, match="more than one line"):
        read(tmp_path, {METADATA: text.encode()})


@pytest.mark.parametrize("python", ["UNKNOWN", ">=3,\n <4", ">=3.*"])
def test_python_may_be_written_as_uv_mends_it(tmp_path: Path, python: str) -> None:
    read(tmp_path, {METADATA: f"{NAMED}Requires-Python: {python}\n".encode()})


def test_record_tells_the_hashes(tmp_path: Path) -> None:
    wheel = read(tmp_path, {RECORD: b"p.py,sha256=x,1\nq.py,,\n"})
    assert wheel.record == {"p.py": "sha256=x", "q.py": ""}


@pytest.mark.parametrize(
    "spelling", ["P-1.dist-info", "p-1.0.dist-info", "p-1.0.0.dist-info"]
)
def test_folder_may_be_spelled_otherwise(spelling: str, tmp_path: Path) -> None:
    files = {name.replace("p-1.dist-info", spelling): SOUND[name] for name in SOUND}
    assert read(tmp_path, dict.fromkeys(SOUND) | files).metadata


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({WHEEL: None}, "not a wheel: no .dist-info/WHEEL"),
        ({METADATA: None}, "not a wheel: no .dist-info/METADATA"),
        ({RECORD: None}, "not a wheel: no .dist-info/RECORD"),
        (dict.fromkeys(SOUND), "not a wheel: no .dist-info folders"),
        ({"q-1.dist-info/x": b""}, "not a wheel: 2 .dist-info folders"),
        ({"q-1.data/platlib/x": b""}, "q-1.data: is another .data folder than"),
        ({"p-1.0.data/platlib/x": b""}, "p-1.0.data: is another .data folder than"),
        ({WHEEL: b""}, "Wheel-Version is missing, not such as 1.0"),
        ({WHEEL: b"Wheel-Version: 2.0\n"}, "Wheel-Version is 2.0, not such as 1.0"),
        ({WHEEL: b"Wheel-Version: 1\n"}, "Wheel-Version is 1, not such as 1.0"),
        ({WHEEL: b"Wheel-Version: 1.x\n"}, "Wheel-Version is 1.x, not such as 1.0"),
        ({WHEEL: b"Wheel-Version: 1.\n"}, "Wheel-Version is 1., not such as 1.0"),
        ({WHEEL: b"odd\nWheel-Version: 1.0\n"}, "WHEEL does not begin with a field"),
        ({METADATA: b"Name: q\nVersion: 1\n"}, "METADATA names another project"),
        ({METADATA: b"Name: p\nVersion: 2\n"}, "METADATA names another version"),
        ({METADATA: b"Name: p \nVersion: 1\n"}, "METADATA names another project"),
        ({METADATA: b"Name: p\x0c\nVersion: 1\n"}, "METADATA names another project"),
        ({METADATA: b"\nName: p\nVersion: 1\n"}, "METADATA names another project"),
        *(({name: b"\xff"}, f"{name}: is not UTF-8") for name in SOUND),
    ],
)
def test_wheel_that_installers_refuse_is_refused(
    files: Mapping[str, bytes | None], reason: str, tmp_path: Path
) -> None:
    with pytest.raises(UnusableError) as refused:
        read(tmp_path, files)
    assert str(refused.value).startswith(reason)


@pytest.mark.parametrize(
    "lines",
    [b"From x\n", b" x\n", b"\tName: q\n", b"From x\n Name: q\nFrom y\n", b": x\n"],
)
def test_what_is_no_field_is_passed_over(lines: bytes, tmp_path: Path) -> None:
    files = {name: lines + SOUND[name] for name in (METADATA, WHEEL)}
    assert read(tmp_path, files).metadata == read(tmp_path, {}).metadata


@pytest.mark.parametrize("folder", ["q-1.dist-info", "p-2.dist-info", "p.dist-info"])
def test_folder_is_named_after_the_wheel(folder: str, tmp_path: Path) -> None:
    files = {name.replace("p-1.dist-info", folder): SOUND[name] for name in SOUND}
    with pytest.raises(UnusableError, match="is not named after the wheel"):
        read(tmp_path, dict.fromkeys(SOUND) | files)


@pytest.mark.parametrize("name", SOUND)
def test_metadata_is_bounded(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(SOUND[name])
    monkeypatch.setitem(reading.LARGEST, name.rpartition("/")[2], size)
    read(tmp_path, {})
    with pytest.raises(NotJudgedError, match=rf"^{name}: is larger than {size} bytes"):
        read(tmp_path, {name: SOUND[name] + b"x"})


def test_elf_file_is_contained_under_its_name_and_its_soname() -> None:
    wheel, named, nameless = Wheel(NAME), Elf("p.libs/a.so"), Elf("a/b.so")
    named.soname = "liba.so.1"
    for elf in (named, nameless):
        wheel.add(elf)
    assert wheel.contained == {"a.so", "liba.so.1", "b.so"}
    assert wheel.elves == [named, nameless]


@pytest.mark.parametrize(
    "name", ["INSTALLER", "REQUESTED", "direct_url.json", "entry_points.txt"]
)
def test_what_installers_write_is_no_folder(tmp_path: Path, name: str) -> None:
    # pip and uv end in "Is a directory"
    assert read(tmp_path, {f"p-1.dist-info/{name}": b""}).members
    for member in (f"p-1.dist-info/{name}/x", f"p-1.dist-info/{name}/"):
        with pytest.raises(UnusableError, match=f"has a folder where {name} is a file"):
            read(tmp_path, {member: b""})


def test_entry_points_are_checked(tmp_path: Path) -> None:
    files = {"p-1.dist-info/entry_points.txt": b"[console_scripts]\nx = p\n"}
    with pytest.raises(UnusableError, match="a script x that calls p"):
        read(tmp_path, files)


@pytest.mark.parametrize("field", ["Requires-Dist: foo >=", "Requires-Python: three"])
def test_requirements_are_checked(tmp_path: Path, field: str) -> None:
    head = SOUND[METADATA].partition(b"\n\n")[0]
    assert read(tmp_path, {METADATA: head + b"\nRequires-Dist: foo >=1\n"}).members
    files = {METADATA: head + f"\n{field}\n".encode()}
    with pytest.raises(UnusableError, match="METADATA requires "):
        read(tmp_path, files)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ("1-py3-none-any", ""),
        ("1-1_a.b-cp3-abi3.x_y-any", ""),
        ("18446744073709551614.0-py3-none-any", ""),
        ("1-18446744073709551615-py3-none-any", ""),
        ("1+99999999999999999999-py3-none-any", ""),
        ("1-py99999999999999999999-none-any", ""),
        ("1.18446744073709551615-py3-none-any", "a number of more than 64 bits"),
        ("1.0a18446744073709551615-py3-none-any", "a number of more than 64 bits"),
        ("1.post18446744073709551615-py3-none-any", "a number of more than 64 bits"),
        ("1.dev18446744073709551615-py3-none-any", "a number of more than 64 bits"),
        ("18446744073709551615!1-py3-none-any", "a number of more than 64 bits"),
        ("1-18446744073709551616-py3-none-any", "a number of more than 64 bits"),
        ("1-1\u00e9-py3-none-any", "other letters in 1"),
        ("1-1+a-py3-none-any", "other letters in 1"),
        ("1-py3!-none-any", "other letters in py3!"),
        ("1-py3-no ne-any", "other letters in no ne"),
        ("1-py3-none-any.\u0661", "other letters in any"),
    ],
)
def test_name_has_letters_and_numbers_that_installers_read(
    parts: str, reason: str
) -> None:
    # uv refuses the others; of tags with a blank, pip does, too
    if not reason:
        assert Wheel(f"p-{parts}.whl").abis
        return
    with pytest.raises(UnusableError, match=reason):
        Wheel(f"p-{parts}.whl")


def test_requirements_cost_no_more_than_a_wheel_may(tmp_path: Path) -> None:
    head = SOUND[METADATA].partition(b"\n\n")[0]
    with pytest.raises(NotJudgedError, match="steps of work"):
        read(tmp_path, {METADATA: head + b"\nRequires-Dist: foo[" + b"a," * 99_999})


@pytest.mark.parametrize(
    ("path", "refused"), [("bin/tool", True), ("bin/tool2", False), ("tool", False)]
)
def test_what_lies_where_a_script_is_made_is_refused(
    path: str, refused: bool, tmp_path: Path
) -> None:
    # pip writes the script over it, and uv it over the script
    files = {
        "p-1.dist-info/entry_points.txt": b"[console_scripts]\ntool = p:main\n",
        f"p-1.data/data/{path}": b"text",
    }
    if not refused:
        assert read(tmp_path, files).members
        return
    with pytest.raises(UnusableError, match="is installed where a script is"):
        read(tmp_path, files)


def test_rows_of_record_are_compared_with_members(tmp_path: Path) -> None:
    rows = b"a.py,sha256=x,2\nb.py,,3\nc.py,sha256=y,\ngone.py,sha256=z,9\n"
    files = {"a.py": b"12", "b.py": b"12", "c.py": b"12", "d.py": b"12", RECORD: rows}
    path = tmp_path / NAME
    assert read(tmp_path, files).resized == ["b.py"]
    wheel = Wheel(NAME)
    with Archive(str(path)) as archive:
        read_dist_info(archive, wheel)
        compare_hashes(archive, wheel)
        told = {member.name: member.row for member in archive.entries}
    assert {name: told[name] for name in ("a.py", "b.py", "c.py", "d.py")} == {
        "a.py": "sha256=x",
        "b.py": "",
        "c.py": "sha256=y",
        "d.py": "",
    }


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_of_metadata_end_as_lines_do(end: bytes, tmp_path: Path) -> None:
    text = b"Wheel-Version: 1.0\nTag: a\nTag: b\n\nTag: c\n"
    wheel = read(tmp_path, {WHEEL: text.replace(b"\n", end)})
    assert wheel.metadata["tag"] == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "is_read"),
    [(b"p", True), (b"\t p", True), (b"\x0cp", False), (b"xp", False), (b"p_", False)],
)
def test_name_of_metadata_is_the_wheels(
    name: bytes, is_read: bool, tmp_path: Path
) -> None:
    files = {METADATA: b"Name: " + name + b"\nVersion: 1\n"}
    if is_read:
        assert read(tmp_path, files).members
        return
    with pytest.raises(UnusableError, match=r"^METADATA names another project"):
        read(tmp_path, files)


@pytest.mark.parametrize(
    ("files", "member"),
    [
        ({"p-1.dist-info/INSTALLER/x/y": b""}, "p-1.dist-info/INSTALLER/x/y"),
        (
            {
                "p-1.dist-info/entry_points.txt": b"[console_scripts]\nx = p:main\n",
                "p-1.data/data/bin/x": b"",
            },
            "p-1.data/data/bin/x",
        ),
        ({"p-1.dist-info/WHEEL": None, "q.dist-info/WHEEL": b""}, ""),
    ],
)
def test_refusal_names_the_member(
    files: Mapping[str, bytes | None], member: str, tmp_path: Path
) -> None:
    with pytest.raises(UnusableError) as refused:
        read(tmp_path, files)
    assert refused.value.member == member


def test_folder_of_another_project_is_named(tmp_path: Path) -> None:
    files = {
        name.replace("p-1.dist-info", "q-1.dist-info"): SOUND[name] for name in SOUND
    }
    with pytest.raises(UnusableError) as refused:
        read(tmp_path, dict.fromkeys(SOUND) | files)
    assert refused.value.member == "q-1.dist-info"


def test_fields_of_metadata_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = b"Wheel-Version: 1.0\n" + b"Tag: a\n" * 40
    monkeypatch.setattr(budget, "ENTRIES", 50)
    assert read(tmp_path, {WHEEL: text}).metadata
    with pytest.raises(NotJudgedError, match="table entries"):
        read(tmp_path, {WHEEL: text + b"Tag: a\n" * 20})
