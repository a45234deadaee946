"""Attestations: which workflow signed for a file, looked at without a network.

The bundle has the certificate, the signature and the entry of the transparency log;
Sigstore's own library checks them against a trusted root: the one that it comes with,
or that of an organization which has its own.  See
https://docs.sigstore.dev/about/bundle/, https://in-toto.io/Statement/v1 and
https://slsa.dev/spec/v1.0/provenance.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from pathlib import Path
from typing import Protocol

import msgspec
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.errors import InputError, MissingProgramError

ISSUER = "https://token.actions.githubusercontent.com"
STATEMENT = "application/vnd.in-toto+json"
PROVENANCE = "https://slsa.dev/provenance/v1"
INSTALL = "pip install 'manylinux-conformance[verify]'"


class Verifier(Protocol):
    """The part of the library's verifier that is used."""

    def verify_dsse(self, bundle: object, policy: object) -> tuple[str, bytes]:
        """Return what an envelope holds, and as what."""


class Subject(msgspec.Struct, frozen=True):
    """What a statement is about, by its digests."""

    digest: dict[str, str]


class Statement(msgspec.Struct, frozen=True):
    """The part of an in-toto statement that is looked at."""

    subject: tuple[Subject, ...]
    predicate_type: str = msgspec.field(name="predicateType")


def check_attestation(
    file: Path, bundle: Path, identity: str, root: Path | None = None
) -> None:
    """See that a workflow, by the address of its file, has signed for a file.

    ``root`` is a trusted root in Sigstore's format, None for Sigstore's public one.
    Raises InputError if it has not, and MissingProgramError without the library.
    """
    if importlib.util.find_spec("sigstore") is None:
        raise MissingProgramError("sigstore", "is not installed", INSTALL)
    statement = _signed(bundle, identity, root)
    if statement.predicate_type != PROVENANCE:
        reason = f"says {statement.predicate_type!r}, not where a file comes from"
        raise InputError(bundle, reason)
    digest = hashlib.sha256(read_bytes(file)).hexdigest()
    known = {subject.digest.get("sha256") for subject in statement.subject}
    if digest not in known:
        raise InputError(bundle, f"is an attestation of other files than {file}")


def _signed(bundle: Path, identity: str, root: Path | None) -> Statement:
    """Return what was signed, once the signature is known to be the workflow's."""
    models = importlib.import_module("sigstore.models")
    errors = importlib.import_module("sigstore.errors")
    verify = importlib.import_module("sigstore.verify")
    try:
        found = models.Bundle.from_json(read_bytes(bundle))
        verifier = _verifier(root)
        policy = verify.policy.Identity(identity=identity, issuer=ISSUER)
        form, payload = verifier.verify_dsse(found, policy)
    except (errors.Error, ValueError) as error:
        raise InputError(bundle, f"cannot be verified: {error}") from error
    if form != STATEMENT:
        raise InputError(bundle, f"holds {form!r}, and no statement about files")
    try:
        return msgspec.json.decode(payload, type=Statement)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(bundle, f"its statement is none: {error}") from error


def _verifier(root: Path | None) -> Verifier:
    """Return the library's verifier, which asks nobody."""
    models = importlib.import_module("sigstore.models")
    errors = importlib.import_module("sigstore.errors")
    verify = importlib.import_module("sigstore.verify")
    if root is None:
        usual: Verifier = verify.Verifier.production(offline=True)
        return usual
    read_bytes(root)  # or the library's own error would come
    try:
        trusted = models.TrustedRoot.from_file(str(root))
        own: Verifier = verify.Verifier(trusted_root=trusted)
    except (errors.Error, ValueError) as error:
        raise InputError(root, f"is no trusted root: {error}") from error
    return own
