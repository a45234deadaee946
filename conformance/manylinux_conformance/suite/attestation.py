"""Attestations: which workflow signed for a file, looked at without a network.

The bundle has the certificate, the signature and the entry of the transparency log;
Sigstore's own library checks them against the trusted root that it comes with.  See
https://docs.sigstore.dev/about/bundle/ and https://slsa.dev/spec/v1.0/provenance.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from pathlib import Path

import msgspec
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.errors import InputError, MissingProgramError

ISSUER = "https://token.actions.githubusercontent.com"
INSTALL = "pip install 'manylinux-conformance[verify]'"


class Subject(msgspec.Struct, frozen=True):
    """What a statement is about, by its digests."""

    digest: dict[str, str]


class Statement(msgspec.Struct, frozen=True):
    """The part of an in-toto statement that is looked at."""

    subject: tuple[Subject, ...]


def check_attestation(file: Path, bundle: Path, identity: str) -> None:
    """See that a workflow, by the address of its file, has signed for a file.

    Raises InputError if it has not, and MissingProgramError without the library.
    """
    if importlib.util.find_spec("sigstore") is None:
        raise MissingProgramError("sigstore", "is not installed", INSTALL)
    statement = _signed(bundle, identity)
    digest = hashlib.sha256(read_bytes(file)).hexdigest()
    known = {subject.digest.get("sha256") for subject in statement.subject}
    if digest not in known:
        raise InputError(bundle, f"is an attestation of other files than {file}")


def _signed(bundle: Path, identity: str) -> Statement:
    """Return what was signed, once the signature is known to be the workflow's."""
    models = importlib.import_module("sigstore.models")
    errors = importlib.import_module("sigstore.errors")
    verify = importlib.import_module("sigstore.verify")
    try:
        found = models.Bundle.from_json(read_bytes(bundle))
        verifier = verify.Verifier.production(offline=True)
        policy = verify.policy.Identity(identity=identity, issuer=ISSUER)
        _, payload = verifier.verify_dsse(found, policy)
        return msgspec.json.decode(payload, type=Statement)
    except (errors.Error, ValueError) as error:
        raise InputError(bundle, f"cannot be verified: {error}") from error
