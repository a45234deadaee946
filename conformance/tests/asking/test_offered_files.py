"""Offered files: what is in wheels and in source distributions."""

import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from manylinux_conformance.asking.offered_files import offered_files
from manylinux_conformance.questions.probe_project import PREFIX, Offer, ProbeProject

BUILT = Offer("win_arm64", release="2", built=True)


def files(offer: Offer) -> dict[str, bytes]:
    return dict(offered_files(ProbeProject("rule/name", (offer,)), PREFIX))


def test_a_wheel_names_its_release_and_its_build_number() -> None:
    name, content = next(iter(files(Offer("win32", release="2", build=3)).items()))
    project = name.partition("-")[0]
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        metadata = wheel.read(f"{project}-2.dist-info/METADATA").decode()
        settings = wheel.read(f"{project}-2.dist-info/WHEEL").decode()
    assert "Version: 2\n" in metadata
    assert "Build: 3\n" in settings


def test_the_back_end_of_a_source_distribution_makes_the_wheel(tmp_path: Path) -> None:
    name, content = next(iter(files(BUILT).items()))
    assert name.endswith("-2.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(content)) as source:
        source.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    script = "import back_end; print(back_end.build_wheel('..'))"
    command = [sys.executable, "-c", script]
    said = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout
    wheel = tmp_path / said.decode().strip()
    assert wheel.name.endswith("-2-py3-none-win_arm64.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None


def test_equal_projects_give_equal_bytes() -> None:
    assert files(BUILT) == files(BUILT)
