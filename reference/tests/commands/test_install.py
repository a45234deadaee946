"""``manylinux install``: the best wheels, or nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from manylinux_reference.commands import cli
from manylinux_reference.commands import install as install_command
from manylinux_reference.commands.target import Target
from manylinux_reference.rules.installer.platform import Environment

HERE = Target(Environment(("x86_64",), "x86_64", (2, 28)))


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install_command, "running_target", lambda: HERE)


@pytest.fixture
def links(tmp_path: Path) -> Path:
    folder = tmp_path / "links"
    folder.mkdir()
    for tag in ("any", "manylinux_2_28_x86_64", "manylinux_2_17_x86_64"):
        _write(folder, f"good_one-1-py3-none-{tag}.whl", tag)
    _write(folder, "foreign-1-py3-none-win_amd64.whl", "foreign")
    for version in "12":
        _write(folder, f"several-{version}-py3-none-any.whl", version)
    for version, level in (("1", "2_17"), ("2.0", "2_28"), ("10", "2_34")):
        name = f"raised-{version}-py3-none-manylinux_{level}_x86_64.whl"
        _write(folder, name, version)
    (folder / "notes.txt").write_text("no wheel")
    return folder


def _write(folder: Path, name: str, content: str) -> None:
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr(f"{name.partition('-')[0]}.py", content)


def install(links: Path, *lines: str, more: tuple[str, ...] = ()) -> int:
    requirements = links.parent / "requirements.txt"
    requirements.write_text("".join(f"{line}\n" for line in lines))
    folders = [f"--find-links={links}", f"--target={links.parent / 'target'}"]
    return cli.main(["install", *folders, f"--requirement={requirements}", *more])


@pytest.mark.usefixtures("here")
def test_best_wheel_is_installed(
    links: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install(links, "# a comment", "Good.One", "", "several==2") == 0
    target = links.parent / "target"
    assert (target / "good_one.py").read_text() == "manylinux_2_28_x86_64"
    assert (target / "several.py").read_text() == "2"
    assert capsys.readouterr().out.splitlines() == [
        "installed good_one-1-py3-none-manylinux_2_28_x86_64.whl",
        "installed several-2-py3-none-any.whl",
    ]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("line", "version"),
    [("raised", "2.0"), ("raised==1.0", "1"), ("several", "2"), ("several==1", "1")],
)
def test_newest_release_that_fits_is_installed(
    links: Path, line: str, version: str
) -> None:
    assert install(links, line) == 0
    (installed,) = (links.parent / "target").iterdir()
    assert installed.read_text() == version


def test_target_without_a_version_has_a_documented_one(links: Path) -> None:
    assert install(links, "raised", more=("--platform=linux_x86_64",)) == 0
    assert (links.parent / "target" / "raised.py").read_text() == "2.0"


def test_explicit_target_decides_instead_of_the_machine(links: Path) -> None:
    assert install(links, "good-one", more=("--platform=manylinux2014_x86_64",)) == 0
    installed = links.parent / "target" / "good_one.py"
    assert installed.read_text() == "manylinux_2_17_x86_64"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("foreign", "foreign: none of its wheels fits here"),
        ("missing", "missing: none of its wheels fits here"),
        ("several==3", "none of its wheels fits here"),
        ("good-one>=1", "only names and NAME==VERSION"),
        ("-r other.txt", "only names and NAME==VERSION"),
    ],
)
def test_one_bad_requirement_leaves_nothing_installed(
    links: Path, line: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install(links, "good-one", line) == 1
    said = capsys.readouterr().err
    assert reason in said
    assert said.count("\n") == 1
    assert not (links.parent / "target").exists()


@pytest.mark.usefixtures("here")
def test_second_installation_does_not_overwrite(
    links: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install(links, "good-one") == 0
    assert install(links, "good-one") == 1
    assert "already exists" in capsys.readouterr().err


def test_wrong_target_is_one_line(
    links: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install(links, "good-one", more=("--platform=win32",)) == 2
    reason = "is not a target such as manylinux_2_28_x86_64 or linux_x86_64"
    assert capsys.readouterr().err == f"manylinux: 'win32' {reason}\n"
