"""Measures what the gate costs in front of pypiserver, beside pypiserver alone.

    python reference/bench/gate.py [--json]

Wheels of 20 KB, 3 MB and 60 MB of the corpus's compiled code are uploaded to both, in
turns.  Times are processor seconds of the servers and their children; memory is the
resident size of the gate's own process before and after.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import functools
import hashlib
import http.client
import io
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs
from manylinux_fixtures.corpus.fixtures import Fixture, fixtures

PYPISERVER, AUDITWHEEL = "pypiserver[passlib]==2.4.2", "auditwheel==6.8.2"
TRUE = "wheel.versions.dt-relr/relr-marker-listed/x86_64"
PACKAGE = "relr_marker_listed"
SIZES = (20_000, 3_000_000, 60_000_000)
MOST = 1_000_000  # bytes of a file that do not shrink
ROUNDS = 5
AT_A_TIME, UPLOADS = 4, 40
BOUNDARY = "frontier"
LEAST = 10  # ticks of the clock from which on a ratio tells something
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Row:
    """One size: processor seconds for one upload, medians.

    ``auditwheel`` is what its ``show`` takes on the same wheel, to which receiving
    the upload would be added.
    ``ratio`` is nothing where pypiserver alone takes too little to be measured.
    """

    bytes: int
    alone: float
    gated: float
    auditwheel: float
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, and where it listens."""

    process: int
    port: int

    @property
    def seconds(self) -> float:
        """Processor seconds of it and of its children, ended ones too (proc(5))."""
        return sum(map(_ticks, (self.process, *_children(self.process)))) / TICKS

    @property
    def megabytes(self) -> float:
        """Resident memory of it alone."""
        text = Path(f"/proc/{self.process}/statm").read_text()
        return int(text.split()[1]) * PAGE / 1e6


def _ticks(process: int) -> int:
    """Return the ticks of a process and of its children that ended."""
    text = Path(f"/proc/{process}/stat").read_text()
    return sum(map(int, text.rpartition(")")[2].split()[11:15]))


def _children(process: int) -> Iterator[int]:
    """Yield the processes that run below a process."""
    for thread in Path(f"/proc/{process}/task").iterdir():
        with contextlib.suppress(OSError):  # the thread has just ended
            for child in map(int, (thread / "children").read_text().split()):
                yield from (child, *_children(child))


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="Compare with pypiserver alone.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    with servers() as (alone, behind, gate):
        rows = [measured(size, alone, behind, gate) for size in SIZES]
        before = gate.megabytes
        rates = [rate(each) for each in (alone, gate)]
        after = gate.megabytes
    facts = {"uploads_per_second": rates, "gate_megabytes": [before, after]}
    if arguments.json:
        print(json.dumps({"rows": list(map(asdict, rows)), **facts}))
        return
    print(f"{'bytes':>12}  {'alone':>7}  {'gated':>7}  {'auditwheel':>10}  ratio")
    for row in rows:
        print(f"{row.bytes:12,}  {row.alone:7.3f}  {row.gated:7.3f}", end="")
        print(f"  {row.auditwheel:10.3f}  {row.ratio or ''}")
    print(f"uploads per second, {AT_A_TIME} at a time: {rates[0]:.1f} alone, ", end="")
    print(f"{rates[1]:.1f} gated; gate {before:.0f} MB before, {after:.0f} MB after")


@contextlib.contextmanager
def servers() -> Iterator[tuple[Server, Server, Server]]:
    """Have pypiserver run alone, and once more behind a gate."""
    program = installed(PYPISERVER, "pypi-server", "setuptools<81")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        started = []
        for name in ("alone", "behind"):
            data = Path(folder) / name
            data.mkdir()
            port = free_port()
            options = ("--passwords=.", "--authenticate=.", "--overwrite")
            where = ("--disable-fallback", f"--port={port}", "--interface=127.0.0.1")
            command = (str(program), "run", *options, *where, str(data))
            started.append(running.enter_context(server(port, *command)))
        port = free_port()
        to = f"--to=http://127.0.0.1:{started[1].port}/"
        manylinux = str(Path(sys.executable).with_name("manylinux"))
        gate = (manylinux, "gate", "serve", to, f"--port={port}")
        yield started[0], started[1], running.enter_context(server(port, *gate))


@contextlib.contextmanager
def server(port: int, *command: str) -> Iterator[Server]:
    """Have a command run that listens on a port."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        try:
            while socket.socket().connect_ex(("127.0.0.1", port)):
                if process.poll() is not None:
                    raise SystemExit(f"{command[0]} does not start")
                time.sleep(0.1)
            yield Server(process.pid, port)
        finally:
            process.terminate()


def installed(project: str, program: str, *more: str) -> Path:
    """Return a program of a project, in an environment of its own."""
    cache = platformdirs.user_cache_path("manylinux-conformance") / "bench"
    home = cache / project.replace("==", "-")
    path = home / "bin" / program
    if not path.exists():
        venv.create(home, with_pip=True, clear=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "-q"]
        subprocess.run([*pip, project, *more], check=True)
    return path


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def measured(size: int, alone: Server, behind: Server, gate: Server) -> Row:
    """Upload a wheel of a size in turns; what is behind the gate counts to the gate."""
    content = wheel(size)
    pairs = [
        (
            cost(content, alone, alone),
            cost(content, gate, gate, behind),
        )
        for _ in range(ROUNDS)
    ]
    ours, theirs = (statistics.median(each) for each in zip(*pairs, strict=True))
    ratio = round(theirs / ours, 2) if ours >= LEAST / TICKS else None
    return Row(size, ours, theirs, of_auditwheel(content), ratio)


def of_auditwheel(content: bytes) -> float:
    """Return the processor seconds of an auditor in the gate's place, a median."""
    program = installed(AUDITWHEEL, "auditwheel")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(fixture().path).name
        path.write_bytes(content)
        took = []
        for _ in range(ROUNDS):
            before = sum(os.times()[2:4])
            subprocess.run([program, "show", path], check=True, capture_output=True)
            took.append(sum(os.times()[2:4]) - before)
    return statistics.median(took)


def cost(content: bytes, to: Server, *counted: Server) -> float:
    """Return the processor seconds that one upload takes of some servers."""
    before = sum(each.seconds for each in counted)
    upload(content, to)
    return sum(each.seconds for each in counted) - before


def rate(to: Server) -> float:
    """Return how many small wheels a second are taken, several at a time."""
    content = wheel(SIZES[0])
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_A_TIME) as clients:
        list(clients.map(lambda _: upload(content, to), range(UPLOADS)))
    return UPLOADS / (time.perf_counter() - began)


def wheel(size: int) -> bytes:
    """Return a true wheel of about a size: one of the corpus, with more of its code.

    Two thirds of each file are zeros, since compiled code shrinks to a third.
    """
    with zipfile.ZipFile(io.BytesIO(fixture().content())) as source:
        files = {name: source.read(name) for name in source.namelist()}
    code = next(text for text in files.values() if text[:4] == b"\x7fELF")
    record = next(name for name in files if name.endswith("/RECORD"))
    more = min(MOST, size // 4)
    for number in range(size // more):
        name = f"{PACKAGE}/_more_{number}.so"
        files[name] = code + noise(name, more - len(code)) + bytes(2 * more)
    del files[record]
    rows = "".join(row(name, text) for name, text in files.items())
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(record, f"{rows}{record},,\n")
    return target.getvalue()


@functools.cache
def fixture() -> Fixture:
    """Return a wheel of the corpus whose claims hold."""
    return next(each for each in fixtures() if each.id == TRUE)


def noise(seed: str, size: int) -> bytes:
    """Return bytes that do not shrink, the same for the same seed."""
    return hashlib.shake_128(seed.encode()).digest(size)


def row(name: str, text: bytes) -> str:
    """Return a member's row of RECORD."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(text).digest())
    return f"{name},sha256={digest.rstrip(b'=').decode()},{len(text)}\n"


def upload(content: bytes, to: Server) -> None:
    """Upload a wheel by the form that twine sends."""
    name = Path(fixture().path).name
    fields = {
        ":action": "file_upload",
        "name": PACKAGE,
        "version": "1",
        "md5_digest": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha256_digest": hashlib.sha256(content).hexdigest(),
        "blake2_256_digest": hashlib.blake2b(content, digest_size=32).hexdigest(),
    }
    part = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    head = "".join(f'{part}"{key}"\r\n\r\n{said}\r\n' for key, said in fields.items())
    head += f'{part}"content"; '
    head += f'filename="{name}"\r\n\r\n'
    body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    connection = http.client.HTTPConnection("127.0.0.1", to.port, timeout=300)
    with contextlib.closing(connection):
        connection.request("POST", "/", body, kind)
        reply = connection.getresponse()
        if reply.status != http.HTTPStatus.OK:
            raise SystemExit(f"{reply.status} {reply.reason}")


if __name__ == "__main__":
    main()
