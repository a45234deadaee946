"""The engine: a connection to Docker, and in words why there is none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import docker
import docker.errors
import requests
from docker.context import ContextAPI

from manylinux_conformance.input_error import InputError

HERE = "Docker engine"
PATIENCE = 3700  # seconds of silence on a connection; runs have limits of their own
LABEL = "manylinux-conformance"
TROUBLE = (docker.errors.DockerException, requests.RequestException, OSError)
INSTALL = "install and start it (on Debian: apt-get install docker.io)"


@dataclass(frozen=True, slots=True)
class Image:
    """An image that an engine has.

    ``digest`` is the content's own: the same content has the same digest everywhere.
    ``size`` is in bytes.
    """

    name: str
    digest: str
    architecture: str
    size: int


@dataclass(frozen=True, slots=True)
class Engine:
    """A running Docker engine; ``machine`` is what its kernel calls itself."""

    client: Any  # docker ships no types
    address: str
    machine: str

    def image(self, name: str) -> Image | None:
        """Return an image by its name, or None if the engine does not have it."""
        with translated(self.address):
            try:
                facts = self.client.api.inspect_image(name)
            except docker.errors.ImageNotFound:
                return None
        return Image(name, facts["Id"], facts["Architecture"], facts["Size"])

    def load(self, archive: Iterable[bytes]) -> tuple[str, ...]:
        """Load an image archive and return the identifiers or names of its images."""
        with translated(self.address):
            for line in self.client.api.load_image(archive, quiet=True):
                if error := line.get("error"):
                    raise InputError(self.address, f"cannot load an image: {error}")
        return ()

    def save(self, name: str) -> Iterator[bytes]:
        """Yield an image as an archive, piece by piece."""
        with translated(self.address):
            yield from self.client.api.get_image(name)

    def remove(self, name: str) -> None:
        """Remove an image and what hangs on it."""
        with translated(self.address):
            self.client.api.remove_image(name, force=True)


def connect(address: str = "") -> Engine:
    """Return the engine at an address, in a Docker context, or else the usual one.

    The usual one is the user's: ``DOCKER_HOST``, or this machine's socket.
    Raises InputError that says what is wrong and what would help.
    """
    where = address or HERE
    try:
        if not address:
            client = docker.from_env(timeout=PATIENCE)
        else:
            client = docker.DockerClient(_host(address), timeout=PATIENCE)
        machine = client.info()["Architecture"]
    except TROUBLE as error:
        raise InputError(where, _reason(error)) from error
    return Engine(client, where, machine)


@contextlib.contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn what goes wrong with an engine into an InputError."""
    try:
        yield
    except TROUBLE as error:
        raise InputError(where, _reason(error)) from error


def _host(address: str) -> str:
    if "://" in address:
        return address
    context = ContextAPI.get_context(address)
    if context is None:
        raise InputError(address, "is neither an address nor a Docker context")
    return str(context.Host)


def _reason(error: BaseException) -> str:
    """Put the innermost error of a chain into words."""
    kinds = {type(each): str(each) for each in _chain(error)}
    if PermissionError in kinds:
        return "no permission; add yourself to its group: adduser USER docker"
    if {FileNotFoundError, ConnectionRefusedError, ConnectionResetError} & set(kinds):
        return f"is not running; {INSTALL}, then see 'platforms doctor'"
    said = getattr(error, "explanation", None) or str(error)
    if "no space left" in said.lower():
        return "the disk is full; 'platforms remove' makes room"
    return said.strip().splitlines()[-1] if said.strip() else type(error).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    left: list[object] = [error]
    while left:
        one = left.pop()
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            left += [one.__cause__, one.__context__, *one.args]
            yield one
