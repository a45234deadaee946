"""Why a wheel does not fit: one reason, the nearest, with its rule."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from manylinux_reference.reading.wheel.filename import read_filename
from manylinux_reference.rules.installer.choice import PythonRanks
from manylinux_reference.rules.installer.order import Ranks
from manylinux_reference.rules.installer.override import load
from manylinux_reference.rules.installer.platform import Environment
from manylinux_reference.rules.installer.refusal import here, refusal

GLIBC = Environment(("x86_64",), "x86_64", (2, 28))
MUSL = Environment(("x86_64",), "x86_64", None, (1, 2))
NO_LINUX = Environment((), "", None)
MIPS = Environment(("mips64",), "", (2, 36))
CP311 = PythonRanks((3, 11), "cp311")
NEWER_THAN_2_28 = "it needs glibc 2.34 or newer, this system has 2.28"


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
            "cp311-cp311-manylinux_2_34_x86_64",
            f"{NEWER_THAN_2_28} (installer.glibc.at-least)",
        ),
        (  # the nearest reason of several
            GLIBC,
            "cp311-cp311-manylinux_2_17_aarch64.manylinux_2_34_x86_64",
            f"{NEWER_THAN_2_28} (installer.glibc.at-least)",
        ),
        (
            GLIBC,
            "cp314-cp314-manylinux_2_28_x86_64",
            (
                "it is for cp314 with ABI cp314, this Python is cp311 with ABI cp311 "
                "(PEP 425)"
            ),
        ),
        (
            GLIBC,
            "cp311-cp311d-manylinux_2_28_x86_64",
            (
                "it is for cp311 with ABI cp311d, this Python is cp311 with ABI cp311 "
                "(PEP 425)"
            ),
        ),
        (
            GLIBC,
            "cp311-cp311-musllinux_1_2_x86_64",
            (
                "musllinux_1_2_x86_64 is for a machine with that musl, "
                "this is x86_64 with glibc 2.28 (PEP 656)"
            ),
        ),
        (
            MUSL,
            "cp311-cp311-manylinux_2_28_x86_64",
            (
                "it needs glibc 2.28, and this is x86_64 with musl 1.2 "
                "(platform.glibc-only)"
            ),
        ),
        (
            GLIBC,
            "cp311-cp311-win_amd64",
            "it is for Windows, this is x86_64 with glibc 2.28 (PEP 425)",
        ),
        (
            GLIBC,
            "cp311-cp311-macosx_11_0_arm64",
            "it is for macOS, this is x86_64 with glibc 2.28 (PEP 425)",
        ),
        (
            GLIBC,
            "cp311-cp311-linux_armv7l",
            (
                "it is for the machine armv7l that built it, this is "
                "x86_64 with glibc 2.28 (tag.linux.promises-nothing)"
            ),
        ),
        (
            GLIBC,
            "cp311-cp311-manylinux_glibc_2_17_x86_64",
            "manylinux_glibc_2_17_x86_64 is no platform tag of Linux (tag.form)",
        ),
        (
            NO_LINUX,
            "cp311-cp311-manylinux_2_28_x86_64",
            "it is for Linux, this is not (platform.linux-only)",
        ),
        (
            MIPS,
            "cp311-cp311-manylinux_2_28_x86_64",
            (
                "it is for x86_64, this is a machine (mips64 with glibc 2.36) that no "
                "such tag names (installer.architecture.equal)"
            ),
        ),
        (
            GLIBC,
            "cp311-cp311-manylinux_2_28_x86_64..any",
            "'manylinux_2_28_x86_64..any' has an empty member (PEP 425)",
        ),
        (
            GLIBC,
            "cp311-cp311-any",
            "its ABI cp311 is that of one platform, so 'any' fits nothing (PEP 425)",
        ),
    ],
)
def test_wheel_that_does_not_fit_has_one_reason(
    environment: Environment, tags: str, reason: str
) -> None:
    why = refusal(read_filename(f"p-1-{tags}.whl"), CP311, Ranks(environment))
    assert why is not None
    assert f"{why.reason} ({why.rule})" == reason


@pytest.mark.parametrize(
    ("environment", "tags"),
    [
        (GLIBC, "cp311-cp311-manylinux_2_28_x86_64"),
        (GLIBC, "cp38-abi3-manylinux_2_34_x86_64.manylinux_2_5_x86_64"),
        (GLIBC, "py3-none-any"),
        (MUSL, "cp311-cp311-musllinux_1_2_x86_64"),
    ],
)
def test_wheel_that_fits_has_none(environment: Environment, tags: str) -> None:
    assert refusal(read_filename(f"p-1-{tags}.whl"), CP311, Ranks(environment)) is None


@pytest.mark.parametrize(
    ("environment", "nearer", "farther"),
    [
        (GLIBC, "manylinux_2_34_x86_64", "manylinux_2_17_aarch64"),
        (GLIBC, "manylinux_2_17_aarch64", "musllinux_1_2_x86_64"),
        (GLIBC, "linux_armv7l", "musllinux_1_2_x86_64"),
        (GLIBC, "manylinux_2_34_x86_64", "linux_armv7l"),
        (NO_LINUX, "linux_armv7l", "manylinux_2_17_x86_64"),
        (GLIBC, "musllinux_1_2_x86_64", "win_amd64"),
        (GLIBC, "win32", "windows_11"),
        (GLIBC, "win32", "abc"),
        (NO_LINUX, "manylinux_2_17_x86_64", "android_21_arm64_v8a"),
        (MUSL, "manylinux_2_17_x86_64", "manylinux_2_17_aarch64"),
        (NO_LINUX, "manylinux_2_17_x86_64", "macosx_11_0_arm64"),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_the_nearest_reason_is_told(
    environment: Environment, nearer: str, farther: str, turn: int
) -> None:
    ranks = Ranks(environment)
    alone = refusal(read_filename(f"p-1-cp311-cp311-{nearer}.whl"), CP311, ranks)
    both = ".".join((nearer, farther)[::turn])
    assert refusal(read_filename(f"p-1-cp311-cp311-{both}.whl"), CP311, ranks) == alone


@pytest.mark.parametrize(
    ("tag", "system"),
    [
        ("win_arm64", "Windows"),
        ("win32", "Windows"),
        ("macosx_11_0_arm64", "macOS"),
        ("ios_13_0_arm64_iphoneos", "iOS"),
        ("android_21_arm64_v8a", "Android"),
        ("pyodide_2024_0_wasm32", "Pyodide"),
        ("emscripten_3_1_58_wasm32", "Emscripten"),
        ("wasi_0_0_0_wasm32", "WASI"),
    ],
)
def test_other_systems_are_called_by_their_names(tag: str, system: str) -> None:
    why = refusal(read_filename(f"p-1-py3-none-{tag}.whl"), CP311, Ranks(GLIBC))
    assert why is not None
    assert why.reason == f"it is for {system}, this is x86_64 with glibc 2.28"
    assert why.rule == "PEP 425"


@pytest.mark.parametrize("prefix", ["musllinux_", "solaris_"])
def test_a_long_tag_is_cut(prefix: str) -> None:
    tag = prefix + "1" * 100
    why = refusal(read_filename(f"p-1-py3-none-{tag}.whl"), CP311, Ranks(GLIBC))
    assert why is not None
    assert tag[:80] in why.reason
    assert tag[:81] not in why.reason


def test_a_veto_names_the_module(tmp_path: Path) -> None:
    path = tmp_path / "_manylinux.py"
    path.write_text("def manylinux_compatible(*_): return False\n")
    ranks = Ranks(GLIBC, load([str(tmp_path)]))
    name = read_filename("p-1-cp311-cp311-manylinux_2_17_x86_64.whl")
    why = refusal(name, CP311, ranks)
    assert why is not None
    assert why.reason == f"the _manylinux module in {path} forbids it"
    assert why.rule == "override.boolean"
    both = read_filename(f"p-1-cp311-cp311-manylinux_2_34_x86_64.{name.platform}.whl")
    assert refusal(both, CP311, ranks) == why
    bare = ModuleType("_manylinux")
    vars(bare)["manylinux_compatible"] = lambda *_: False
    why = refusal(name, CP311, Ranks(GLIBC, bare))
    assert why is not None
    assert why.reason == "the _manylinux module in its folder forbids it"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        (GLIBC, "x86_64 with glibc 2.28"),
        (MUSL, "x86_64 with musl 1.2"),
        (MIPS, "mips64 with glibc 2.36"),
        (NO_LINUX, "no Linux"),
        (Environment(("i686", "x86_64"), "", None), "i686, x86_64"),
    ],
)
def test_an_environment_is_named(environment: Environment, words: str) -> None:
    assert here(environment) == words
