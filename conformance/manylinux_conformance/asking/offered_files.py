"""Offered files: the bytes of a probe project's wheels and source distributions."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import itertools
import tarfile
import zipfile
from collections.abc import Iterator, Mapping

from manylinux_conformance.questions.probe_project import (
    Offer,
    ProbeProject,
    full_tag,
)

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that a zip archive can hold
# A back end in the tree (PEP 517): the wheel is there already.
BACK_END = """\
import pathlib, shutil

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    wheel, = pathlib.Path(__file__).parent.glob("*.whl")
    shutil.copy(wheel, wheel_directory)
    return wheel.name
"""
PYPROJECT = """\
[build-system]
requires = []
build-backend = "back_end"
backend-path = ["."]

[project]
name = "{project}"
version = "{release}"
"""


def offered_files(project: ProbeProject, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of every candidate; equal projects give equal bytes.

    Raises InputError if a tag cannot be in a file name, or is offered twice.
    """
    names = project.filenames(prefix)
    for name, (marker, offer) in zip(names, project.markers.items(), strict=True):
        looking = project.looking(offer)
        content = _wheel(project.name, marker, looking, prefix)
        if offer.built:
            content = _source(project.name, looking, prefix, content)
        yield name, content


def _wheel(project: str, marker: str, offer: Offer, prefix: str) -> bytes:
    information = f"{project}-{offer.release}.dist-info"
    tag = full_tag(offer.tag, prefix)
    given = tuple(full_tag(each, prefix) for each in offer.wheel)
    tags = "".join(f"Tag: {line}\n" for line in given or _expanded(tag))
    build = f"Build: {offer.build}\n" if offer.build != "" else ""
    files = {
        f"{project}/{marker}": tag.encode(),
        f"{information}/METADATA": _metadata(project, offer),
        f"{information}/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: manylinux-conformance\n"
            f"Root-Is-Purelib: true\n{build}{tags}"
        ).encode(),
    }
    record = "".join(_record(path, content) for path, content in files.items())
    files[f"{information}/RECORD"] = f"{record}{information}/RECORD,,\n".encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for path, content in files.items():
            writer.writestr(zipfile.ZipInfo(path, EARLIEST), content)
    return archive.getvalue()


def _source(project: str, offer: Offer, prefix: str, wheel: bytes) -> bytes:
    """Return a source distribution whose back end makes exactly this wheel."""
    settings = PYPROJECT.format(project=project, release=offer.release)
    files = {
        "PKG-INFO": _metadata(project, offer),
        "pyproject.toml": settings.encode(),
        "back_end.py": BACK_END.encode(),
        offer.wheel_name(project, prefix): wheel,
    }
    return _packed(f"{project}-{offer.release}", files)


def _packed(folder: str, files: Mapping[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=archive, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as writer,
    ):
        for name, content in files.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(content)
            writer.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def _metadata(project: str, offer: Offer) -> bytes:
    lines = ("Metadata-Version: 2.1", f"Name: {project}", f"Version: {offer.release}")
    return "".join(f"{line}\n" for line in lines).encode()


def _expanded(tag: str) -> tuple[str, ...]:
    """Return every combination of a compressed tag set (PEP 425)."""
    parts = (part.split(".") for part in tag.split("-"))
    return tuple("-".join(combination) for combination in itertools.product(*parts))


def _record(path: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return f"{path},sha256={digest.rstrip(b'=').decode()},{len(content)}\n"
