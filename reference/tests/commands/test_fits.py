"""``manylinux fits``: yes, or no with the one reason and its rule."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from manylinux_reference.commands import cli
from manylinux_reference.commands import fits as fits_command
from manylinux_reference.commands.target import Target
from manylinux_reference.rules.installer.choice import PythonRanks
from manylinux_reference.rules.installer.override import load
from manylinux_reference.rules.installer.platform import Environment

GLIBC = Environment(("x86_64",), "x86_64", (2, 28))
MUSL = Environment(("x86_64",), "x86_64", None, (1, 2))
ARM = Environment(("armv8l", "armv7l"), "armv7l", (2, 31))
CP311 = PythonRanks((3, 11), "cp311")


@pytest.fixture(autouse=True)
def python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fits_command, "running_python_ranks", lambda: CP311)


def on(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> None:
    monkeypatch.setattr(fits_command, "running_target", lambda: Target(environment))


@pytest.mark.parametrize(
    ("environment", "tags"),
    [
        (GLIBC, "cp311-cp311-manylinux_2_28_x86_64"),
        (GLIBC, "cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64"),
        (GLIBC, "cp38-abi3-manylinux_2_5_x86_64"),
        (GLIBC, "py3-none-any"),
        (MUSL, "cp311-cp311-musllinux_1_2_x86_64"),
        (ARM, "cp311-cp311-manylinux_2_31_armv7l"),
    ],
)
def test_wheel_that_fits_ends_with_status_0(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environment: Environment,
    tags: str,
) -> None:
    on(monkeypatch, environment)
    assert cli.main(["fits", f"dist/p-1-{tags}.whl"]) == 0
    assert capsys.readouterr().out.startswith(f"p-1-{tags}.whl: yes, ")


@pytest.mark.parametrize(
    ("environment", "tags", "reason"),
    [
        (
            GLIBC,
            "cp311-cp311-manylinux_2_28_aarch64",
            "it is for aarch64, this is x86_64 (installer.architecture.equal)",
        ),
        (
            GLIBC,
            "cp311-cp311-win_amd64",
            "it is for Windows, this is x86_64 with glibc 2.28 (PEP 425)",
        ),
    ],
)
def test_wheel_that_does_not_fit_ends_with_status_1_and_one_reason(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environment: Environment,
    tags: str,
    reason: str,
) -> None:
    on(monkeypatch, environment)
    assert cli.main(["fits", f"p-1-{tags}.whl"]) == 1
    assert capsys.readouterr().out == f"p-1-{tags}.whl: no: {reason}\n"


def test_veto_names_the_module(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    veto = "def manylinux_compatible(*_): return False\n"
    (tmp_path / "_manylinux.py").write_text(veto)
    vetoed = Target(GLIBC, load([str(tmp_path)]))
    monkeypatch.setattr(fits_command, "running_target", lambda: vetoed)
    assert cli.main(["fits", "p-1-cp311-cp311-manylinux_2_17_x86_64.whl"]) == 1
    assert "the _manylinux module in" in capsys.readouterr().out


def test_other_target_is_asked_about(capsys: pytest.CaptureFixture[str]) -> None:
    wheel = "p-1-cp311-cp311-manylinux_2_28_aarch64.whl"
    target = "--platform=manylinux_2_17_aarch64"
    assert cli.main(["fits", target, wheel]) == 1
    assert "needs glibc 2.28 or newer, this system has 2.17" in capsys.readouterr().out
    assert cli.main(["fits", "--platform=win32", wheel]) == 2


@pytest.mark.parametrize("name", ["p-1.tar.gz", "p.whl", "p-1-py3-none-.whl"])
def test_what_is_no_wheel_ends_with_status_2(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert cli.main(["fits", name]) == 2
    assert capsys.readouterr().err.startswith(
        f"{name}: the name is not that of a wheel"
    )


def test_folder_stands_for_its_wheels(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    on(monkeypatch, GLIBC)
    assert cli.main(["fits", str(tmp_path)]) == 2
    assert "there is no wheel in the folder" in capsys.readouterr().err
    for tags in ("py3-none-any", "py3-none-win32"):
        (tmp_path / f"p-1-{tags}.whl").touch()
    (tmp_path / "p-1.tar.gz").touch()
    assert cli.main(["fits", str(tmp_path)]) == 1
    words = [line.split()[1] for line in capsys.readouterr().out.splitlines()]
    assert words == ["yes,", "no:"]


def test_json_has_the_reason_and_the_rule_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    on(monkeypatch, GLIBC)
    names = ["p-1-py3-none-any.whl", "p-1-py3-none-win32.whl", "p.whl"]
    assert cli.main(["fits", "--json", *names]) == 2
    fits, other, none = map(json.loads, capsys.readouterr().out.splitlines())
    place = "x86_64 with glibc 2.28"
    assert fits == {"wheel": names[0], "fits": True, "here": place}
    assert other["reason"] == f"it is for Windows, this is {place}"
    assert (other["fits"], other["rule"]) == (False, "PEP 425")
    assert (none["fits"], none["rule"]) == (False, "installer.filename.malformed")


def test_process_tells_of_this_machine() -> None:
    command = [sys.executable, "-m", "manylinux_reference.commands.cli"]
    process = subprocess.run(
        [*command, "fits", "p-1-py3-none-any.whl"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert process.stdout.startswith("p-1-py3-none-any.whl: yes, it fits ")
