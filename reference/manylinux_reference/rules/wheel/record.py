"""Rules on RECORD: what it lists, and whether that is what the wheel contains."""

from __future__ import annotations

from manylinux_reference.reading.record import ALGORITHMS
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules import decides
from manylinux_reference.rules.findings import Finding, Findings

UNLISTED = ("RECORD", "RECORD.jws", "RECORD.p7s")  # PyPA, Recording installed projects


def record(wheel: Wheel) -> Findings:
    """Yield what is wrong with RECORD."""
    yield from listed(wheel)
    yield from rows(wheel)
    yield from hashes(wheel)


@decides("wheel.contents.record")
def listed(wheel: Wheel) -> Findings:
    """Yield a finding for members that RECORD lacks, or lists without a hash.

    PEP 427, Signed wheel files.
    """
    for name in wheel.members:
        if not wheel.record.get(name) and not _is_record(name):
            text = "is not listed in RECORD"
            if name in wheel.record:
                text = "is listed in RECORD without a hash"
            yield Finding("wheel.contents.record", name, text)


@decides("wheel.contents.record-rows")
def rows(wheel: Wheel) -> Findings:
    """Yield advice for rows of RECORD that name no member.

    PEP 427: the files in the wheel.
    """
    members = frozenset(wheel.members)
    for path in wheel.record:
        if path not in members and not _is_record(path):
            text = "is listed in RECORD, and is no file of the wheel"
            yield Finding("wheel.contents.record-rows", path, text, advice=True)


@decides("wheel.contents.record-hash")
def hashes(wheel: Wheel) -> Findings:
    """Yield a finding for members whose content is not what RECORD says.

    PEP 427: installers verify all the hashes; pip and uv do not, others do, sizes too.
    """
    for name in wheel.members:
        algorithm, _, value = wheel.record.get(name, "").partition("=")
        is_known = algorithm in ALGORITHMS and value and not value.endswith("=")
        if algorithm and not is_known:
            text = "has a hash in RECORD that is none of " + ", ".join(ALGORITHMS)
            if value.endswith("="):
                text = "has a hash in RECORD with = at its end"
            yield Finding("wheel.contents.record-hash", name, text)
    for path in wheel.doubtful:
        text = "has two rows with two hashes in RECORD"
        yield Finding("wheel.contents.record-hash", path, text)
    for name in sorted(set(wheel.resized).difference(wheel.changed)):
        text = "has another size than RECORD says"
        yield Finding("wheel.contents.record-hash", name, text)
    for name in wheel.changed:
        text = "is another file than the one whose hash RECORD has"
        yield Finding("wheel.contents.record-hash", name, text)


def _is_record(name: str) -> bool:
    folder, _, base = name.partition("/")
    return folder.endswith(".dist-info") and base in UNLISTED
