"""Real wheels: the pinned list, fetching, and differences that must be explained."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from manylinux_conformance.cli import real_wheels
from manylinux_conformance.cli.main import main
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import FetchError, InputError, MissingProgramError
from manylinux_conformance.loader.soundness import LoaderAnswer, LoadOutcome, claim_of
from manylinux_conformance.real_wheels import audits as real_wheel_audits
from manylinux_conformance.real_wheels.audits import (
    Audited,
    Opinion,
    audit_real_wheels,
)
from manylinux_conformance.real_wheels.compare import unexplained
from manylinux_conformance.real_wheels.files import (
    RealWheel,
    fetch,
    platform_tags,
    read_real_wheels,
)
from manylinux_conformance.real_wheels.page import (
    Difference,
    Right,
    read_differences,
    render,
)
from manylinux_conformance.sandbox.provide import NotProvided
from manylinux_conformance.tools.adapters import read_adapter

FILE = "demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"


def test_every_listed_wheel_has_a_hash_and_a_reason() -> None:
    wheels = read_real_wheels(data_folder("real-wheels"))
    assert len(wheels) >= 25
    assert all(len(wheel.sha256) == 64 and wheel.why for wheel in wheels)
    architectures = {
        claim[0]
        for wheel in wheels
        for tag in platform_tags(wheel.file)
        if (claim := claim_of(tag))
    }
    assert len(architectures) == 8  # the index takes no loongarch64 wheels
    assert any("musllinux" in wheel.file for wheel in wheels)


def test_every_explanation_is_of_a_listed_wheel() -> None:
    folder = data_folder("real-wheels")
    listed = {wheel.file for wheel in read_real_wheels(folder)}
    explained = read_differences(folder)
    assert {entry.wheel for entry in explained} <= listed
    assert all(len(entry.why.split()) > 5 for entry in explained)


def written(folder: Path, content: bytes = b"a wheel") -> RealWheel:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_bytes(content)
    return RealWheel(FILE, "because", hashlib.sha256(b"a wheel").hexdigest())


def test_a_wheel_that_is_there_is_not_downloaded(tmp_path: Path) -> None:
    wheel = written(tmp_path / "cache")
    said: list[str] = []
    assert fetch(wheel, tmp_path / "cache", said.append) == tmp_path / "cache" / FILE
    assert said == []


def test_a_wheel_of_another_hash_is_refused(tmp_path: Path) -> None:
    wheel = written(tmp_path / "cache", b"another wheel")
    with pytest.raises(FetchError, match="hash of the lock"):
        fetch(wheel, tmp_path / "cache", lambda _: None)


def test_a_wheel_is_downloaded_by_its_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip itself, without a network: the index is a folder."""
    links = tmp_path / "links"
    links.mkdir()
    with zipfile.ZipFile(links / FILE, "w") as archive:
        metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
        archive.writestr("demo-1.0.dist-info/METADATA", metadata)
        archive.writestr("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n")
    digest = hashlib.sha256((links / FILE).read_bytes()).hexdigest()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    said: list[str] = []
    path = fetch(RealWheel(FILE, "", digest), tmp_path / "cache", said.append)
    assert path.read_bytes() == (links / FILE).read_bytes()
    assert said == [f"downloading {FILE}"]
    assert [each.name for each in path.parent.iterdir()] == [FILE]


def test_a_wheel_that_cannot_be_had_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(FetchError, match=r"demo-1\.0.*No matching distribution"):
        fetch(RealWheel(FILE, "", "0" * 64), tmp_path, lambda _: None)


def test_a_download_that_takes_too_long_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("pip", 1)

    monkeypatch.setattr(subprocess, "run", slow)
    with pytest.raises(FetchError, match="no download in"):
        fetch(RealWheel(FILE, "", "0" * 64), tmp_path, lambda _: None)


def test_a_file_that_is_no_wheel_has_no_parts() -> None:
    with pytest.raises(InputError, match="Invalid wheel filename"):
        platform_tags("demo-1.0.tar.gz")


@pytest.mark.parametrize(
    ("listed", "locked"), [(FILE, "other.whl"), ("other.whl", FILE)]
)
def test_a_list_and_a_lock_that_differ_are_refused(
    listed: str, locked: str, tmp_path: Path
) -> None:
    wheel = f'[[wheel]]\nfile = "{listed}"\nwhy = "because"\n'
    (tmp_path / "wheels.toml").write_text(wheel)
    (tmp_path / "wheels.lock").write_text(f'[sha256]\n"{locked}" = "0"\n')
    with pytest.raises(InputError, match="only in one of the two"):
        read_real_wheels(tmp_path)


HOLDS = Opinion(conforms=True, oldest="manylinux_2_17_x86_64")
FALSE = Opinion(conforms=False, why="wheel.stack.executable")


def audited(
    reference: Opinion = HOLDS,
    auditwheel: Opinion = HOLDS,
    grounds: tuple[str, ...] = (),
    claims: tuple[str, ...] = ("manylinux_2_17_x86_64",),
) -> Audited:
    answer = LoaderAnswer(
        id="real/x/x86_64",
        rule="real",
        arch="x86_64",
        level="2.17",
        accepted=True,
        outcome=LoadOutcome.REFUSED if grounds else LoadOutcome.LOADS,
        grounds=grounds,
    )
    return Audited(
        file=FILE,
        claims=claims,
        reference=reference,
        auditwheel=auditwheel,
        loader=(answer,),
    )


OLDER = msgspec.structs.replace(HOLDS, oldest="manylinux_2_5_x86_64")


@pytest.mark.parametrize(
    ("one", "differs"),
    [
        (audited(), False),
        (audited(FALSE, FALSE, ("undefined symbol: x",)), False),
        (audited(FALSE), True),
        (audited(auditwheel=FALSE), True),
        (audited(auditwheel=OLDER), True),
        (audited(grounds=("undefined symbol: x",)), True),
        (audited(FALSE, claims=()), False),
    ],
)
def test_opinions_differ_or_agree(one: Audited, differs: bool) -> None:
    assert one.differs is differs


ENTRY = Difference(FILE, Right.REFERENCE, "auditwheel does not look at the stack")


def test_a_difference_wants_an_entry_and_an_entry_a_difference() -> None:
    assert unexplained((audited(FALSE),), (ENTRY,)) == []
    assert unexplained((audited(FALSE),), ()) == [
        f"{FILE}: differs, and no entry says why"
    ]
    assert unexplained((audited(),), (ENTRY,)) == [
        f"{FILE}: has an entry and does not differ"
    ]


def test_the_page_says_who_is_right() -> None:
    one = audited(FALSE, grounds=("undefined symbol: x",))
    page = render((one,), (ENTRY,), [RealWheel(FILE, "an executable stack")])
    assert "| an executable stack | false | holds, oldest" in page
    assert "Right: reference." in page
    assert "- loader on 2.17: refused: undefined symbol: x" in page


def test_a_claim_that_only_proposals_refuse_holds_with_objections() -> None:
    objected = Opinion(conforms=False, objected=True, oldest="manylinux_2_17_x86_64")
    page = render((audited(objected),), (ENTRY,), [RealWheel(FILE, "a search path")])
    assert "| a search path | holds with objections, oldest" in page


def test_a_wheel_is_audited_by_all_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reference stands in for auditwheel, which needs the package index."""
    path = tmp_path / FILE
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("demo/__init__.py", "")
    reference = read_adapter(data_folder("tools") / "reference.toml")
    monkeypatch.setattr(real_wheel_audits, "read_adapter", lambda _: reference)
    (one,) = audit_real_wheels([path], tmp_path, lambda _: None)
    assert one.claims == ("manylinux_2_17_x86_64",)
    assert not one.reference.conforms
    assert one.reference == one.auditwheel


def test_an_auditor_that_cannot_be_had_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        real_wheel_audits, "provide", lambda *_: NotProvided("no network")
    )
    with pytest.raises(MissingProgramError, match="reference: no network"):
        audit_real_wheels([], tmp_path, lambda _: None)


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a list of one wheel, and put it in place of the real one."""
    wheel = written(tmp_path / "manylinux-conformance" / "real-wheels")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "wheels.toml").write_text(
        f'[[wheel]]\nfile = "{FILE}"\nwhy = "because"\n'
    )
    (tmp_path / "wheels.lock").write_text(f'[sha256]\n"{FILE}" = "{wheel.sha256}"\n')
    (tmp_path / "explained.toml").write_text("")
    monkeypatch.setattr(real_wheels, "data_folder", lambda _: tmp_path)
    return tmp_path


@pytest.mark.parametrize(("one", "status"), [(audited(), 0), (audited(FALSE), 1)])
def test_an_unexplained_difference_ends_the_command_with_one(
    one: Audited, status: int, made_up: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real_wheels, "audit_real_wheels", lambda *_: (one,))
    options = ["real-wheels", "--report", str(made_up / "report")]
    ended = CliRunner().invoke(main, options)
    assert ended.exit_code == status, ended.output
    assert FILE in (made_up / "report" / "real-wheels.md").read_text()
    assert (made_up / "report" / "real-wheels.json").exists()


def test_a_damaged_list_ends_the_command_with_two(made_up: Path) -> None:
    (made_up / "wheels.toml").write_text("wheel = 1")
    options = ["real-wheels", "--report", str(made_up)]
    ended = CliRunner().invoke(main, options)
    assert ended.exit_code == 2
    assert ended.output.startswith("error: ")
