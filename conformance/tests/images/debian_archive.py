"""A tiny archive of Debian packages in the usual layout: dists/, pool/, by-hash/."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

Files = Mapping[str, str]  # by their paths
PROGRAMS = ("mmdebstrap", "dpkg-deb")
# What each root file system is made of.
PACKAGES: Mapping[str, Files] = {
    "base-files": {"usr/lib/os-release": "VERSION_CODENAME={codename}\n"},
    "python3": {"usr/bin/python3": "python"},
    "libstdc++6": {"usr/lib/libstdc++.so.6": "library"},
}


@dataclass(frozen=True, slots=True)
class Suite:
    """What a folder below dists/ is of; ``codename`` is what its base-files says."""

    name: str
    architectures: tuple[str, ...]
    codename: str = ""
    components: tuple[str, ...] = ("main",)
    origin: str = "Debian"


def needed(*programs: str) -> None:
    """Skip the test where a program is missing."""
    for program in programs:
        if not shutil.which(program):
            pytest.skip(f"needs {program}: apt-get install {program}")


def write_suite(archive: Path, suite: Suite) -> Path:
    """Write a suite whose first component has the packages; return its folder.

    Indexes are compressed only, and have names by their hashes too, as those of the
    archives are.  Source: https://wiki.debian.org/DebianRepository/Format.
    """
    folder = archive / "dists" / suite.name
    sums = []
    for component in suite.components:
        for arch in suite.architectures:
            stanzas = [
                _package(archive, suite, component, name, arch)
                for name in PACKAGES
                if component == suite.components[0]
            ]
            index = "\n".join(stanzas).encode()
            name = f"{component}/binary-{arch}/Packages"
            sums.append(_sum(name, index))  # named, as apt wants it, and not there
            packed = gzip.compress(index, mtime=0)
            sums.append(_sum(f"{name}.gz", packed))
            digest = hashlib.sha256(packed).hexdigest()
            place = folder / name
            (place.parent / "by-hash/SHA256").mkdir(parents=True)
            (place.parent / "by-hash/SHA256" / digest).write_bytes(packed)
            place.with_name(f"{place.name}.gz").write_bytes(packed)
    release = (
        f"Origin: {suite.origin}\nSuite: {suite.name}\nCodename: {suite.name}\n"
        f"Architectures: {' '.join(suite.architectures)}\n"
        f"Components: {' '.join(suite.components)}\nAcquire-By-Hash: yes\n"
        "Date: Sat, 11 Jul 2026 10:16:37 UTC\nSHA256:\n" + "\n".join(sums) + "\n"
    )
    (folder / "Release").write_text(release)
    return folder


def _sum(name: str, content: bytes) -> str:
    """Return a line of a Release file."""
    return f" {hashlib.sha256(content).hexdigest()} {len(content)} {name}"


def _package(archive: Path, suite: Suite, component: str, name: str, arch: str) -> str:
    """Build a package and return its paragraph of the index."""
    control = (
        f"Package: {name}\nVersion: 1\nArchitecture: {arch}\n"
        "Maintainer: nobody <nobody@example.org>\nDescription: tiny\n"
    )
    filename = f"pool/{component}/{name[0]}/{name}/{name}_{suite.name}_{arch}.deb"
    package = archive / filename
    package.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as tree:
        codename = suite.codename or suite.name
        files = {"DEBIAN/control": control, **PACKAGES[name]}
        for path, text in files.items():
            (Path(tree) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(tree) / path).write_text(text.replace("{codename}", codename))
        command = ["dpkg-deb", "--root-owner-group", "--build", tree, str(package)]
        subprocess.run(command, check=True, capture_output=True)
    content = package.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return f"{control}Filename: {filename}\nSize: {len(content)}\nSHA256: {digest}\n"


def sign(folder: Path, key: Path) -> None:
    """Sign a suite with a new key, whose public half is written to a file."""
    needed("gpg", "gpgconf")
    with tempfile.TemporaryDirectory(prefix="gpg-") as home:
        gpg = ("gpg", f"--homedir={home}", "--batch", "--quiet", "--passphrase=")
        for command in (
            (*gpg, "--quick-gen-key", "tiny@example.org", "ed25519", "sign"),
            (*gpg, f"--output={key}", "--export"),
            (*gpg, f"--output={folder / 'InRelease'}", "--clear-sign"),
            ("gpgconf", f"--homedir={home}", "--kill", "all"),
        ):
            more = (str(folder / "Release"),) if "--clear-sign" in command else ()
            subprocess.run((*command, *more), check=True, capture_output=True)
    key.chmod(0o644)
