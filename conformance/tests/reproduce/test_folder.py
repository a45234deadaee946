"""The folder: what lies in it, what its page says, and what is refused."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from manylinux_conformance.cli.main import main
from manylinux_conformance.platforms.interpreters import running_interpreter
from tests.reproduce.conftest import Reproduced

UPLOADED = "index.upload.digest/wrong"
ORDER = "installer.order.linux/linux-before-a-legacy-tag"
VETO = "override.standard-library/module-that-vetoes"


def asked(folder: Path, *arguments: str) -> Result:
    command = ["reproduce", *arguments, "--output", str(folder)]
    return CliRunner().invoke(main, command)


def test_the_folder_has_the_candidates_and_what_is_asked_for(
    reproduced: Reproduced,
) -> None:
    folder = reproduced(ORDER, "uv==0.13.9", "glibc-2.17")

    (line,) = (folder / "requirements.txt").read_text().splitlines()
    project, _, version = line.partition("==")
    tags = ("any", "linux_x86_64", "manylinux2014_x86_64")
    names = {path.name for path in (folder / "wheels").iterdir()}
    assert names == {f"{project}-{version}-py3-none-{tag}.whl" for tag in tags}


def test_the_script_is_one_of_any_posix_shell(reproduced: Reproduced) -> None:
    script = reproduced(ORDER, "uv==0.13.9") / "run.sh"
    subprocess.run(["/bin/sh", "-n", script], check=True)
    assert script.stat().st_mode & 0o111


@pytest.mark.parametrize("tool", ["pip==26.3", "uv==0.13.9", "poetry==2.5.1"])
def test_nothing_in_the_folder_names_this_project_or_this_machine(
    reproduced: Reproduced, tool: str
) -> None:
    folder = reproduced(VETO, tool, "glibc-2.36")
    interpreter = str(running_interpreter().path.parent)
    for path in folder.iterdir():
        if path.is_file():
            content = path.read_bytes()
            assert str(Path.home()).encode() not in content, path.name
            assert interpreter.encode() not in content, path.name
            assert not re.search(rb"(import|from) manylinux_conf", content), path.name


def test_the_page_can_be_sent(reproduced: Reproduced) -> None:
    page = (reproduced(ORDER, "uv==0.13.9", "glibc-2.17") / "README.md").read_text()
    for text in (
        "| expected | `linux_x86_64` |",
        "> A wheel for `linux_` and the environment's architecture SHOULD",
        "level should, a proposal of this specification",
        "pip #3844",
        "<https://github.com/astral-sh/uv/pull/19804>",
        "`uv==0.13.9`",
        "sh run.sh",
    ):
        assert text in page


def test_the_platform_is_one_with_a_difference(tmp_path: Path) -> None:
    case = "installer.glibc.newer-major/newest-minor-of-the-smaller-major"
    said = asked(tmp_path / "new", case, "--tool", "uv==0.13.9")
    assert "on glibc-3.1" in said.output


def test_a_module_lies_beside_the_standard_library(reproduced: Reproduced) -> None:
    folder = reproduced(VETO, "pip==26.3", "glibc-2.36")
    assert "manylinux_compatible" in (folder / "_manylinux.py").read_text()
    assert (folder / "beside_standard_library.py").exists()


def test_a_container_has_a_command_of_docker_and_no_shim(
    reproduced: Reproduced,
) -> None:
    folder = reproduced(VETO, "pip==26.3", "debian-12-s390x")
    script = (folder / "run.sh").read_text()
    assert "docker run --rm --network none" in script
    assert '"${IMAGE:-' in script
    assert not (folder / "shim.c").exists()


@pytest.mark.parametrize(
    ("case", "tool", "platform", "said"),
    [
        (ORDER + "x", "uv==0.13.9", "", f"is no case; did you mean {ORDER}"),
        (ORDER, "uw==0.13.9", "", "no such tool; there are"),
        (ORDER, "uv==0.13", "", "version 0.13 is not pinned; there are 0.13.9"),
        (ORDER, "uv==0.13.9", "glibc-2.7", "did you mean glibc-2.17"),
        (ORDER, "reference", "", "is in no package index"),
        (UPLOADED, "pypiserver==2.4.2", "", "is an upload, and no folder is written"),
        (ORDER, "auditwheel==6.8.2", "", "is no wheel"),
        (
            "builder.level.kept/wheel-of-a-back-end",
            "setuptools==84.2.1",
            "",
            "cases of the role builder are not supported yet",
        ),
        (
            "installer.release.lock/newest-release-fits",
            "uv==0.13.9",
            "",
            "writes no lock file",
        ),
    ],
)
def test_what_cannot_be_reproduced_is_refused(
    tmp_path: Path, case: str, tool: str, platform: str, said: str
) -> None:
    options = ("--platform", platform) if platform else ()
    result = asked(tmp_path / "new", case, "--tool", tool, *options)
    assert result.exit_code in {2, 3}
    assert said in result.output
    assert not (tmp_path / "new").exists()


def test_a_folder_with_something_in_it_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    result = asked(tmp_path, ORDER, "--tool", "uv==0.13.9")
    assert result.exit_code == 2
    assert "is no empty folder" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
