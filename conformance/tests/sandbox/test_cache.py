"""The cache: what is stored, how large it is, and how one is rid of it."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from manylinux_conformance.cli.main import main


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "manylinux-conformance"
    for name, size in (("tools/pip-26.3", 3), ("tools/uv-1", 1), ("corpus/0123", 2)):
        (folder / name).mkdir(parents=True)
        (folder / name / "file").write_bytes(b"x" * size * 1024 * 1024)
    (folder / "tools" / "pip-26.3.lock").touch()
    return folder


def names(pattern: str = "*") -> list[str]:
    said = CliRunner().invoke(main, ["cache", "list", pattern])
    assert said.exit_code == 0, said.output
    return [line.split("MB  ")[1] for line in said.output.splitlines()[:-1]]


def test_what_is_stored_is_listed_by_size(cache: Path) -> None:
    assert names() == ["tools/pip-26.3", "corpus/0123", "tools/uv-1"]
    said = CliRunner().invoke(main, ["cache", "list"]).output
    assert f"6.0 MB  in {cache}" in said


def test_what_a_pattern_matches_is_removed(cache: Path) -> None:
    said = CliRunner().invoke(main, ["cache", "clean", "tools/pip-*"])
    assert said.exit_code == 0, said.output
    assert names() == ["corpus/0123", "tools/uv-1"]
    assert not list(cache.rglob("*.lock"))


def test_a_link_is_removed_and_not_what_it_leads_to(
    cache: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (cache / "tools" / "link").symlink_to(kept)
    assert CliRunner().invoke(main, ["cache", "clean"]).exit_code == 0
    assert names() == []
    assert kept.is_dir()


def test_an_empty_cache_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert names() == []
