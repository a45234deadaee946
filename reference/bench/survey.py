"""Measures what a survey costs: by workers, by server, by cluster, by number.

    python reference/bench/survey.py [--json] [--wheels 100000]

Wheels are those of the corpus, copied under other hashes until they are enough.  Those
on a server are of all sizes: their libraries grow by bytes behind the sections, and
members that nobody has to read come beside them.  Servers are on loopback.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from manylinux_fixtures.corpus.fixtures import fixtures

COMMAND = (sys.executable, "-m", "manylinux_reference.commands.cli", "survey")
DASK = (sys.executable, "-W", "ignore", "-m", "dask")
SEED = 7
REMOTE = 200  # wheels on the server
LARGEST = 3_000_000  # bytes that are added to one of them, as code and as data each
STEPS = 100  # from the smallest number of wheels to the largest


class Ranges(SimpleHTTPRequestHandler):
    """Gives files, by ranges or not, and counts the bytes that it sends."""

    protocol_version = "HTTP/1.1"
    ranges = True
    sent = 0

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Send a file, or the part of it that is wanted."""
        data = Path(self.translate_path(self.path)).read_bytes()
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        size = len(data)
        if wanted and type(self).ranges:
            first, last = wanted.groups()
            start = int(first) if first else max(0, size - int(last))
            end = min(int(last), size - 1) if first and last else size - 1
            data = data[start : end + 1]
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        type(self).sent += len(data)
        self.wfile.write(data)


@contextmanager
def serving(folder: Path, *, ranges: bool) -> Iterator[str]:
    """Serve a folder; yield its address."""
    Ranges.ranges, Ranges.sent = ranges, 0
    handler = partial(Ranges, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def cluster() -> Iterator[str]:
    """Start Dask's scheduler and one worker; yield the scheduler's address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    local = ("--host", "127.0.0.1", "--no-dashboard")
    commands = (
        ("scheduler", "--port", str(port), *local),
        ("worker", address, "--nthreads", "1", "--no-nanny", *local),
    )
    with ExitStack() as stack:
        for command in commands:
            process = subprocess.Popen([*DASK, *command], stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
        yield address


def survey(folder: Path, *arguments: str) -> dict[str, float]:
    """Run a survey; return its summary, and how long it took."""
    output = folder / "out"
    shutil.rmtree(output, ignore_errors=True)
    began = time.monotonic()
    command = [*COMMAND, *arguments, "--output", str(output), "--per-second", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - began
    summary: dict[str, float] = json.loads((output / "summary.json").read_bytes())
    return {**summary, "seconds": seconds, "kibibytes": usage.ru_maxrss}


def write_wheels(folder: Path, count: int, largest: int = 0) -> None:
    """Write so many wheels of different content, some larger by so many bytes."""
    folder.mkdir()
    noise = random.Random(SEED)  # noqa: S311 - reproducible, not secret
    known = list(fixtures())
    for number in range(count):
        fixture = known[number * 37 % len(known)]
        path = folder / str(number) / Path(fixture.path).name
        path.parent.mkdir()
        path.write_bytes(fixture.content())
        size = int(largest * noise.random() ** 3)  # many small ones, few large ones
        if size:
            enlarge(path, size, noise)
        else:
            with zipfile.ZipFile(path, "a") as archive:
                archive.writestr(f"table{number}.json", str(number))


def enlarge(path: Path, size: int, noise: random.Random) -> None:
    """Add so many bytes to the libraries of a wheel, and as many of data."""
    with zipfile.ZipFile(path) as archive:
        members = {info: archive.read(info) for info in archive.infolist()}
    libraries = [info for info, data in members.items() if data[:4] == b"\x7fELF"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, data in members.items():
            more = size // len(libraries) if info in libraries else 0
            archive.writestr(info, data + noise.randbytes(more))
        archive.writestr("weights.json", noise.randbytes(size))


def needed_bytes(folder: Path) -> int:
    """Return what has to be read of the wheels: directory, metadata, libraries."""
    total = 0
    for path in folder.rglob("*.whl"):
        with zipfile.ZipFile(path) as archive:
            total += path.stat().st_size - archive.start_dir
            for info in archive.infolist():
                is_elf = archive.read(info).startswith(b"\x7fELF")
                if is_elf or ".dist-info/" in info.filename:
                    total += 30 + len(info.filename) + info.compress_size
    return total


def measure(folder: Path, most: int) -> Iterator[dict[str, object]]:
    """Yield a row for each measurement."""
    local = folder / "local"
    write_wheels(local, most // STEPS)
    for workers in (1, 2, 4):
        row = survey(folder, str(local), "--workers", str(workers))
        yield {"what": f"{workers} workers", **_rates(row)}
    large = folder / "large"
    write_wheels(large, REMOTE, LARGEST)
    needed = needed_bytes(large)
    for ranges in (True, False):
        with serving(large, ranges=ranges) as address:
            names = (path.relative_to(large) for path in large.rglob("*.whl"))
            text = "\n".join(f"{address}/{name}" for name in names)
            (folder / "list.txt").write_text(text)
            row = survey(folder, str(folder / "list.txt"))
            row["over_needed"] = Ranges.sent / needed
        yield {"what": f"ranges {ranges}", "sent": Ranges.sent, **_rates(row)}
    with cluster() as scheduler:
        row = survey(folder, str(local), "--scheduler", scheduler)
        yield {"what": "Dask, 1 worker", **_rates(row)}
    many = folder / "many"
    write_wheels(many, most)
    yield {"what": f"{most} wheels", **_rates(survey(folder, str(many)))}


def _rates(row: dict[str, float]) -> dict[str, object]:
    return {
        "wheels": row["wheels"],
        "wheels_per_cpu_second": round(row["wheels"] / row["cpu_seconds"], 1),
        "megabytes_per_cpu_second": round(row["bytes"] / 1e6 / row["cpu_seconds"], 2),
        "seconds": round(row["seconds"], 1),
        "largest_process_mb": round(row["kibibytes"] * 1024 / 1e6),
        "milliseconds_per_wheel": round(1000 * row["seconds"] / row["wheels"], 2),
        **{key: round(row[key], 3) for key in ("over_needed",) if key in row},
        **{key: row[key] for key in ("requests",) if row[key]},
    }


def main() -> None:
    """Measure and print a row for each."""
    parser = argparse.ArgumentParser(description="Measure what a survey costs.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--wheels", type=int, default=100_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for row in measure(Path(folder), arguments.wheels):
            if arguments.json:
                print(json.dumps(row), flush=True)
            else:
                shown = (f"{key} {value}" for key, value in row.items())
                print(", ".join(shown), flush=True)


if __name__ == "__main__":
    main()
