"""A full disk and a dead network are called that where images are prepared."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tiny_disk import DEAD, FULL, called, on_tiny_disk, run, suite

from .conftest import FakeEngine
from .debian_archive import PROGRAMS, Suite, needed, write_suite


def test_an_image_does_not_fit(fake_engine: FakeEngine, tmp_path: Path) -> None:
    needed(*PROGRAMS)
    write_suite(tmp_path / "mirror", Suite("bookworm", ("s390x",)))
    line = f"deb [trusted=yes] copy:{tmp_path}/mirror bookworm main"
    tiny = tmp_path / "tiny"
    tiny.mkdir()
    if on_tiny_disk(tiny, "64k", ("true",), {}).returncode:
        pytest.skip("needs the right to mount a file system in a namespace of its own")
    variables = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "TMPDIR": str(tiny)}
    called(on_tiny_disk(tiny, "128k", prepare(line), variables), FULL)
    assert not fake_engine.archives


def prepare(mirror: str) -> tuple[str, ...]:
    where = ("--source=mirror", f"--mirror={mirror}")
    return suite("platforms", "prepare", "debian-12-s390x", *where)


@pytest.mark.parametrize("address", DEAD)
def test_the_mirror_is_not_there(
    fake_engine: FakeEngine, tmp_path: Path, address: str
) -> None:
    needed(*PROGRAMS)
    line = f"deb [trusted=yes] {address}/debian bookworm main"
    said = run(prepare(line), {"XDG_CACHE_HOME": str(tmp_path)})
    called(said, "the mirror cannot be reached")
    assert not fake_engine.archives


@pytest.mark.parametrize("address", DEAD)
def test_the_index_of_published_packages_is_not_there(
    fake_engine: FakeEngine, tmp_path: Path, address: str
) -> None:
    needed("npm")
    variables = {
        "XDG_CACHE_HOME": str(tmp_path),
        "npm_config_registry": address,
        "npm_config_fetch_retries": "0",
        "npm_config_cache": str(tmp_path / "npm"),
    }
    command = suite("platforms", "prepare", "real-glibc-2.17-x86_64")
    called(run(command, variables), "its index cannot be reached")
    assert not fake_engine.archives
