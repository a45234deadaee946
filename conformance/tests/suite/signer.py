"""A signer of releases: an authority, a log and a workflow that exist in a test alone.

What is signed and how it is put into a bundle: https://docs.sigstore.dev/about/bundle/,
RFC 6962 (certificate transparency), https://github.com/secure-systems-lab/dsse and
https://github.com/transparency-dev/formats (checkpoints).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

ISSUER = b"https://token.actions.githubusercontent.com"
ISSUER_OID = ObjectIdentifier("1.3.6.1.4.1.57264.1.1")  # Fulcio's, docs/oid-info.md
TIMESTAMPS_OID = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
IN_TOTO = "application/vnd.in-toto+json"
PROVENANCE = "https://slsa.dev/provenance/v1"
SHORT = dt.timedelta(minutes=10)
LOG = "log.example"
ROOT_TYPE = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"

Bundle = dict[str, object]


@dataclass(frozen=True, slots=True)
class Key:
    """A key on the curve P-256, which signs with SHA-256."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def public(self) -> bytes:
        """The public key as SubjectPublicKeyInfo."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        encoding = serialization.Encoding.DER
        return self.private.public_key().public_bytes(encoding, form)

    @property
    def id(self) -> bytes:
        """The name by which logs and authorities are known."""
        return hashlib.sha256(self.public).digest()

    def sign(self, content: bytes) -> bytes:
        """Return a signature."""
        return self.private.sign(content, ec.ECDSA(hashes.SHA256()))


class Signer:
    """An authority that certifies workflows, and a log of what it and they sign."""

    def __init__(self) -> None:
        self.now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        self.authority, self.log = Key(), Key()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
        self.root = (
            self._certificate(name, self.authority.private.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(key_cert_sign=True), critical=True)
            .sign(self.authority.private, hashes.SHA256())
        )

    @property
    def trusted_root(self) -> str:
        """The authority and the log as a trusted root in Sigstore's format."""
        valid = {"start": (self.now - SHORT).isoformat().replace("+00:00", "Z")}
        log = {
            "baseUrl": f"https://{LOG}",
            "hashAlgorithm": "SHA2_256",
            "logId": {"keyId": _text(self.log.id)},
            "publicKey": {
                "rawBytes": _text(self.log.public),
                "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                "validFor": valid,
            },
        }
        authority = {
            "subject": {"organization": "example", "commonName": "authority"},
            "uri": "https://authority.example",
            "certChain": {"certificates": [{"rawBytes": _text(_der(self.root))}]},
            "validFor": valid,
        }
        return json.dumps(
            {
                "mediaType": ROOT_TYPE,
                "tlogs": [log],
                "ctlogs": [log],
                "certificateAuthorities": [authority],
                "timestampAuthorities": [],
            }
        )

    def bundle(
        self,
        files: Iterable[bytes],
        workflow: str,
        predicate: str = PROVENANCE,
        form: str = IN_TOTO,
    ) -> Bundle:
        """Return a bundle by which a workflow signs for files."""
        digests = [hashlib.sha256(each).hexdigest() for each in files]
        statement = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": each, "digest": {"sha256": each}} for each in digests],
            "predicateType": predicate,
            "predicate": {},
        }
        payload, key = json.dumps(statement).encode(), Key()
        head = f"DSSEv1 {len(form)} {form} {len(payload)} "
        signature = key.sign(head.encode() + payload)
        certificate = self._leaf(key, workflow)
        return {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {
                "certificate": {"rawBytes": _text(_der(certificate))},
                "tlogEntries": [self._entry(payload, signature, certificate)],
            },
            "dsseEnvelope": {
                "payload": _text(payload),
                "payloadType": form,
                "signatures": [{"sig": _text(signature)}],
            },
        }

    def _certificate(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey
    ) -> x509.CertificateBuilder:
        root: x509.Certificate | None = getattr(self, "root", None)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root.subject if root else subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now - SHORT)
            .not_valid_after(self.now + SHORT)
        )

    def _leaf(self, key: Key, workflow: str) -> x509.Certificate:
        """Return a certificate of a workflow's key, with the log's timestamp in it."""
        names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(workflow)])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(
            self.authority.private.public_key()
        )
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
        said = x509.UnrecognizedExtension(ISSUER_OID, ISSUER)
        made = (
            self._certificate(x509.Name([]), key.private.public_key())
            .add_extension(names, critical=True)
            .add_extension(issuer, critical=False)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(usage, critical=False)
            .add_extension(said, critical=False)
        )
        before = made.sign(self.authority.private, hashes.SHA256())
        stamp = self._timestamp(before.tbs_certificate_bytes)
        stamped = x509.UnrecognizedExtension(TIMESTAMPS_OID, stamp)
        made = made.add_extension(stamped, critical=False)
        return made.sign(self.authority.private, hashes.SHA256())

    def _timestamp(self, certificate: bytes) -> bytes:
        """Return a list of one signed certificate timestamp (RFC 6962, section 3.3)."""
        when = struct.pack("!Q", int(self.now.timestamp() * 1000))
        length = len(certificate).to_bytes(3, "big")
        entry = b"\0\1" + self.authority.id + length + certificate + b"\0\0"
        signature = self.log.sign(b"\0\0" + when + entry)
        signed = b"\4\3" + struct.pack("!H", len(signature)) + signature
        stamp = b"\0" + self.log.id + when + b"\0\0" + signed
        listed = struct.pack("!HH", len(stamp) + 2, len(stamp)) + stamp
        return b"\4" + bytes([len(listed)]) + listed  # a DER octet string, a short one

    def _entry(
        self, payload: bytes, signature: bytes, certificate: x509.Certificate
    ) -> dict[str, object]:
        """Return the log's entry: the only one in a tree of one leaf."""
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        digest = {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()}
        signed = {"signature": _text(signature), "verifier": _text(pem)}
        spec = {
            "envelopeHash": digest,
            "payloadHash": digest,
            "signatures": [signed],
        }
        body = _canonical({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec})
        leaf = hashlib.sha256(b"\0" + body).digest()
        note = f"{LOG}\n1\n{_text(leaf)}\n"
        line = _text(self.log.id[:4] + self.log.sign(note.encode()))
        promised = _canonical(
            {
                "body": _text(body),
                "integratedTime": int(self.now.timestamp()),
                "logID": self.log.id.hex(),
                "logIndex": 0,
            }
        )
        return {
            "logIndex": "0",
            "logId": {"keyId": _text(self.log.id)},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(int(self.now.timestamp())),
            "inclusionPromise": {
                "signedEntryTimestamp": _text(self.log.sign(promised))
            },
            "inclusionProof": {
                "logIndex": "0",
                "treeSize": "1",
                "rootHash": _text(leaf),
                "hashes": [],
                "checkpoint": {"envelope": f"{note}\n\u2014 {LOG} {line}\n"},
            },
            "canonicalizedBody": _text(body),
        }


def _usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _canonical(content: dict[str, object]) -> bytes:
    """Return JSON as RFC 8785 has it; the contents have no other numbers than whole."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
