"""Installs many wheels at once with pip and uv, and finds those that differ."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.offers.ask import provided

TIMEOUT = 1800  # seconds for one run of a tool
OWN = re.compile(  # what installers write themselves
    r"[^/]+\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json|uv_\w+\.json)"
)
SCHEME = re.compile(r"[^/]+\.data/(purelib|platlib|data)/")


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A wheel, and the digests of the files that the auditor sees in it."""

    project: str
    wheel: Path
    files: Mapping[str, str]

    @property
    def installed(self) -> dict[str, str]:
        """What installers have to make of it, by the path in the target folder."""
        return {
            SCHEME.sub("", name): digest
            for name, digest in self.files.items()
            if not OWN.fullmatch(name)
        }


Install = Callable[[Sequence[Case], Path], str]  # into a folder; why not, or nothing


def pip(cases: Sequence[Case], target: Path) -> str:
    """Install with the newest pip on file."""
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps"]
    command += ["--no-compile", "--no-cache-dir", "--disable-pip-version-check"]
    variables = {
        "PYTHONPATH": str(provided("pip").packages),
        "PIP_CONFIG_FILE": "/dev/null",
    }
    wheels = [str(case.wheel) for case in cases]
    return _run([*command, "--quiet", f"--target={target}", *wheels], variables)


def uv(cases: Sequence[Case], target: Path) -> str:
    """Install files with the newest uv on file."""
    return _uv([str(case.wheel) for case in cases], target)


def uv_from(address: str) -> Install:
    """Return what installs with uv while it downloads: it reads the stream."""

    def install(cases: Sequence[Case], target: Path) -> str:
        folders = [f"{address}/{case.wheel.parent.name}" for case in cases]
        return _uv(
            [
                f"{case.project} @ {folder}/{case.wheel.name}"
                for case, folder in zip(cases, folders, strict=True)
            ],
            target,
        )

    return install


def _uv(requirements: Sequence[str], target: Path) -> str:
    command = [f"{provided('uv').programs}/uv", "pip", "install", "--no-cache"]
    command += ["--no-config", "--no-index", "--no-deps", "--quiet"]
    command += [f"--python={sys.executable}", f"--target={target}"]
    return _run([*command, *requirements], {})


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder to this machine and return its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def differing(install: Install, cases: Sequence[Case]) -> dict[Case, str]:
    """Return the wheels that are refused or installed otherwise, and how.

    All are installed in one run; where that goes wrong, halves of them are.
    """
    if not cases:
        return {}
    reason = _difference(install, cases)
    if not reason:
        return {}
    if len(cases) == 1:
        return {cases[0]: reason}
    half = len(cases) // 2
    return differing(install, cases[:half]) | differing(install, cases[half:])


def _difference(install: Install, cases: Sequence[Case]) -> str:
    with tempfile.TemporaryDirectory() as name:
        target = Path(name, "target")
        if refusal := install(cases, target):
            return refusal
        expected = {k: v for case in cases for k, v in case.installed.items()}
        found = dict(_files(target))
    for path in sorted(expected.keys() | found.keys()):
        if expected.get(path) != found.get(path):
            how = "is missing" if path in expected else "is additional"
            both = path in expected and path in found
            return f"{path} {'has other bytes' if both else how}"
    return ""


def _files(target: Path) -> Iterator[tuple[str, str]]:
    for folder, _, names in os.walk(target):
        for name in names:
            file = Path(folder, name)
            path = file.relative_to(target).as_posix()
            if not OWN.fullmatch(path) and path != ".lock":
                yield path, hashlib.sha256(file.read_bytes()).hexdigest()


def _run(command: Sequence[str], variables: Mapping[str, str]) -> str:
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        errors="backslashreplace",
        check=False,
        timeout=TIMEOUT,
        env={**os.environ, **variables},
    )
    if not ended.returncode:
        return ""
    lines = [line.strip() for line in ended.stderr.splitlines() if line.strip()]
    return f"status {ended.returncode}: {' '.join(lines)[-300:]}"
