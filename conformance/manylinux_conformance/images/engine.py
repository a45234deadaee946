"""The engine: a connection to Docker, and in words why there is none."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import docker.errors
import requests
from docker.context import ContextAPI

from manylinux_conformance.errors import InputError
from manylinux_conformance.images.tunnel import open_tunnel

HERE = "Docker engine"
SSH = "ssh://"
USUAL = "unix:///var/run/docker.sock"
GREETING = 20  # seconds that an engine has to say who it is
PATIENCE = 3700  # seconds of silence on a connection; runs have limits of their own
LABEL = "manylinux-conformance"
TROUBLE = (docker.errors.DockerException, requests.RequestException, OSError)
INSTALL = "is not installed; run: apt-get install docker.io"
START = "is not running; run: systemctl start docker"
PERMISSION = "no permission; run: adduser USER docker (and log in again)"


@dataclass(frozen=True, slots=True)
class Image:
    """An image that an engine has.

    ``digest`` is the content's own: the same content has the same digest everywhere.
    ``architecture`` is the word of the OCI image specification.
    ``size`` is in bytes.
    ``entrypoint`` is what the image has before every command.
    """

    name: str
    digest: str
    architecture: str
    size: int
    entrypoint: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Engine:
    """A running Docker engine; ``machine`` is what its kernel calls itself."""

    client: Any  # docker ships no types
    address: str
    machine: str
    tunnelled: bool = False

    def image(self, name: str) -> Image | None:
        """Return an image by its name, or None if the engine does not have it."""
        with translated(self.address):
            try:
                facts = self.client.api.inspect_image(name)
            except docker.errors.ImageNotFound:
                return None
        entrypoint = tuple((facts.get("Config") or {}).get("Entrypoint") or ())
        plain = (facts["Id"], facts["Architecture"], facts["Size"])
        return Image(name, *plain, entrypoint)

    def images(self) -> dict[str, int]:
        """Return the names of all prepared images with their sizes in bytes."""
        with translated(self.address):
            found = self.client.api.images(filters={"reference": f"{LABEL}/*"})
        return {name: one["Size"] for one in found for name in one["RepoTags"] or ()}

    @property
    def is_local(self) -> bool:
        """Whether it is reached by a socket of this machine."""
        return not self.tunnelled and str(self.client.api.base_url).startswith(
            "http+docker://"
        )

    def free(self) -> int | None:
        """Return the bytes free where the engine keeps images; None if unknown."""
        with translated(self.address):
            folder = Path(self.client.info()["DockerRootDir"])
        if not self.is_local or not folder.is_dir():
            return None
        return shutil.disk_usage(folder).free

    def load(self, archive: Iterable[bytes]) -> None:
        """Load an image archive, whole or not at all."""
        with translated(self.address):
            for line in self.client.api.load_image(iter(archive), quiet=True):
                raise_error(self.address, line)

    def save(self, name: str) -> Iterator[bytes]:
        """Yield an image as an archive, piece by piece."""
        with translated(self.address):
            yield from self.client.api.get_image(name)

    def remove(self, name: str) -> None:
        """Remove an image, unless it has another name too."""
        with translated(self.address):
            self.client.api.remove_image(name, force=True)

    def registry_digest(self, reference: str) -> str:
        """Return the digest that a registry has under a reference, without pulling."""
        with translated(reference):
            facts = self.client.api.inspect_distribution(reference)
        return str(facts["Descriptor"]["digest"])

    def pull(self, reference: str, platform: str, say: Callable[[str], None]) -> None:
        """Pull an image for a platform such as ``linux/arm/v7``."""
        with translated(reference):
            lines = self.client.api.pull(
                reference, platform=platform, stream=True, decode=True
            )
            for line in lines:
                raise_error(reference, line)
                if line.get("status") in {"Downloading", "Extracting"}:
                    say(f"{line['status'].lower()} {line.get('id', '')}")

    def name(self, image: str, new: str) -> None:
        """Give an image another name; both are kept."""
        repository, _, tag = new.rpartition(":")
        with translated(self.address):
            self.client.api.tag(image, repository, tag)

    def has_any(self, image: str, paths: Iterable[str]) -> bool:
        """Return whether an image has one of these files; nothing in it is run."""
        with translated(self.address):
            made = self.client.api.create_container(
                image, command=["-"], labels={LABEL: "look"}
            )
            try:
                return any(self._has(made["Id"], path) for path in paths)
            finally:
                self.client.api.remove_container(made["Id"], force=True)

    def _has(self, container: str, path: str) -> bool:
        try:
            content, _ = self.client.api.get_archive(container, path)
        except docker.errors.NotFound:
            return False
        content.close()
        return True


def connect(address: str = "") -> Engine:
    """Return the engine at an address, in a Docker context, or else the usual one.

    The usual one is the user's: ``DOCKER_HOST``, or this machine's socket.
    Raises InputError that says what is wrong and what would help.
    """
    named = address or os.environ.get("DOCKER_HOST", "")
    where = named or HERE
    with translated(where), contextlib.ExitStack() as undo:
        host = _host(named) if named else USUAL
        if tunnelled := host.startswith(SSH):
            tunnel = open_tunnel(host)
            undo.callback(tunnel.close)
            client = docker.DockerClient(f"unix://{tunnel.socket}", timeout=GREETING)
        elif address:
            _knock(host)
            client = docker.DockerClient(host, timeout=GREETING)
        else:
            _knock(host)
            client = docker.from_env(timeout=GREETING)
        machine = client.info()["Architecture"]
        weakref.finalize(client, undo.pop_all().close)
    client.api.timeout = PATIENCE
    return Engine(client, where, machine, tunnelled)


@contextlib.contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn what goes wrong with an engine into an InputError."""
    try:
        yield
    except TROUBLE as error:
        raise InputError(where, reason_of(error)) from error


def raise_error(where: str, line: dict[str, Any]) -> None:
    """Raise InputError if a line of an engine's answer is an error."""
    if error := line.get("error"):
        raise InputError(where, worded(str(error)))


def worded(said: str) -> str:
    """Return what an engine says of an error, with what helps where that is known."""
    if "no space left" in said.lower():
        return "the disk is full; make room, for example with 'platforms remove'"
    if "connection refused" in said or "no such host" in said:
        return f"cannot be reached: {said.strip()}"
    return said.strip().splitlines()[-1] if said.strip() else "gives no reason"


def reason_of(error: BaseException) -> str:
    """Put the innermost error of a chain into words."""
    kinds = {type(each) for each in _chain(error)}
    if PermissionError in kinds:
        return PERMISSION
    if FileNotFoundError in kinds and not shutil.which("dockerd"):
        return INSTALL
    if {FileNotFoundError, ConnectionRefusedError, ConnectionResetError} & kinds:
        return START
    if kinds & {requests.ReadTimeout, TimeoutError}:
        return "does not answer; run: systemctl restart docker"
    said = getattr(error, "explanation", None) or str(error)
    return worded(said) if said.strip() else type(error).__name__


def _host(address: str) -> str:
    if "://" in address:
        return address
    context = ContextAPI.get_context(address)
    if context is None:
        raise InputError(address, "is neither an address nor a Docker context")
    return str(context.Host)


def _knock(address: str) -> None:
    """Raise OSError if nobody listens on a socket; docker's client leaves it open."""
    if address.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as knocking:
            knocking.connect(address.removeprefix("unix://"))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    left: list[object] = [error]
    while left:
        one = left.pop()
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            left += [one.__cause__, one.__context__, *one.args]
            yield one
