"""File transfer: what is sent, and what comes back without leaving its folder."""

import contextlib
import io
import os
import stat
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from manylinux_conformance.containers import file_transfer
from manylinux_conformance.containers.file_transfer import (
    TransferError,
    pack,
    unpack,
    walk,
)

Add = Callable[[tarfile.TarFile], None]
OWNER = (1234, 5678)
unpacks = pytest.mark.skipif(
    not hasattr(tarfile, "data_filter"),
    reason="unpacking what an engine sends safely needs Python 3.11.4",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder as a tool finds it: an environment and a place to work."""
    home = tmp_path / "run"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "python").symlink_to("/usr/bin/python3")
    (home / "bin" / "same").symlink_to("python")
    (home / "kept.txt").write_text("kept")
    (home / "tool").write_text("#!")
    (home / "tool").chmod(0o755)
    return home


def archive_of(folder: Path) -> bytes:
    """Return a folder as an engine archives it: below its own name."""
    file = io.BytesIO()
    pack([(path, OWNER) for path in walk(folder)], folder.parent, file)
    return file.getvalue()


def crafted(*adds: Add) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for add in adds:
            add(archive)
    return file.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> Add:
    def add(archive: tarfile.TarFile) -> None:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, link
        content = b"content" if kind == tarfile.REGTYPE else b""
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))

    return add


def pieces(content: bytes, size: int = 1000) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def state(folder: Path) -> dict[str, tuple[int, int, int, int]]:
    return {
        str(path): (facts.st_mode, facts.st_ino, facts.st_size, facts.st_mtime_ns)
        for path in walk(folder)
        if (facts := path.lstat()) and not stat.S_ISDIR(facts.st_mode)
    }


def test_everybody_may_read_what_is_sent_and_its_owner_write(folder: Path) -> None:
    (folder / "kept.txt").chmod(0o600)
    with tarfile.open(fileobj=io.BytesIO(archive_of(folder))) as archive:
        members = {each.name: each for each in archive}
    assert {(each.uid, each.gid) for each in members.values()} == {OWNER}
    assert members["run/kept.txt"].mode == 0o644
    assert members["run/tool"].mode & 0o111
    assert members["run/bin/python"].linkname == "/usr/bin/python3"


def test_a_python_that_cannot_unpack_safely_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    with pytest.raises(TransferError, match=r"needs Python 3\.11\.4"):
        unpack([archive_of(folder)], folder)
    assert (folder / "kept.txt").read_text() == "kept"


@unpacks
def test_what_is_equal_is_not_touched(folder: Path) -> None:
    before = state(folder)
    unpack(pieces(archive_of(folder)), folder)
    assert state(folder) == before


@unpacks
def test_what_a_tool_did_is_brought_back(folder: Path) -> None:
    before = state(folder)
    archive = archive_of(folder)
    (folder / "bin" / "old").write_text("gone by now")
    (folder / "kept.txt").write_text("lost")
    (folder / "more").mkdir()
    (folder / "bin" / "same").unlink()
    unpack(pieces(archive), folder)
    assert (folder / "kept.txt").read_text() == "kept"
    assert not (folder / "bin" / "old").exists()
    assert not (folder / "more").exists()
    assert (folder / "bin" / "same").readlink() == Path("python")
    assert state(folder).keys() == before.keys()


@unpacks
def test_another_permission_to_run_is_a_change(folder: Path) -> None:
    archive = archive_of(folder)
    (folder / "tool").chmod(0o644)
    unpack(pieces(archive), folder)
    assert os.access(folder / "tool", os.X_OK)


@unpacks
def test_a_file_that_takes_a_links_place_is_not_written_through_it(
    folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.write_text("outside")
    (folder / "link").symlink_to(outside)
    unpack([crafted(member("run", tarfile.DIRTYPE), member("run/link"))], folder)
    assert outside.read_text() == "outside"
    assert (folder / "link").read_text() == "content"
    assert not (folder / "link").is_symlink()


@unpacks
@pytest.mark.parametrize(
    "adds",
    [
        [member("run/../outside")],
        [member("../outside")],
        [member("elsewhere/file")],
        [member("run/a"), member("elsewhere/file")],
        [member("run/hard", tarfile.LNKTYPE, "run/nothing")],
        [],
    ],
)
def test_an_archive_of_something_else_is_refused(
    folder: Path, tmp_path: Path, adds: list[Add]
) -> None:
    before = state(folder)
    with pytest.raises(TransferError, match=r"^run: "):
        unpack([crafted(*adds)], folder)
    assert state(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@unpacks
@pytest.mark.parametrize(
    "left_out",
    [
        member("run/odd", tarfile.SYMTYPE, "/etc/passwd"),
        member("run/odd", tarfile.SYMTYPE, "../../outside"),
        member("run/odd", tarfile.LNKTYPE, "../outside"),
        member("run/odd", tarfile.FIFOTYPE),
        member("run/odd", tarfile.CHRTYPE),
    ],
)
def test_links_that_lead_out_and_devices_are_left_out(
    folder: Path, left_out: Add
) -> None:
    top = member("run", tarfile.DIRTYPE)
    unpack([crafted(top, member("run/file"), left_out)], folder)
    assert (folder / "file").read_text() == "content"
    assert not os.path.lexists(folder / "odd")


@unpacks
def test_a_top_folder_that_is_a_link_leads_nowhere(
    folder: Path, tmp_path: Path
) -> None:
    unpack([crafted(member("run", tarfile.SYMTYPE, "/"), member("run/a"))], folder)
    assert (folder / "a").read_text() == "content"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@unpacks
@pytest.mark.parametrize("name", ["run", "run/", "run//"])
def test_a_top_that_is_a_file_is_refused(folder: Path, name: str) -> None:
    before = state(folder)
    with pytest.raises(TransferError, match="its archive is of something else"):
        unpack([crafted(member(name))], folder)
    assert state(folder) == before


@unpacks
@pytest.mark.parametrize("cut", [1, 600, 5000])
def test_a_connection_that_breaks_changes_nothing(folder: Path, cut: int) -> None:
    (folder / "large").write_bytes(bytes(100_000))
    archive = archive_of(folder)[:cut]
    before = state(folder)
    with pytest.raises(TransferError):
        unpack([archive], folder)
    assert state(folder) == before


@unpacks
def test_more_files_than_the_bound_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_transfer, "MOST_MEMBERS", 3)
    with pytest.raises(TransferError, match="more than 3 files"):
        unpack([archive_of(folder)], folder)


@unpacks
def test_a_member_that_claims_more_bytes_than_the_bound_is_refused(
    folder: Path,
) -> None:
    info = tarfile.TarInfo("run/huge")
    info.size = file_transfer.MOST_BYTES + 1
    with pytest.raises(TransferError, match="more than"):
        unpack([info.tobuf()], folder)


@unpacks
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings().max_examples * 3 // 5,
)
@example(names=["/"], kinds=[b"0"], links=[""], noise=b"")
@given(
    names=st.lists(st.text("./ab\\\n é", min_size=1, max_size=12), max_size=6),
    kinds=st.lists(st.sampled_from([b"0", b"1", b"2", b"5", b"6"]), min_size=6),
    links=st.lists(st.sampled_from(["..", "/", "a", "run/a", "../.."]), min_size=6),
    noise=st.binary(max_size=600),
)
def test_no_archive_writes_outside_of_its_folder(
    tmp_path: Path, names: list[str], kinds: list[bytes], links: list[str], noise: bytes
) -> None:
    folder = tmp_path / "run"
    folder.mkdir(exist_ok=True)
    adds = [
        member(f"run/{name}", kind, link)
        for name, kind, link in zip(names, kinds, links, strict=False)
    ]
    for archive in (crafted(*adds), noise, noise + crafted(*adds)):
        with contextlib.suppress(TransferError):
            unpack(pieces(archive, 333), folder)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
