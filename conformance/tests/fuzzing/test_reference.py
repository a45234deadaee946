"""Asking the reference: the right one, and a copy that is put before it."""

from __future__ import annotations

from pathlib import Path

from tests.fuzzing.archives.bases import base
from tests.fuzzing.archives.model import Change, write
from tests.fuzzing.reference import Reference, Verdict


def wheel(folder: Path, *changes: Change) -> Path:
    path = folder / "p-1-py3-none-any.whl"
    files = base("p", "stored")
    path.write_bytes(write(files.files, changes, wide=False))
    return path


def test_wheel_without_faults_is_read_with_its_files(tmp_path: Path) -> None:
    (said,) = Reference().verdicts([wheel(tmp_path)], "files")
    assert said.outcome == "no-elf"
    assert set(said.files) == {file.name for file in base("p", "stored").files}


def test_wheel_of_two_readings_is_not_readable(tmp_path: Path) -> None:
    (said,) = Reference().verdicts([wheel(tmp_path, Change("local 0", "crc", 7))])
    assert not said.is_readable
    assert said.grounds


def test_other_copy_of_the_reference_is_asked(tmp_path: Path) -> None:
    package = tmp_path / "manylinux_reference"
    for name in ("", "commands", "reading", "mutants"):
        folder = package / name
        folder.mkdir()
        (folder / "__init__.py").touch()
    (package / "mutants/mutation.py").write_text("mutated = None\n")
    (package / "reading/archive.py").write_text("Archive = None\n")
    (package / "reading/inflate.py").write_text("chunks = None\n")
    (package / "commands/many_wheels.py").write_text(
        "def report_on(path):\n    raise IndexError('other copy')\n"
    )
    said = Reference(tmp_path).verdicts([tmp_path])
    assert said == [Verdict("crashed", ("IndexError: other copy",))]
