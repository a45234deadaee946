"""Wheels for an index: made up for one question, small, and sound unless it asks."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from dataclasses import dataclass

from manylinux_conformance.questions.upload import Archive, Upload

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that a zip archive can hold
LEFT_OUT = {
    Archive.NO_METADATA: "METADATA",
    Archive.NO_WHEEL: "WHEEL",
    Archive.NO_RECORD: "RECORD",
}
PURE = "py3-none-"


@dataclass(frozen=True, slots=True)
class UploadedWheel:
    """A wheel as it is sent: of which release, under which name, with which bytes."""

    project: str
    version: str
    filename: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Its SHA-256 in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def metadata(self) -> bytes:
        """The bytes of METADATA in it."""
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            name = next(
                each
                for each in archive.namelist()
                if each.endswith(".dist-info/METADATA")
            )
            return archive.read(name)


def made_up(question: Upload, project: str, version: str) -> UploadedWheel:
    """Return the wheel of a question, as a release of a project."""
    return _wheel(question, question.tag, project, version, "")


def made_up_before(question: Upload, project: str, version: str) -> UploadedWheel:
    """Return the wheel that is uploaded before it; other bytes unless the same."""
    wheel = made_up(question, project, version)
    if question.same_bytes:
        filename = f"{project}-{version}-{PURE}{question.after}.whl"
        return UploadedWheel(project, version, filename, wheel.content)
    return _wheel(question, question.after, project, version, "before")


def _wheel(
    question: Upload, tag: str, project: str, version: str, note: str
) -> UploadedWheel:
    lines = question.wheel or tuple(f"{PURE}{each}" for each in tag.split("."))
    information = f"{project}-{version}.dist-info"
    files = {
        f"{project}/__init__.py": f"# {question.key} {note}\n".encode(),
        f"{information}/METADATA": (
            f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n"
        ).encode(),
        f"{information}/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: manylinux-conformance\n"
            "Root-Is-Purelib: false\n" + "".join(f"Tag: {line}\n" for line in lines)
        ).encode(),
    }
    lacks = LEFT_OUT.get(question.archive, "")
    files.pop(f"{information}/{lacks}", None)
    record = "".join(_row(path, content) for path, content in files.items())
    if question.archive is Archive.UNRECORDED:
        files[f"{project}/more.py"] = b"# not in RECORD\n"
    if question.archive is not Archive.NO_RECORD:
        files[f"{information}/RECORD"] = f"{record}{information}/RECORD,,\n".encode()
    content = _spoilt(_packed(files), question.archive)
    filename = f"{project}-{version}-{PURE}{tag}.whl"
    return UploadedWheel(project, version, filename, content)


def _packed(files: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for path, content in files.items():
            writer.writestr(zipfile.ZipInfo(path, EARLIEST), content)
    return archive.getvalue()


def _spoilt(content: bytes, archive: Archive) -> bytes:
    match archive:
        case Archive.TRUNCATED:
            return content[: len(content) // 2]
        case Archive.EMPTY:
            return b""
        case Archive.TEXT:
            return b"this is no wheel\n" * 20
        case Archive.DAMAGED:  # the content of the first member
            start = content.index(b"# ")
            return content[:start] + bytes(8) + content[start + 8 :]
    return content


def _row(path: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return f"{path},sha256={digest.rstrip(b'=').decode()},{len(content)}\n"
