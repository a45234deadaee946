"""Measures what an audit costs, beside auditwheel and beside inflating alone.

    python reference/bench/audit.py [--json] [--only WORD] [--cache FOLDER]

Whole processes take turns, A B A B, on pinned wheels that pip downloads once.  Times
are processor seconds (user and system): on a busy machine they tell more than clocks.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import time
import tomllib
import venv
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs
from manylinux_reference.reading.archive import Archive
from manylinux_reference.reading.elf.file import MAGIC
from manylinux_reference.reading.inflate import first_bytes, pieces
from manylinux_reference.rules.wheel.audit import audit

OURS = str(Path(sys.executable).with_name("manylinux"))
AUDITWHEEL = "auditwheel==6.8.2"
WHEELS = Path(__file__).with_name("audit_wheels.toml")
MEGABYTE = 1_000_000
OVER = 5  # megabytes from which on inflating is the measure
ROUNDS = 7  # pairs of runs on a small wheel
LONG = 1.0  # seconds of auditwheel from which on one pair has to do
STARTER = """
import os, sys
quiet = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
usage = os.wait4(pid, 0)[2]
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""
COMPILING = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process took: processor seconds and peak resident megabytes."""

    seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Row:
    """One wheel: medians over the rounds, and of the ratios of each pair of runs.

    ``ours`` reads what auditwheel reads; ``hashes`` is what it costs besides to read
    every member and compare it with RECORD, which an audit does if nobody forbids it.
    """

    wheel: str
    megabytes: float
    elf_files: int
    ours: float
    hashes: float
    theirs: float
    ratio: float
    peak: float
    inflating: float
    over_inflating: float


def main() -> None:
    """Measure every wheel and print the rows."""
    parser = argparse.ArgumentParser(description="Compare with auditwheel.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--only", default="", metavar="WORD", help="wheels named so")
    cache = platformdirs.user_cache_path("manylinux-conformance") / "bench"
    parser.add_argument("--cache", type=Path, default=cache, help="where wheels stay")
    arguments = parser.parse_args()
    theirs = auditwheel(arguments.cache)
    wheels = download(arguments.cache / "wheels", arguments.only)
    rows = []
    if not arguments.json:
        print(HEADER)
    for wheel in wheels:
        rows.append(measure(wheel, theirs))
        if not arguments.json:
            print(line(rows[-1]), flush=True)
    gained = two_processes(wheels)
    if arguments.json:
        print(json.dumps({"rows": list(map(asdict, rows)), "two_processes": gained}))
    else:
        print("\n".join(summary(rows, gained)))


def auditwheel(cache: Path) -> Path:
    """Return the program, in an environment of its own."""
    home = cache / AUDITWHEEL.replace("==", "-")
    if not (home / "bin" / "auditwheel").exists():
        venv.create(home, with_pip=True, clear=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", AUDITWHEEL]
        subprocess.run(pip, check=True)
    return home / "bin" / "auditwheel"


def download(folder: Path, only: str) -> list[Path]:
    """Return the pinned wheels, smallest first; pip fetches what is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = tomllib.loads(WHEELS.read_text("utf-8"))
    pinned = {name: digest for name, digest in listed.items() if only in name}
    for filename, digest in pinned.items():
        path = folder / filename
        if not path.exists():
            fetch(filename, folder)
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise SystemExit(f"{path}: not the pinned file")
    return sorted((folder / name for name in pinned), key=lambda p: p.stat().st_size)


def fetch(filename: str, folder: Path) -> None:
    """Download one wheel for the platform that its name says."""
    name, version, python, abi, platforms = filename.removesuffix(".whl").split("-")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
    command += ["--only-binary=:all:", "--implementation=cp", f"--dest={folder}"]
    command += [f"--platform={platform}" for platform in platforms.split(".")]
    command += [f"--python-version={python[2:]}"] if python != "py3" else []
    subprocess.run([*command, f"--abi={abi}", f"{name}=={version}"], check=True)


def measure(wheel: Path, theirs: Path) -> Row:
    """Run both auditors in turns, then audit and inflate in this process."""
    our_command = [OURS, "audit", "--no-hashes", str(wheel)]  # auditwheel reads none
    their_command = [str(theirs), "show", str(wheel)]
    whole_command = [OURS, "audit", str(wheel)]
    run(our_command)
    whole = [run(whole_command)]
    pairs = [(run(our_command), run(their_command))]
    while len(pairs) < ROUNDS and pairs[0][1].seconds < LONG:
        pairs.append((run(our_command), run(their_command)))
        whole.append(run(whole_command))
    inflating = best(lambda: inflate(wheel))
    ours = statistics.median(our.seconds for our, _ in pairs)
    ratios = [their.seconds / our.seconds for our, their in pairs]
    return Row(
        wheel=wheel.name.partition("-cp")[0].partition("-py3")[0],
        megabytes=wheel.stat().st_size / MEGABYTE,
        elf_files=audit(str(wheel)).files,
        ours=ours,
        hashes=statistics.median(each.seconds for each in whole) - ours,
        theirs=statistics.median(their.seconds for _, their in pairs),
        ratio=statistics.median(ratios),
        peak=max(each.megabytes for each in whole),
        inflating=inflating,
        over_inflating=best(lambda: audit(str(wheel), hashes=False)) / inflating,
    )


def run(command: list[str]) -> Usage:
    """Run a program to its end and return what the system counted for it.

    A small process starts it: the peak that the system counts begins with the memory
    of whoever starts a program.
    """
    words = [sys.executable, "-I", "-S", "-c", STARTER, *command]
    output = subprocess.run(
        words, capture_output=True, text=True, env=COMPILING, check=True
    ).stdout
    seconds, kilobytes = output.split()
    return Usage(float(seconds), int(kilobytes) / 1000)


def best(work: Callable[[], object], rounds: int = 3) -> float:
    """Return the fewest processor seconds that the work takes in this process."""
    taken = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return min(taken)


def inflate(wheel: Path) -> int:
    """Inflate every ELF file of a wheel and throw it away; return the size."""
    archive = Archive(str(wheel))
    size = 0
    for member in archive.members:
        if first_bytes(archive, member, len(MAGIC)) == MAGIC:
            size += sum(map(len, pieces(archive, member)))
    archive.close()
    return size


def two_processes(wheels: list[Path]) -> float:
    """Return how many times faster two processes are, by the clock, at their best."""
    taken: dict[str, float] = {}
    for jobs in ("1", "2") * ROUNDS:
        begin = time.perf_counter()
        run([OURS, "audit", "--jobs", jobs, *map(str, wheels)])
        spent = time.perf_counter() - begin
        taken[jobs] = min(spent, taken.get(jobs, spent))
    return taken["1"] / taken["2"]


HEADER = (
    f"{'wheel':34}{'MB':>7}{'ELF':>5}{'ours s':>8}{'hashes s':>10}{'auditwheel s':>14}"
    f"{'ratio':>7}{'peak MB':>9}{'inflate s':>11}{'audit/inflate':>15}"
)


def line(row: Row) -> str:
    """Return a row as text."""
    return (
        f"{row.wheel:34}{row.megabytes:7.2f}{row.elf_files:5}{row.ours:8.3f}{row.hashes:10.3f}"
        f"{row.theirs:14.2f}{row.ratio:6.1f}x{row.peak:9.0f}{row.inflating:11.3f}"
        f"{row.over_inflating:14.2f}x"
    )


def summary(rows: list[Row], gained: float) -> Iterator[str]:
    """Yield what is promised: medians over the wheels."""
    yield f"median ratio: {statistics.median(row.ratio for row in rows):.1f}x"
    large = [row.over_inflating for row in rows if row.megabytes > OVER]
    if large:
        median = statistics.median(large)
        yield f"audit over inflating, wheels over {OVER} MB: {median:.2f}x"
    yield f"two processes: {gained:.2f}x"


if __name__ == "__main__":
    main()
