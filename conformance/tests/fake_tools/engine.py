"""A made-up Docker engine whose containers are processes of this machine.

python engine.py SOCKET WAY IMAGE...

It speaks the calls that asking in containers makes.  WAY is what it does wrong: one of
``slow-removal``, ``failing-removal`` (the first one), ``no-status``, ``no-exec``,
``no-ps``; ``dies`` as soon as a made-up installer is started; with ``entrypoint`` its
images have one, and with ``loses-image`` it lists them and starts nothing of them.
"""

import contextlib
import json
import os
import platform
import re
import signal
import socketserver
import struct
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import IO, Any
from urllib.parse import parse_qs, unquote, urlsplit

SOCKET, WAY, *IMAGES = sys.argv[1:]
API = "1.41"
SIGNALLED = 128
Facts = dict[str, Any]  # JSON


@dataclass
class Container:
    """What was asked for, and the processes that run in it."""

    wanted: Facts
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    said: bytes = b""

    @property
    def running(self) -> bool:
        return bool(self.processes) and self.processes[0].poll() is None

    @property
    def state(self) -> str:
        if self.running:
            return "running"
        return "exited" if self.processes or self.said else "created"

    def start(self) -> None:
        """Start the first process; what cannot be executed is told in the log only."""
        first = self.wanted["Entrypoint"]
        assert isinstance(first, list)
        try:
            process = subprocess.Popen(
                first,
                stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except FileNotFoundError:
            raise
        except OSError as error:
            self.said = f"exec {first[0]}: {(error.strerror or '').lower()}\n".encode()
        else:
            self.processes.append(process)

    def log(self) -> bytes:
        if self.processes and not self.running and self.processes[0].stderr:
            self.said += self.processes[0].stderr.read()
        return self.said

    def kill(self) -> None:
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def lives(process: subprocess.Popen[bytes]) -> bool:
    """Return whether anything of a process's group is left."""
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


@dataclass
class Execution:
    """A command in a container."""

    container: str
    wanted: Facts
    status: int | None = None


CONTAINERS: dict[str, Container] = {}
EXECUTIONS: dict[str, Execution] = {}
FAILURES = ["removal"] if WAY == "failing-removal" else []


class Call(BaseHTTPRequestHandler):
    """One call."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.answer("GET")

    def do_POST(self) -> None:
        self.answer("POST")

    def do_DELETE(self) -> None:
        self.answer("DELETE")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, method: str) -> None:
        parts = urlsplit(self.path)
        self.query = parse_qs(parts.query)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.body: Facts = json.loads(body) if body else {}
        path = re.sub(r"^/v[0-9.]+", "", parts.path)
        for wanted, pattern, answer in CALLS:
            if method == wanted and (found := re.fullmatch(pattern, path)):
                answer(self, *map(unquote, found.groups()))
                return
        self.fail(501, f"{method} {path} is not known here")

    def say(self, facts: object, status: int = 200) -> None:
        content = json.dumps(facts).encode() if status != 204 else b""
        self.write(content, status, "application/json")

    def fail(self, status: int, message: str) -> None:
        self.say({"message": message}, status)

    def write(self, content: bytes, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def version(self) -> None:
        self.say({"ApiVersion": API, "MinAPIVersion": "1.24", "Version": "made-up"})

    def info(self) -> None:
        facts = {"Architecture": platform.machine(), "DockerRootDir": "/nonexistent"}
        self.say(facts | {"Name": "made-up", "OperatingSystem": "made-up"})

    def image(self, name: str) -> None:
        if name not in IMAGES:
            self.fail(404, f"No such image: {name}")
            return
        facts = {"Id": "sha256:0", "Architecture": "amd64", "Size": 1}
        entered = {"Entrypoint": ["env", "IN=image"] if WAY == "entrypoint" else None}
        self.say({**facts, "Config": entered})

    def listing(self) -> None:
        self.say(
            [
                {"Id": each, "Labels": one.wanted["Labels"], "State": one.state}
                for each, one in CONTAINERS.items()
            ]
        )

    def create(self) -> None:
        lost = WAY == "loses-image" and "signal.pause" in str(self.body)
        if lost or self.body["Image"] not in IMAGES:
            self.fail(404, f"No such image: {self.body['Image']}")
            return
        name = uuid.uuid4().hex * 2
        CONTAINERS[name] = Container(self.body)
        self.say({"Id": name, "Warnings": []}, 201)

    def found(self, name: str) -> Container | None:
        if name not in CONTAINERS:
            self.fail(404, f"No such container: {name}")
        return CONTAINERS.get(name)

    def start(self, name: str) -> None:
        if container := self.found(name):
            try:
                container.start()
            except FileNotFoundError as error:
                reason = f'exec: "{error.filename}": stat: no such file or directory'
                self.fail(400, f"OCI runtime create failed: {reason}: unknown")
            else:
                self.say(None, 204)

    def inspect(self, name: str) -> None:
        if container := self.found(name):
            state = {"Running": container.running}
            self.say({"Id": name, "State": state, "Config": {"Tty": False}})

    def top(self, name: str) -> None:
        if container := self.found(name):
            if WAY == "no-ps":
                self.fail(500, "exec: ps: executable file not found in $PATH")
            else:
                left = [[str(each.pid)] for each in container.processes if lives(each)]
                self.say({"Titles": ["PID"], "Processes": left})

    def logs(self, name: str) -> None:
        if container := self.found(name):
            said = container.log()
            frame = struct.pack(">BxxxL", 2, len(said)) + said if said else b""
            self.write(frame, 200, "application/octet-stream")

    def kill(self, name: str) -> None:
        if container := self.found(name):
            container.kill()
            self.say(None, 204)

    def remove(self, name: str) -> None:
        if FAILURES:
            self.fail(500, f"cannot remove container {name}: {FAILURES.pop()}")
        elif container := self.found(name):
            if WAY == "slow-removal":
                time.sleep(1)
            container.kill()
            CONTAINERS.pop(name, None)
            self.say(None, 204)

    def new_execution(self, name: str) -> None:
        if container := self.found(name):
            if WAY == "no-exec":
                self.fail(500, f"no execution in {name} today")
            elif not container.running:
                self.fail(409, f"Container {name} is not running")
            else:
                identifier = uuid.uuid4().hex * 2
                EXECUTIONS[identifier] = Execution(name, self.body)
                self.say({"Id": identifier}, 201)

    def execute(self, identifier: str) -> None:
        self.send_response(101, "UPGRADED")
        self.send_header("Connection", "Upgrade")
        self.send_header("Upgrade", "tcp")
        self.end_headers()
        self.close_connection = True
        one = EXECUTIONS[identifier]
        try:
            self.follow(one)
        except FileNotFoundError as error:
            reason = f'exec: "{error.filename}": stat: no such file or directory'
            self.frame(1, f"OCI runtime exec failed: exec failed: {reason}".encode())
            one.status = 127

    def follow(self, one: Execution) -> None:
        wanted = one.wanted
        if WAY == "dies" and "installer.py" in str(wanted["Cmd"]):
            for container in CONTAINERS.values():
                container.kill()
            os._exit(1)
        environment = dict(each.split("=", 1) for each in wanted.get("Env") or ())
        process = subprocess.Popen(
            wanted["Cmd"],
            cwd=wanted["WorkingDir"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        CONTAINERS[one.container].processes.append(process)
        streams = ((1, process.stdout), (2, process.stderr))
        threads = [threading.Thread(target=self.copy, args=each) for each in streams]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        status = process.wait()
        if WAY != "no-status":
            one.status = SIGNALLED - status if status < 0 else status

    def copy(self, stream: int, file: IO[bytes]) -> None:
        while chunk := os.read(file.fileno(), 65536):
            self.frame(stream, chunk)

    def frame(self, stream: int, chunk: bytes) -> None:
        with contextlib.suppress(OSError):  # nobody listens any more
            self.wfile.write(struct.pack(">BxxxL", stream, len(chunk)) + chunk)

    def execution(self, identifier: str) -> None:
        if EXECUTIONS[identifier].container not in CONTAINERS:
            self.fail(404, f"No such exec instance: {identifier}")
            return
        self.say({"ExitCode": EXECUTIONS[identifier].status})


CALLS: list[tuple[str, str, Callable[..., None]]] = [
    ("GET", "/version", Call.version),
    ("GET", "/info", Call.info),
    ("GET", "/images/(.+)/json", Call.image),
    ("GET", "/containers/json", Call.listing),
    ("POST", "/containers/create", Call.create),
    ("POST", "/containers/([^/]+)/start", Call.start),
    ("GET", "/containers/([^/]+)/json", Call.inspect),
    ("GET", "/containers/([^/]+)/logs", Call.logs),
    ("GET", "/containers/([^/]+)/top", Call.top),
    ("POST", "/containers/([^/]+)/kill", Call.kill),
    ("DELETE", "/containers/([^/]+)", Call.remove),
    ("POST", "/containers/([^/]+)/exec", Call.new_execution),
    ("POST", "/exec/([^/]+)/start", Call.execute),
    ("GET", "/exec/([^/]+)/json", Call.execution),
]


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """The engine."""

    daemon_threads = True
    request_queue_size = 50


def end(*_: object) -> None:
    for container in CONTAINERS.values():
        container.kill()
    os._exit(0)


signal.signal(signal.SIGTERM, end)
server = Server(SOCKET, Call)
os.write(1, b"ready\n")
server.serve_forever()
