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


@dataclass(frozen=True, slots=True)
class Uv:
    """The newest uv on file; with an address it streams wheels as it downloads them.

    No two wheels may be in one place, since ``cache`` keeps what it has read.
    """

    cache: Path
    address: str = ""

    def __call__(self, cases: Sequence[Case], target: Path) -> str:
        """Install into a folder; return why not."""
        command = [f"{provided('uv').programs}/uv", "pip", "install", "--no-config"]
        command += ["--no-index", "--no-deps", "--quiet", f"--cache-dir={self.cache}"]
        command += [f"--python={sys.executable}", f"--target={target}"]
        return _run([*command, *map(self._place, cases)], {})

    def _place(self, case: Case) -> str:
        if not self.address:
            return str(case.wheel)
        folder = f"{self.address}/{case.wheel.parent.name}"
        return f"{case.project} @ {folder}/{case.wheel.name}"


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder to this machine and return its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that have seen enough."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def differing(install: Install, cases: Sequence[Case]) -> dict[Case, str]:
    """Return the wheels that are refused or installed otherwise, and how.

    All are installed in one run; one that a tool names as the reason why it refuses is
    left out of the next run, and where it names none, halves are installed.
    """
    if not cases:
        return {}
    with tempfile.TemporaryDirectory() as name:
        target = Path(name, "target")
        refusal = install(cases, target)
        if not refusal:
            return _otherwise(cases, dict(_files(target)))
    named = [case for case in cases if case.project in refusal]
    if len(cases) == 1 or len(named) == 1:
        (refused,) = named or cases
        rest = [case for case in cases if case is not refused]
        return {refused: refusal} | differing(install, rest)
    half = len(cases) // 2
    return differing(install, cases[:half]) | differing(install, cases[half:])


def _otherwise(cases: Sequence[Case], found: Mapping[str, str]) -> dict[Case, str]:
    """Return the wheels that are installed otherwise; all files have their projects."""
    expected = {
        path: digest for case in cases for path, digest in case.installed.items()
    }
    differing = {
        path: _how(path in expected, path in found)
        for path in sorted(expected.keys() | found.keys())
        if expected.get(path) != found.get(path)
    }
    return {
        case: f"{path} {how}"
        for case in cases
        for path, how in differing.items()
        if case.project in path or path in case.installed
    }


def _how(is_expected: bool, is_there: bool) -> str:
    if is_expected and is_there:
        return "has other bytes"
    return "is missing" if is_expected else "is additional"


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
    said = " ".join(ended.stderr.split())
    return f"status {ended.returncode}: {said}"
