"""A full disk and a dead network are called that: real processes on tiny disks."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from tests.tiny_disk import DEAD, FULL, called, on_tiny_disk, run, suite

SIZE = 8 << 20  # bytes that what is fetched has at least
TOOL = """
name = "gadget"
roles = ["installer"]
[provide]
pypi = ["gadget=={version}"]
inside = true
[installer]
command = ["{python}", "-m", "gadget", "{links}"]
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return the folder that processes of ``run_on`` see as a disk of its own."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    if on_tiny_disk(folder, "64k", ("true",), {}).returncode:
        pytest.skip("needs the right to mount a file system in a namespace of its own")
    return folder


@pytest.fixture
def gadget(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Write an adapter and its wheel, which does not fit on a tiny disk."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    name = "gadget-1.dist-info"
    with zipfile.ZipFile(folder / "gadget-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("gadget.py", "")
        wheel.writestr("large", os.urandom(SIZE))
        wheel.writestr(
            f"{name}/METADATA", "Metadata-Version: 2.1\nName: gadget\nVersion: 1\n"
        )
        wheel.writestr(f"{name}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{name}/RECORD", "")
    file = tmp_path / "gadget.toml"
    file.write_text(TOOL.replace("[provide]", 'versions = ["1"]\n[provide]'))
    return file, {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder)}


def asked(tool: Path, output: Path) -> tuple[str, ...]:
    """Return the command that asks a tool one rule on one model."""
    where = ("--modelled", "--platform=glibc-2.36", "--rule=installer.glibc.at-least")
    return suite("run", f"--tool={tool}", *where, f"--output={output}")


def own_cache(tmp_path: Path) -> dict[str, str]:
    own = {"PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    return own | {"XDG_CACHE_HOME": str(tmp_path / "cache")}


@pytest.mark.usefixtures("tiny")
def test_the_cache_of_packages_is_full(
    tmp_path: Path, gadget: tuple[Path, dict[str, str]]
) -> None:
    tool, wheels = gadget
    variables = wheels | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    tools = tmp_path / "cache" / "manylinux-conformance" / "tools"
    tools.mkdir(parents=True)
    said = on_tiny_disk(tools, "1m", asked(tool, tmp_path / "out"), variables)
    called(said, f"gadget 1 was asked nothing: {FULL}")


@pytest.mark.parametrize(
    ("which", "size"), [("cache", "8k"), ("out", "8k"), ("scratch", "64k")]
)
def test_another_folder_of_a_run_is_full(
    tiny: Path, tmp_path: Path, which: str, size: str
) -> None:
    places = {each: tmp_path / each for each in ("cache", "out", "scratch")}
    places[which] = tiny
    places["scratch"].mkdir(exist_ok=True)
    variables = {
        "XDG_CACHE_HOME": str(places["cache"]),
        "TMPDIR": str(places["scratch"]),
    }
    command = asked(Path("reference"), places["out"])
    called(on_tiny_disk(tiny, size, command, variables), FULL)


@pytest.mark.parametrize("address", DEAD)
def test_the_package_index_is_not_there(
    tmp_path: Path, gadget: tuple[Path, dict[str, str]], address: str
) -> None:
    variables = own_cache(tmp_path) | {"PIP_INDEX_URL": f"{address}/simple"}
    variables |= {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": ""}
    command = asked(gadget[0], tmp_path / "out")
    said = run(command, variables)
    reason = "gadget 1 was asked nothing: the package index cannot be reached"
    called(said, reason)
