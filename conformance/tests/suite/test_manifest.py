"""The manifest: what a release says of its files, and what is not as it says."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from manylinux_conformance.cli.main import main
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.suite.manifest import LARGEST

NAME = "builder-gcc-12.jsonl"


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "manifest.json"
    path.write_text(CliRunner().invoke(main, ["manifest"]).stdout)
    return path


def verified(path: Path, manifest: Path, *more: str) -> Result:
    command = ["verify", str(path), "--manifest", str(manifest), *more]
    return CliRunner().invoke(main, command)


@pytest.mark.parametrize(("more", "status"), [("", 0), ("\n", 1)])
def test_a_changed_results_file_is_told(
    tmp_path: Path, manifest: Path, more: str, status: int
) -> None:
    copy = tmp_path / NAME
    copy.write_text((data_folder("results") / NAME).read_text() + more)
    assert verified(copy, manifest).exit_code == status


def test_a_changed_or_unknown_wheel_is_told(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"as locked").hexdigest()
    said = (
        '{"format":1,"edition":"2026.1","suite":"1","rules_lock":"0","results":{},'
        f'"corpus":{{"a/x-1.whl":"{digest}","a/y-1.whl":"{digest}"}}}}'
    )
    (tmp_path / "manifest.json").write_text(said)
    corpus = tmp_path / "corpus"
    (corpus / "a").mkdir(parents=True)
    for name, content in (("x", "as locked"), ("y", "changed"), ("z", "new")):
        (corpus / "a" / f"{name}-1.whl").write_text(content)
    told = verified(corpus, tmp_path / "manifest.json")
    assert told.exit_code == 1
    assert told.output.splitlines() == [
        f"{corpus}/a/y-1.whl: is not what the manifest says",
        f"{corpus}/a/z-1.whl: the manifest knows no such wheel",
    ]


@pytest.mark.parametrize("content", ["", "{}", "[]", "\x00"])
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    told = verified(tmp_path, tmp_path / "manifest.json")
    assert told.exit_code == 2
    assert re.search(
        r"manifest\.json: .*(JSON|truncated|missing|Expected)", told.output
    )


def test_results_that_the_manifest_does_not_name_are_refused(
    tmp_path: Path, manifest: Path
) -> None:
    other = tmp_path / "builder-gcc-99.jsonl"
    other.write_text("")
    told = verified(other, manifest)
    assert told.exit_code == 2
    assert f"{other}: the manifest names no results" in told.output


def test_a_folder_without_a_wheel_is_refused(tmp_path: Path, manifest: Path) -> None:
    told = verified(tmp_path, manifest)
    assert told.exit_code == 2
    assert f"{tmp_path}: holds no wheel" in told.output


def test_packed_results_are_those_that_were_packed(
    tmp_path: Path, manifest: Path
) -> None:
    packed = tmp_path / f"{NAME}.gz"
    packed.write_bytes(gzip.compress((data_folder("results") / NAME).read_bytes()))
    assert verified(packed, manifest).exit_code == 0
    packed.write_bytes(gzip.compress(b"changed"))
    assert verified(packed, manifest).exit_code == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not what the manifest says"),
        (b"text", "cannot be unpacked"),
        (gzip.compress(b"cut", mtime=0)[:-9], "cannot be unpacked"),
        (gzip.compress(bytes(LARGEST + 1)), "holds more than"),
    ],
)
def test_what_cannot_be_unpacked_is_named(
    tmp_path: Path, manifest: Path, content: bytes, reason: str
) -> None:
    packed = tmp_path / f"{NAME}.gz"
    packed.write_bytes(content)
    told = verified(packed, manifest)
    assert told.exit_code in {1, 2}
    assert f"{packed}: {reason}" in told.output


def test_an_attestation_needs_somebody_who_signed(manifest: Path) -> None:
    path = data_folder("results") / NAME
    told = verified(path, manifest, "--attestation", str(manifest))
    assert (told.exit_code, "--identity" in told.output) == (2, True)


def test_without_the_library_it_is_said_what_is_missing(
    manifest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec

    def lacks_sigstore(name: str, package: str | None = None) -> object:
        return None if name == "sigstore" else find(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", lacks_sigstore)
    path = data_folder("results") / NAME
    signed = ("--attestation", str(manifest), "--identity", "https://m.example")
    told = verified(path, manifest, *signed)
    assert told.exit_code == 3
    assert "sigstore: is not installed" in told.output
    assert "manylinux-conformance[verify]" in told.output
