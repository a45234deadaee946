"""Attestations: who signed for a manifest, found out without a network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from manylinux_conformance.cli.main import main
from tests.suite.signer import IN_TOTO, PROVENANCE, Bundle, Signer

WORKFLOW = (
    "https://host.example/us/suite/.github/workflows/release.yml@refs/tags/2026.1"
)
DIGEST = hashlib.sha256(b"as locked").hexdigest()
MANIFEST = (
    '{"format":1,"edition":"2026.1","suite":"1","rules_lock":"0","results":{},'
    f'"corpus":{{"a/x-1.whl":"{DIGEST}"}}}}'
)


@dataclass(frozen=True, slots=True)
class Release:
    """A folder with a manifest, what was signed for it, and the signer's root."""

    folder: Path
    signer: Signer

    def sign(
        self,
        bundle: Bundle | None = None,
        *,
        workflow: str = WORKFLOW,
        predicate: str = PROVENANCE,
        form: str = IN_TOTO,
    ) -> None:
        """Write a bundle; by default the workflow's for the manifest as it is."""
        files = [(self.folder / "manifest.json").read_bytes(), b"another file"]
        bundle = bundle or self.signer.bundle(files, workflow, predicate, form)
        (self.folder / "bundle.json").write_text(json.dumps(bundle))

    def verified(self, *more: str, identity: str = WORKFLOW) -> Result:
        """Verify the one wheel by the manifest, and the manifest by the bundle."""
        command = ["verify", str(self.folder / "corpus"), "--manifest"]
        command += [str(self.folder / "manifest.json"), "--identity", identity]
        command += ["--trusted-root", str(self.folder / "root.json")]
        bundle = ["--attestation", str(self.folder / "bundle.json")]
        return CliRunner().invoke(main, [*command, *bundle, *more])


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


@pytest.fixture
def release(tmp_path: Path, signer: Signer) -> Release:
    """Return a release that its workflow has signed."""
    wheel = tmp_path / "corpus" / "a" / "x-1.whl"
    wheel.parent.mkdir(parents=True)
    wheel.write_text("as locked")
    (tmp_path / "manifest.json").write_text(MANIFEST)
    (tmp_path / "root.json").write_text(signer.trusted_root)
    made = Release(tmp_path, signer)
    made.sign()
    return made


def test_what_the_workflow_has_signed_is_good(release: Release) -> None:
    told = release.verified()
    assert (told.exit_code, told.output.strip()[-len(WORKFLOW) :]) == (0, WORKFLOW)


def test_a_changed_wheel_is_told_though_the_manifest_is_signed(
    release: Release,
) -> None:
    (release.folder / "corpus" / "a" / "x-1.whl").write_text("changed")
    told = release.verified()
    assert (told.exit_code, "is not what the manifest says" in told.output) == (1, True)


def test_a_manifest_that_was_changed_afterwards_is_refused(release: Release) -> None:
    (release.folder / "manifest.json").write_text(f"{MANIFEST}\n")
    told = release.verified()
    assert told.exit_code == 2
    assert "bundle.json: is an attestation of other files" in told.output


@pytest.mark.parametrize(
    ("signed", "asked"),
    [
        (WORKFLOW, WORKFLOW.replace("2026.1", "2026.2")),
        (WORKFLOW.replace("us/", "them/"), WORKFLOW),
    ],
)
def test_another_workflow_does_not_count(
    release: Release, signed: str, asked: str
) -> None:
    release.sign(workflow=signed)
    told = release.verified(identity=asked)
    assert told.exit_code == 2
    assert f"do not match {asked}" in told.output


def test_another_authority_does_not_count(release: Release) -> None:
    (release.folder / "root.json").write_text(Signer().trusted_root)
    told = release.verified()
    assert (told.exit_code, "bundle.json: cannot be verified" in told.output) == (
        2,
        True,
    )


def test_sigstores_own_root_knows_nothing_of_another_authority(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(release.folder / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(release.folder / "data"))
    command = ["verify", str(release.folder / "corpus"), "--identity", WORKFLOW]
    command += ["--manifest", str(release.folder / "manifest.json")]
    command += ["--attestation", str(release.folder / "bundle.json")]
    told = CliRunner().invoke(main, command)
    assert (told.exit_code, "bundle.json: cannot be verified" in told.output) == (
        2,
        True,
    )


def other_payload(bundle: Bundle, other: Bundle) -> None:
    """Put another statement into an envelope."""
    bundle["dsseEnvelope"] = other["dsseEnvelope"]


def other_entry(bundle: Bundle, other: Bundle) -> None:
    """Put the log's entry of another signature into a bundle."""
    material, others = bundle["verificationMaterial"], other["verificationMaterial"]
    assert isinstance(material, dict)
    assert isinstance(others, dict)
    material["tlogEntries"] = others["tlogEntries"]


@pytest.mark.parametrize("tamper", [other_payload, other_entry])
def test_a_bundle_of_two_halves_is_refused(
    release: Release, tamper: Callable[[Bundle, Bundle], None]
) -> None:
    bundle = release.signer.bundle([b"anything"], WORKFLOW)
    tamper(bundle, release.signer.bundle([MANIFEST.encode()], WORKFLOW))
    release.sign(bundle)
    told = release.verified()
    assert (told.exit_code, "bundle.json: cannot be verified" in told.output) == (
        2,
        True,
    )


@pytest.mark.parametrize(
    ("predicate", "form", "words"),
    [
        ("https://example.org/seen", IN_TOTO, "not where a file comes from"),
        (PROVENANCE, "text/plain", "bundle.json: holds 'text/plain', and no"),
    ],
)
def test_what_is_signed_has_to_be_a_provenance(
    release: Release, predicate: str, form: str, words: str
) -> None:
    release.sign(predicate=predicate, form=form)
    told = release.verified()
    assert (told.exit_code, words in told.output) == (2, True)


@pytest.mark.parametrize("content", ["", "{}", "[]", "\x00"])
@pytest.mark.parametrize("name", ["bundle.json", "root.json"])
def test_what_is_no_bundle_or_no_root_is_named(
    release: Release, name: str, content: str
) -> None:
    (release.folder / name).write_text(content)
    told = release.verified()
    assert (told.exit_code, name in told.output) == (2, True)


@pytest.mark.parametrize("name", ["bundle.json", "root.json"])
def test_a_missing_file_is_named(release: Release, name: str) -> None:
    (release.folder / name).unlink()
    told = release.verified()
    assert (told.exit_code, name in told.output) == (2, True)


@pytest.mark.parametrize(
    "more", [("--identity", WORKFLOW), ("--trusted-root", "root.json")]
)
def test_a_signer_without_a_bundle_is_no_check(
    release: Release, more: tuple[str, str]
) -> None:
    manifest = str(release.folder / "manifest.json")
    command = ["verify", str(release.folder / "corpus"), "--manifest", manifest]
    told = CliRunner().invoke(main, [*command, *more])
    assert (told.exit_code, "--attestation" in told.output) == (2, True)
