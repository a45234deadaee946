"""Audits mutated wheels for a while: ``python reference/tests/fuzz.py --seconds 60``.

A report or a refusal is a success; any other exception, too much time or too much
memory is a failure, and leaves the wheel that caused it in the working directory.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from manylinux_fixtures.corpus.fixtures import Fixture, fixtures
from manylinux_reference.commands.many_wheels import report_on
from manylinux_reference.commands.reports.report_json import line

SLOWEST = 20.0  # seconds for one small wheel, on a busy machine too
LARGEST = 400 * 1024  # KiB of resident memory, with the corpus's own
SEEDS = 200  # wheels of the corpus that are mutated
KEEP = "fuzz-failure.whl"
INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 2**63, 2**64 - 1)


class FuzzFailureError(Exception):
    """A mutated wheel did harm; the message says how and where it is kept."""


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Return data with a few bytes, numbers or ranges changed."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(changed) or 1)
        match chance.randrange(5):
            case 0:
                changed[at : at + 1] = chance.randbytes(1)
            case 1:
                width = chance.choice((1, 2, 4, 8))
                value = chance.choice(INTERESTING) & (256**width - 1)
                order = chance.choice(("little", "big"))
                changed[at : at + width] = value.to_bytes(width, order)
            case 2:
                del changed[at : at + chance.randrange(64)]
            case 3:
                end = chance.randrange(len(changed) or 1)
                changed[at:at] = changed[end : end + chance.randrange(64)]
            case _:
                del changed[at if chance.random() < 0.2 else len(changed) :]
    return bytes(changed)


def mutated_wheel(fixture: Fixture, chance: random.Random, path: Path) -> None:
    """Write a wheel that is damaged as a zip, or sound with damaged members."""
    original = fixture.content()
    if chance.random() < 0.5:
        path.write_bytes(mutate(original, chance))
        return
    path.write_bytes(original)
    with zipfile.ZipFile(path) as sound:
        members = {name: sound.read(name) for name in sound.namelist()}
    victim = chance.choice(sorted(members))
    members[victim] = mutate(members[victim], chance)
    with zipfile.ZipFile(path, "w", chance.choice((0, 8))) as damaged:
        for name, data in members.items():
            damaged.writestr(name, data)


def audit_once(path: Path) -> None:
    """Audit one wheel.  Raises FuzzFailureError if that does harm."""
    began = time.process_time()
    try:
        line(report_on(str(path)))
    except Exception as error:
        shutil.copy(path, KEEP)
        raise FuzzFailureError(f"{KEEP}: {type(error).__name__}: {error}") from error
    took = time.process_time() - began
    if took > SLOWEST:
        shutil.copy(path, KEEP)
        raise FuzzFailureError(f"{KEEP}: took {took:.1f} seconds")


def fuzz(folder: Path, seconds: float, seed: int) -> int:
    """Audit mutated wheels until the time is over; return how many it were.

    Raises FuzzFailureError for the first that does harm.
    """
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    corpus = chance.sample(fixtures(), SEEDS)
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        fixture = chance.choice(corpus)
        path = folder / Path(fixture.path).name
        mutated_wheel(fixture, chance, path)
        audit_once(path)
        path.unlink()
        count += 1
    return count


def peak_memory() -> int:
    """Return what this process had in memory at its largest, in KiB.

    getrusage(2) would tell of the program that started it, too.
    """
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def main() -> int:
    """Fuzz for as long as asked and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            count = fuzz(Path(folder), arguments.seconds, arguments.seed)
        except FuzzFailureError as failure:
            sys.stderr.write(f"seed {arguments.seed}: {failure}\n")
            return 1
    if (peak := peak_memory()) > LARGEST:
        sys.stderr.write(f"seed {arguments.seed}: the process grew to {peak} KiB\n")
        return 1
    sys.stdout.write(f"seed {arguments.seed}: {count} wheels, no harm done\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
