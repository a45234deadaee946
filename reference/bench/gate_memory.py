"""Measures what the gate's processes hold in memory over thousands of uploads.

    python reference/bench/gate_memory.py [--uploads N] [--json]

Wheels of 20 KB and of 3 MB, fifteen to one, are uploaded through a gate to pypiserver,
four at a time.  Memory is resident: of the process that serves, and of those that wait
for wheels, whose pages are shared with each other for the most part.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import gate

SMALL, LARGE = 20_000, 3_000_000
SMALL_TO_LARGE = 15
UPLOADS = 3200
LOOKS = 8


@dataclass(frozen=True, slots=True)
class Held:
    """Megabytes after some uploads, threads and open files of the process that serves.

    ``waiting`` is the largest process that waits for wheels.
    """

    uploads: int
    serving: float
    waiting: float
    threads: int
    files: int


def main() -> None:
    """Upload, look now and then, and print."""
    parser = argparse.ArgumentParser(description="Watch the memory of a gate.")
    parser.add_argument("--uploads", type=int, default=UPLOADS)
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    with gate.servers() as (_, _, front):
        looks = [held(front, 0)]
        for look in range(1, LOOKS + 1):
            first = looks[-1].uploads
            last = arguments.uploads * look // LOOKS
            with ThreadPoolExecutor(gate.AT_A_TIME) as clients:
                for _ in clients.map(lambda each: one(each, front), range(first, last)):
                    pass
            looks.append(held(front, last))
    if arguments.json:
        print(json.dumps(list(map(asdict, looks))))
        return
    print("uploads  serving  waiting  threads  files")
    for each in looks:
        print(f"{each.uploads:7,}  {each.serving:7.1f}  {each.waiting:7.1f}", end="")
        print(f"  {each.threads:7}  {each.files:5}")


def one(number: int, to: gate.Server) -> None:
    """Upload one wheel, a release of its own."""
    size = SMALL if number % (SMALL_TO_LARGE + 1) else LARGE
    version = str(number)
    gate.upload(gate.form(gate.wheel(size, version), version), to)


def held(server: gate.Server, uploads: int) -> Held:
    """Return what a gate holds now."""
    [process] = server.processes
    proc = Path(f"/proc/{process}")
    waiting = [gate.Server((each,), 0).megabytes for each in gate.children(process)]
    return Held(
        uploads=uploads,
        serving=round(server.megabytes, 1),
        waiting=round(max(waiting, default=0), 1),
        threads=len(list((proc / "task").iterdir())),
        files=len(list((proc / "fd").iterdir())),
    )


if __name__ == "__main__":
    main()
