"""Image archives: a root file system as a file that an engine can load."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from manylinux_conformance.platforms.architectures import Architecture

CHUNK = 1 << 20
LAYER = "layer.tar"


def image_archive(
    root: Path, name: str, arch: Architecture, labels: Mapping[str, str]
) -> Iterator[bytes]:
    """Yield the archive of an image with one layer, piece by piece.

    ``root`` is a tar file of the root file system, ``name`` the image's name.
    The image states its true architecture, which ``docker import`` leaves to the
    engine.  The same content gives the same image.
    Source: OCI image specification, image configuration; ``docker save``'s manifest.
    """
    configuration = json.dumps(
        {
            "architecture": arch.image,
            **({"variant": arch.variant} if arch.variant else {}),
            "os": "linux",
            "config": {"Labels": dict(labels)},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{_digest(root)}"]},
            "history": [{"created_by": "manylinux-conformance platforms prepare"}],
        },
        sort_keys=True,
    ).encode()
    file = f"{hashlib.sha256(configuration).hexdigest()}.json"
    manifest = [{"Config": file, "RepoTags": [name], "Layers": [LAYER]}]
    yield _member(file, configuration)
    yield _member("manifest.json", json.dumps(manifest).encode())
    yield _header(LAYER, size := root.stat().st_size)
    with root.open("rb") as content:
        while chunk := content.read(CHUNK):
            yield chunk
    yield bytes(-size % tarfile.BLOCKSIZE + 2 * tarfile.BLOCKSIZE)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size = size
    return member.tobuf(tarfile.GNU_FORMAT)


def _member(name: str, content: bytes) -> bytes:
    written = io.BytesIO()
    written.write(_header(name, len(content)))
    written.write(content + bytes(-len(content) % tarfile.BLOCKSIZE))
    return written.getvalue()
