"""The commands ``manifest`` and ``verify``: what a release says of its files."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from manylinux_conformance.cli.terminal.patterns import examples
from manylinux_conformance.errors import InputError
from manylinux_conformance.suite.attestation import check_attestation
from manylinux_conformance.suite.manifest import manifest, read_manifest, unlike

VERIFY = "verify corpus --manifest manylinux-conformance-manifest.json"


@click.command("manifest", epilog=examples("manifest > manifest.json"))
def manifest_command() -> None:
    """Print the hashes of this release: its rules, its corpus, its results."""
    click.echo(msgspec.json.format(msgspec.json.encode(manifest()), indent=1))


@click.command(epilog=examples(VERIFY))
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--manifest",
    "said",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The manifest of a release.",
)
@click.option(
    "--attestation",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="The bundle of the attestation of that manifest.",
)
@click.option(
    "--identity",
    default="",
    metavar="ADDRESS",
    help="The workflow that has to have signed, as a certificate names it.",
)
@click.option(
    "--trusted-root",
    "root",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Whose signatures count, in Sigstore's format; else Sigstore's public root.",
)
def verify(
    *,
    path: Path,
    said: Path,
    attestation: Path | None,
    identity: str,
    root: Path | None,
) -> None:
    """Hold PATH, a folder of fixture wheels or a results file, against a manifest.

    With an attestation the manifest is held against that, too; no network is needed.
    Exit status: 0 all is as it is said, 1 something is not, 2 a file cannot be used.
    """
    if attestation is None:
        if identity or root:
            raise InputError("--attestation", "has to name the bundle that is signed")
    elif not identity:
        raise InputError("--identity", "has to name who signs the attestation")
    else:
        check_attestation(said, attestation, identity, root)
    found = list(unlike(path, read_manifest(said)))
    for line in found:
        click.echo(line)
    signed = f", signed by {identity}" if attestation else ""
    if not found:
        click.echo(f"{path}: as {said} says{signed}")
    sys.exit(1 if found else 0)
