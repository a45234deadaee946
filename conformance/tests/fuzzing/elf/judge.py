"""Puts files into wheels, and asks auditor and loader about them."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzzing.elf.bases import Base
from tests.fuzzing.elf.loader import Loader
from tests.fuzzing.reference import Reference, Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """The auditor's verdict on a file, and why it does not load: empty, if it does."""

    verdict: Verdict
    refusal: str

    @property
    def is_disagreement(self) -> bool:
        """Whether the auditor accepts what does not load."""
        return self.verdict.is_accepted and bool(self.refusal)


@dataclass(frozen=True, slots=True)
class Judge:
    """Auditor and loader; ``tag`` is the claim, for the loader's glibc."""

    reference: Reference
    loader: Loader
    tag: str
    folder: Path

    def wheel(self, number: int) -> Path:
        """Return where the wheel of the file with that number is, or will be."""
        return self.folder / str(number) / f"p-1-cp311-abi3-{self.tag}.whl"

    def judge(self, files: Sequence[tuple[Base, bytes]]) -> list[Judgement]:
        """Return what both say of contents that stand in the place of their bases."""
        wheels, loaded = [], []
        for number, (base, content) in enumerate(files):
            wheel = self.wheel(number)
            wheel.parent.mkdir(exist_ok=True)
            wheel.write_bytes(wheel_around(base.path, content, self.tag))
            file = self.folder / f"{number}.so"
            file.unlink(missing_ok=True)  # which may still run
            file.write_bytes(content)
            file.chmod(0o755)
            wheels.append(wheel)
            loaded.append((file, base.is_program))
        verdicts = self.reference.verdicts(wheels)
        said = self.loader.said(loaded)
        return [Judgement(*pair) for pair in zip(verdicts, said, strict=True)]


def wheel_around(path: str, content: bytes, tag: str) -> bytes:
    """Return a wheel whose one file is at that path."""
    members = {
        path: content,
        "p-1.dist-info/METADATA": b"Metadata-Version: 2.1\nName: p\nVersion: 1\n",
        "p-1.dist-info/WHEEL": (
            f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp311-abi3-{tag}\n"
        ).encode(),
    }
    rows = [f"{name},{_hash(data)},{len(data)}\n" for name, data in members.items()]
    rows.append("p-1.dist-info/RECORD,,\n")
    members["p-1.dist-info/RECORD"] = "".join(rows).encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for name, data in members.items():
            writer.writestr(zipfile.ZipInfo(name), data)
    return archive.getvalue()


def _hash(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return f"sha256={digest.rstrip(b'=').decode()}"
