"""The well-formed wheels that mutants start from."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from tests.fuzzing.archives.model import File
from tests.fuzzing.archives.mutate import Base

KINDS = ("stored", "deflated", "descriptors", "wide", "wide descriptors", "schemes")


def base(project: str, kind: str) -> Base:
    """Return a wheel of that kind, all of whose files are named after the project."""
    content = {
        f"{project}/__init__.py": b"# " + b"well-formed " * 20 + b"\n",
        f"{project}/b.py": b"b = 2\n",
        f"{project}/empty.py": b"",
    }
    if kind == "schemes":
        content[f"{project}-1.data/platlib/{project}/c.py"] = b"c = 3\n"
        content[f"{project}-1.data/data/{project}_data/d.txt"] = b"d\n"
        content[f"{project}/\u00e9.txt"] = b"e\n"
    information = f"{project}-1.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {project}\nVersion: 1\n"
    content[f"{information}/METADATA"] = metadata.encode()
    content[f"{information}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: fuzzing\nRoot-Is-Purelib: true\n"
        b"Tag: py3-none-any\n"
    )
    rows = [f"{name},{_hash(data)},{len(data)}" for name, data in content.items()]
    record = f"{information}/RECORD"
    content[record] = "\n".join([*rows, f"{record},,", ""]).encode()
    written = _writer(kind)
    files = tuple(written(name, data) for name, data in content.items())
    if kind == "schemes":  # the last may be left out without a loss that shows
        files = files[::-1]
    return Base(project, files, wide=kind.startswith("wide"))


def _writer(kind: str) -> Callable[[str, bytes], File]:
    return lambda name, data: File(
        name,
        data,
        is_deflated=kind not in {"stored", "wide"},
        has_descriptor="descriptors" in kind,
        is_wide="wide" in kind,
    )


def _hash(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return f"sha256={digest.rstrip(b'=').decode()}"
