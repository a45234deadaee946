"""Measures what the gate costs in front of pypiserver, beside pypiserver alone.

    python reference/bench/gate.py [--json]
    python reference/bench/gate.py --beside http://127.0.0.1:8080/legacy/
        --login USER:PASSWORD --process PID...

Wheels of 20 KB, 3 MB and 60 MB of the corpus's compiled code are uploaded to both, in
turns, and to an index that runs already, such as a Warehouse, if one is named with its
processes.  Times are processor seconds of the servers and their children; memory is
the resident size of the gate's own process before and after.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import functools
import hashlib
import http.client
import io
import itertools
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
from urllib.parse import urlsplit

import platformdirs
from manylinux_fixtures.corpus.fixtures import Fixture, fixtures

PYPISERVER, AUDITWHEEL = "pypiserver[passlib]==2.4.2", "auditwheel==6.8.2"
TRUE = "wheel.versions.dt-relr/relr-marker-listed/x86_64"
PACKAGE = "relr_marker_listed"
SIZES = (20_000, 3_000_000, 60_000_000)
MOST = 1_000_000  # bytes of a file that do not shrink
ROUNDS = 5
TIMES = {20_000: 20, 3_000_000: 5, 60_000_000: 1}
AT_A_TIME = 4
UPLOADS = {20_000: 80, 3_000_000: 40, 60_000_000: 8}
BOUNDARY = "frontier"
MAGIC = b"\x7fELF"
VERSIONS = map(str, itertools.count(int(time.time())))  # no release twice
LEAST = 10  # ticks of the clock from which on a ratio tells something
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Row:
    """One size: processor seconds for one upload, medians.

    ``auditwheel`` is what its ``show`` takes on the same wheel, to which receiving
    the upload would be added, ``beside`` what another index takes.
    ``ratio`` is nothing where pypiserver alone takes too little to be measured.
    ``per_second`` are uploads, several at a time: alone and with the gate.
    """

    bytes: int
    alone: float
    gated: float
    auditwheel: float
    beside: float | None
    ratio: float | None
    per_second: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, and where it listens."""

    processes: tuple[int, ...]
    port: int
    path: str = "/"
    login: str = "me:secret"

    @property
    def seconds(self) -> float:
        """Processor seconds of it and of its children, ended ones too (proc(5))."""
        ticks = (sum(map(_ticks, (each, *children(each)))) for each in self.processes)
        return sum(ticks) / TICKS

    @property
    def megabytes(self) -> float:
        """Resident memory of it alone."""
        text = Path(f"/proc/{self.processes[0]}/statm").read_text()
        return int(text.split()[1]) * PAGE / 1e6


def _ticks(process: int) -> int:
    """Return the ticks of a process and of its ended children; none of a gone one."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return 0
    return sum(map(int, text.rpartition(")")[2].split()[11:15]))


def children(process: int) -> Iterator[int]:
    """Yield the processes that run below a process."""
    for thread in Path(f"/proc/{process}/task").iterdir():
        with contextlib.suppress(OSError):  # the thread has just ended
            for child in map(int, (thread / "children").read_text().split()):
                yield from (child, *children(child))


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="Compare with pypiserver alone.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--beside", metavar="URL", help="where another takes uploads")
    parser.add_argument("--login", default="", help="USER:PASSWORD there")
    parser.add_argument("--process", type=int, nargs="+", default=(), help="its own")
    arguments = parser.parse_args()
    beside = None
    if arguments.beside:
        where = urlsplit(arguments.beside)
        processes = tuple(arguments.process)
        beside = Server(processes, where.port or 80, where.path, arguments.login)
    with servers() as (alone, behind, gate):
        before = gate.megabytes
        rows = [measured(size, alone, behind, gate, beside) for size in SIZES]
        after = gate.megabytes
    if arguments.json:
        facts = {"gate_megabytes": [before, after]}
        print(json.dumps({"rows": list(map(asdict, rows)), **facts}))
        return
    print("       bytes    alone    gated  ratio  auditwheel   beside  a second")
    for row in rows:
        print(f"{row.bytes:12,}  {row.alone:7.3f}  {row.gated:7.3f}", end="")
        print(f"  {row.ratio or '':5}  {row.auditwheel:10.3f}", end="")
        rates = " and ".join(f"{each:.1f}" for each in row.per_second)
        print(f"  {row.beside or 0:7.3f}  {rates}")
    print(f"gate: {before:.0f} MB before, {after:.0f} MB after")


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
            options = ("--passwords=.", "--authenticate=.")
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
            yield Server((process.pid,), port)
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


def measured(
    size: int, alone: Server, behind: Server, gate: Server, beside: Server | None
) -> Row:
    """Upload wheels of a size in turns; what is behind the gate counts to the gate."""
    costs = [
        (
            cost(size, alone, alone),
            cost(size, gate, gate, behind),
            cost(size, beside, beside) if beside else 0,
        )
        for _ in range(ROUNDS)
    ]
    ours, gated, other = (statistics.median(each) for each in zip(*costs, strict=True))
    return Row(
        bytes=size,
        alone=ours,
        gated=gated,
        auditwheel=of_auditwheel(wheel(size, "1")),
        beside=other if beside else None,
        ratio=round(gated / ours, 2) if ours * TIMES[size] >= LEAST / TICKS else None,
        per_second=(rate(size, alone), rate(size, gate)),
    )


def of_auditwheel(content: bytes) -> float:
    """Return the processor seconds of an auditor in the gate's place, a median."""
    program = installed(AUDITWHEEL, "auditwheel")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / filename("1")
        path.write_bytes(content)
        took = []
        for _ in range(ROUNDS):
            before = sum(os.times()[2:4])
            subprocess.run([program, "show", path], check=True, capture_output=True)
            took.append(sum(os.times()[2:4]) - before)
    return statistics.median(took)


def cost(size: int, to: Server, *counted: Server) -> float:
    """Return the processor seconds that one upload takes of some servers.

    The clock has ticks of hundredths, so small wheels are uploaded several times.
    """
    versions = list(itertools.islice(VERSIONS, TIMES[size]))
    bodies = [form(wheel(size, each), each) for each in versions]
    before = sum(each.seconds for each in counted)
    for body in bodies:
        upload(body, to)
    return (sum(each.seconds for each in counted) - before) / len(bodies)


def rate(size: int, to: Server) -> float:
    """Return how many wheels a second are taken, several at a time."""
    versions = list(itertools.islice(VERSIONS, UPLOADS[size]))
    bodies = [form(wheel(size, each), each) for each in versions]
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_A_TIME) as clients:
        list(clients.map(lambda body: upload(body, to), bodies))
    return len(bodies) / (time.perf_counter() - began)


def filename(version: str) -> str:
    """Return the file name of a release."""
    return Path(fixture().path).name.replace("-1-", f"-{version}-")


def wheel(size: int, version: str) -> bytes:
    """Return a true wheel of about a size: one of the corpus, with more of its code."""
    content, rows = code(size)
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, text in information().items():
            old, new = f"{PACKAGE}-1.", f"{PACKAGE}-{version}."
            released = name.replace(old, new)
            said = f"\nVersion: {version}\n".encode()
            changed = text.replace(b"\nVersion: 1\n", said)
            archive.writestr(released, changed)
            rows += row(released, changed)
        record = f"{PACKAGE}-{version}.dist-info/RECORD"
        archive.writestr(record, f"{rows}{record},,\n")
    return target.getvalue()


@functools.cache
def code(size: int) -> tuple[bytes, str]:
    """Return an archive of the code alone, and its rows of RECORD.

    Two thirds of each file are zeros, since compiled code shrinks to a third.
    """
    files = {name: text for name, text in members().items() if text[:4] == MAGIC}
    [(_, first)] = files.items()
    more = min(MOST, size // 4)
    for number in range(size // more):
        name = f"{PACKAGE}/_more_{number}.so"
        files[name] = first + noise(name, more - len(first)) + bytes(2 * more)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue(), "".join(row(name, text) for name, text in files.items())


def information() -> dict[str, bytes]:
    """Return what is no code, without RECORD."""
    return {
        name: text
        for name, text in members().items()
        if text[:4] != MAGIC and not name.endswith("/RECORD")
    }


@functools.cache
def members() -> dict[str, bytes]:
    """Return the files of the fixture."""
    with zipfile.ZipFile(io.BytesIO(fixture().content())) as source:
        return {name: source.read(name) for name in source.namelist()}


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


def form(content: bytes, version: str) -> bytes:
    """Return the form that twine sends."""
    fields = {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.1",
        "filetype": "bdist_wheel",
        "pyversion": "cp36",
        "name": PACKAGE,
        "version": version,
        "md5_digest": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha256_digest": hashlib.sha256(content).hexdigest(),
        "blake2_256_digest": hashlib.blake2b(content, digest_size=32).hexdigest(),
    }
    part = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    head = "".join(f'{part}"{key}"\r\n\r\n{said}\r\n' for key, said in fields.items())
    head += f'{part}"content"; filename="{filename(version)}"\r\n\r\n'
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def upload(body: bytes, to: Server) -> None:
    """Upload a wheel."""
    login = base64.b64encode(to.login.encode()).decode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Authorization": f"Basic {login}",
    }
    connection = http.client.HTTPConnection("127.0.0.1", to.port, timeout=300)
    with contextlib.closing(connection):
        connection.request("POST", to.path, body, headers)
        reply = connection.getresponse()
        if reply.status != http.HTTPStatus.OK:
            raise SystemExit(f"{reply.status} {reply.reason}")


if __name__ == "__main__":
    main()
