"""The ``manylinux`` command, as a process and called."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from manylinux_reference.commands import cli
from manylinux_reference.commands import install as install_command
from manylinux_reference.commands import tags as tags_command
from manylinux_reference.commands.requirements import (
    Requirement,
    RequirementError,
    normalized,
    read_requirements,
    wheels,
)
from manylinux_reference.commands.target import Target, running_target
from manylinux_reference.rules.installer.order import platform_tags
from manylinux_reference.rules.installer.override import OverrideError
from manylinux_reference.rules.installer.platform import Environment


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target(Environment(("x86_64",), "x86_64", (2, 28)))
    for command in (install_command, tags_command):
        monkeypatch.setattr(command, "running_target", lambda: target)


@pytest.fixture
def links(tmp_path: Path) -> Path:
    folder = tmp_path / "links"
    folder.mkdir()
    for tag in ("any", "manylinux_2_28_x86_64", "manylinux_2_17_x86_64"):
        _write(folder, f"good_one-1-py3-none-{tag}.whl", tag)
    _write(folder, "foreign-1-py3-none-win_amd64.whl", "foreign")
    for version in "12":
        _write(folder, f"several-{version}-py3-none-any.whl", version)
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
        ("several", "which version"),
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
    assert "is there already" in capsys.readouterr().err


def test_wrong_target_is_one_line(
    links: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install(links, "good-one", more=("--platform=win32",)) == 1
    assert cli.main(["tags", "--platform=win32"]) == 1
    assert (
        capsys.readouterr().err.splitlines()
        == ["manylinux: 'win32' is not a manylinux tag"] * 2
    )


@pytest.mark.usefixtures("here")
def test_tags_are_printed_best_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tags"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed == platform_tags(Environment(("x86_64",), "x86_64", (2, 28)))
    assert cli.main(["tags", "--platform", "manylinux_2_18_s390x"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "manylinux_2_18_s390x",
        "manylinux_2_17_s390x",
        "manylinux2014_s390x",
    ]


def test_broken_override_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Target:
        raise OverrideError("_manylinux: ValueError: table")

    monkeypatch.setattr(tags_command, "running_target", broken)
    assert cli.main(["tags"]) == 1
    assert capsys.readouterr().err == "manylinux: _manylinux: ValueError: table\n"


def test_process_prints_this_machines_tags() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "manylinux_reference.commands.cli", "tags"],
        capture_output=True,
        text=True,
        check=True,
    )
    target = running_target()
    assert process.stdout.splitlines() == platform_tags(
        target.environment, target.module
    )


def test_serve_ends_with_its_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    assert cli.main(["serve"]) == 0


@pytest.mark.parametrize("command", ["tags", "install", "serve"])
def test_help_shows_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert f"manylinux {command}" in printed.partition("example")[2]


@pytest.mark.parametrize("words", [[], ["dance"]])
def test_wrong_command_ends_with_status_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("line", "requirement"),
    [
        ("probe1", Requirement("probe1")),
        ("  A.B-c == 1.0 ", Requirement("a_b_c", "1.0")),
        ("p==1!2+local", Requirement("p", "1!2+local")),
    ],
)
def test_requirement_is_a_name_and_perhaps_a_version(
    tmp_path: Path, line: str, requirement: Requirement
) -> None:
    (tmp_path / "r.txt").write_text(f"{line}\n")
    assert read_requirements(tmp_path / "r.txt") == [requirement]


def test_unreadable_requirements_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(RequirementError, match="missing"):
        read_requirements(tmp_path / "missing")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(RequirementError, match="binary"):
        read_requirements(tmp_path / "binary")
    with pytest.raises(RequirementError, match="nowhere"):
        wheels(tmp_path / "nowhere", Requirement("p"))


def test_names_are_normalized_as_in_wheel_names() -> None:
    assert normalized("Foo-._-Bar") == "foo_bar"


def test_importing_the_tags_loads_next_to_nothing() -> None:
    script = (
        "import sys; before = set(sys.modules); import manylinux_reference.rules.tags; "
        "print(*sorted(set(sys.modules) - before))"
    )
    process = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in process.stdout.split()}
    assert loaded <= {"manylinux_reference", "__future__"}
