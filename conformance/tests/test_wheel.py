"""The built wheel: installed where no clone is, the suite and the reference run."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from manylinux_fixtures.elf.description import Elf
from manylinux_fixtures.elf.writer import write_elf
from manylinux_fixtures.recipes.recipe import Recipe
from manylinux_fixtures.wheels.writer import write_wheel
from manylinux_spec.folder import spec_folder
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LARGEST_INSTALLATION = 60_000_000  # bytes on the disk, with what Python compiles
HIDDEN = {"__pycache__", ".mypy_cache"}
DATA = {
    "spec": ("manylinux_spec/data", {"README.md", "manylinux_spec", "tests"}),
    "conformance": (
        "manylinux_conformance/data",
        {"README.md", "manylinux_conformance", "tests", "bench"},
    ),
    "fixtures": (
        "manylinux_fixtures/data",
        {"README.md", "manylinux_fixtures", "tests"},
    ),
}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the project's wheel, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet"]
    options = ["--no-build-isolation", f"--wheel-dir={folder}", str(ROOT)]
    subprocess.run([*command, *options], check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment that sees its dependencies, not the clone.

    A path in a ``.pth`` file is searched, and the ``.pth`` files in it are not read, so
    that the editable installation of the clone is out of sight.
    """
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True
    )
    python = folder / "bin" / "python"
    command = [sys.executable, "-m", "pip", f"--python={python}", "install"]
    options = ["--no-deps", "--no-index", "--quiet", str(wheel)]
    subprocess.run([*command, *options], check=True, capture_output=True)
    [packages] = folder.glob("lib/python3.*/site-packages")
    here = sysconfig.get_path("purelib")
    (packages / "dependencies.pth").write_text(f"{here}\n")
    return folder / "bin"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def said_by(programs: Path, home: Path, name: str, *arguments: str) -> str:
    """Run an installed program away from the clone; return what it printed."""
    process = subprocess.run(
        [programs / name, *arguments],
        cwd=home,
        env={"HOME": str(home), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout + process.stderr


@pytest.mark.parametrize("tree", DATA)
def test_every_file_of_data_is_in_the_wheel(wheel: Path, tree: str) -> None:
    place, code = DATA[tree]
    paths = (path.relative_to(ROOT / tree) for path in (ROOT / tree).rglob("*.*"))
    wanted = {
        f"{place}/{path.as_posix()}{'.gz' if path.parts[0] == 'results' else ''}"
        for path in paths
        if path.parts[0] not in code and not HIDDEN & set(path.parts)
    }
    assert wanted
    assert wanted <= set(zipfile.ZipFile(wheel).namelist())


def test_with_its_dependencies_it_takes_60_megabytes(programs: Path) -> None:
    own = programs.parent.glob("lib/python3.*/site-packages/*/**/*")
    needed = (
        Path(str(distribution.locate_file(file)))
        for distribution in dependencies("manylinux-conformance")
        for file in distribution.files or ()
    )
    blocks = sum(path.stat().st_blocks for path in (*own, *needed) if path.is_file())
    assert blocks * 512 < LARGEST_INSTALLATION


def dependencies(name: str) -> list[importlib.metadata.Distribution]:
    """Return what a distribution needs, without the extras, and without itself."""
    found: dict[str, importlib.metadata.Distribution] = {}
    left = [name]
    while left:
        for line in importlib.metadata.requires(left.pop()) or ():
            requirement = Requirement(line)
            wanted = requirement.marker is None or requirement.marker.evaluate()
            if wanted and requirement.name not in found:
                found[requirement.name] = importlib.metadata.distribution(
                    requirement.name
                )
                left.append(requirement.name)
    return list(found.values())


def test_the_installed_suite_reads_its_results(programs: Path, home: Path) -> None:
    said = said_by(programs, home, "manylinux-conformance", "manifest")
    results = json.loads(said)["results"]
    folder = ROOT / "conformance" / "results"
    assert results == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.glob("*.jsonl")
    }
    said_by(programs, home, "manylinux-conformance", "lint")


def test_the_installed_packages_are_the_wheels(programs: Path, home: Path) -> None:
    program = "import manylinux_conformance as m; print(m.__path__[0])"
    said = said_by(programs, home, "python", "-c", program)
    assert said.startswith(str(programs.parent))


def test_the_installed_suite_asks_the_reference(programs: Path, home: Path) -> None:
    said = said_by(
        programs,
        home,
        *("manylinux-conformance", "run", "--tool", "reference"),
        *("--platform", "glibc-2.17", "--rule", "installer.glibc.at-least"),
    )
    assert "every difference from the rules is a recorded deviation" in said
    results = home / "build" / "conformance" / "results.jsonl"
    assert results.read_text().count('"verdict":"pass"') > 1


def test_the_installed_suite_prints_its_cases(programs: Path, home: Path) -> None:
    said = said_by(programs, home, "manylinux-conformance", "cases")
    chapters = len(list(spec_folder().glob("*.md")))
    assert said.count('"rule":') > 10 * chapters


def test_the_installed_suite_names_files_that_are_there(
    programs: Path, home: Path
) -> None:
    said = said_by(programs, home, "manylinux-conformance", "show", "tag.case.ignored")
    named = [Path(each) for each in re.findall(r"^  (/\S+):\d+", said, re.MULTILINE)]
    assert {"tags.md", "comparing.toml"} <= {path.name for path in named}
    assert all(path.is_file() for path in named)


def test_the_installed_suite_checks_an_adapter(programs: Path, home: Path) -> None:
    [adapter] = programs.parent.rglob("data/tools/reference.toml")
    said = said_by(
        programs, home, "manylinux-conformance", "adapter-check", str(adapter)
    )
    assert "works as " in said


def test_the_installed_reference_checks_a_wheel(programs: Path, home: Path) -> None:
    name = "thing-1-cp36-abi3-manylinux_2_17_x86_64.whl"
    tags = ("manylinux_2_17_x86_64",)
    recipe = Recipe(name="thing", about="", arch=("x86_64",), tags=tags, elf=())
    imports = ("memcpy@GLIBC_2.14 from libc.so.6",)
    extension = write_elf(Elf(arch="x86_64", imports=imports))
    (home / name).write_bytes(write_wheel(recipe, {"thing/_ext.so": extension}))
    assert "manylinux_2_17_x86_64" in said_by(
        programs, home, "manylinux", "check", name
    )
