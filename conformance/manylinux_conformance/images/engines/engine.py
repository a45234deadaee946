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

from manylinux_conformance.errors import (
    DISK_FULL,
    EngineError,
    FetchError,
    InputError,
    is_disk_full,
)
from manylinux_conformance.images.engines.container_owner import owner
from manylinux_conformance.images.engines.tunnel import open_tunnel

HERE = "Docker engine"
SSH = "ssh://"
BY_SOCKET = "http+docker://"  # how the library calls what is reached by one
USUAL = "unix:///var/run/docker.sock"
DEFAULT_CONTEXT = "default"  # DOCKER_HOST or the usual one, as for the docker command
CONNECT_TIMEOUT = 20  # seconds that an engine has to say who it is
NANOSECONDS = 1e9  # in a second, by which engines count
SILENCE_TIMEOUT = 3700  # seconds without a word; runs have limits of their own
LABEL = "manylinux-conformance"
# What a connection to an engine raises.  Other errors of the operating system are about
# files of this machine.
TROUBLE = (
    docker.errors.DockerException,
    requests.RequestException,
    ConnectionError,
    TimeoutError,
)
INSTALL = "apt-get install docker.io"
START = "systemctl start docker"
RESTART = "systemctl restart docker"
JOIN = "adduser USER docker (and log in again)"
MAKE_ROOM = "manylinux-conformance platforms remove PLATFORM"


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
    """A running Docker engine.

    ``machine`` is what its kernel calls itself, ``kernel`` that one's release.
    """

    client: Any  # docker ships no types
    address: str
    machine: str
    tunnelled: bool = False
    kernel: str = ""

    def image(self, name: str) -> Image | None:
        """Return an image by its name, or None if the engine does not have it.

        Like everything here it raises EngineError if the engine fails.
        """
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
                if said := line.get("error"):
                    raise EngineError(self.address, *explained(str(said)))

    def save(self, name: str) -> Iterator[bytes]:
        """Yield an image as an archive, piece by piece."""
        with translated(self.address):
            yield from self.client.api.get_image(name)

    def remove(self, name: str) -> None:
        """Remove an image, unless it has another name too."""
        with translated(self.address):
            self.client.api.remove_image(name, force=True)

    def registry_digest(self, reference: str) -> str:
        """Return the digest that a registry has under a reference, without pulling.

        Raises FetchError if the registry does not give it.
        """
        with translated(self.address), _fetching(reference):
            facts = self.client.api.inspect_distribution(reference)
        return str(facts["Descriptor"]["digest"])

    def pull(self, reference: str, platform: str, say: Callable[[str], None]) -> None:
        """Pull an image for a platform such as ``linux/arm/v7``.

        Raises FetchError if the registry does not give it.
        """
        with translated(self.address), _fetching(reference):
            lines = self.client.api.pull(
                reference, platform=platform, stream=True, decode=True
            )
            for line in lines:
                if said := line.get("error"):
                    raise FetchError(reference, *explained(str(said)))
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
                image, command=["-"], labels={LABEL: owner()}
            )
            try:
                return any(self._has(made["Id"], path) for path in paths)
            finally:
                self.client.api.remove_container(made["Id"], force=True)

    def processor_seconds(self, container: str) -> float:
        """Return the processor time that a running container has used, 0 if unknown."""
        try:
            used = self.client.api.stats(container, stream=False, one_shot=True)
        except TROUBLE:
            return 0.0
        return float(used["cpu_stats"]["cpu_usage"]["total_usage"]) / NANOSECONDS

    def _has(self, container: str, path: str) -> bool:
        try:
            content, _ = self.client.api.get_archive(container, path)
        except docker.errors.NotFound:
            return False
        content.close()
        return True


def connect(address: str = "") -> Engine:
    """Return the engine at an address, in a Docker context, or else the usual one.

    The usual one is the user's: ``DOCKER_HOST``, or this machine's socket; the context
    ``default`` is that one, too.
    Raises InputError if the address is neither one nor a context, MissingProgramError
    without the program that reaches it, and EngineError if no engine answers.
    """
    if address == DEFAULT_CONTEXT:
        address = ""
    named = address or os.environ.get("DOCKER_HOST", "")
    where = named or HERE
    with translated(where), contextlib.ExitStack() as undo:
        host = _host(named) if named else USUAL
        if tunnelled := host.startswith(SSH):
            tunnel = open_tunnel(host)
            undo.callback(tunnel.close)
            client = docker.DockerClient(
                f"unix://{tunnel.socket}", timeout=CONNECT_TIMEOUT
            )
        elif address:
            _knock(where, host)
            client = docker.DockerClient(host, timeout=CONNECT_TIMEOUT)
        else:
            _knock(where, host)
            client = docker.from_env(timeout=CONNECT_TIMEOUT)
        # A socket has no proxy, and looking for one costs a third of each request.
        client.api.trust_env = not client.api.base_url.startswith(BY_SOCKET)
        facts = client.info()
        weakref.finalize(client, undo.pop_all().close)
    client.api.timeout = SILENCE_TIMEOUT
    kernel = facts.get("KernelVersion", "")
    return Engine(client, where, facts["Architecture"], tunnelled, kernel)


@contextlib.contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn what a connection to an engine raises into an EngineError."""
    try:
        yield
    except TROUBLE as error:
        raise EngineError(where, *reason_and_remedy(error)) from error


@contextlib.contextmanager
def _fetching(reference: str) -> Iterator[None]:
    """Turn what an engine says about a registry into a FetchError."""
    try:
        yield
    except docker.errors.APIError as error:
        raise FetchError(reference, *reason_and_remedy(error)) from error


def explained(said: str) -> tuple[str, str]:
    """Return what an engine says of an error, with a command that helps if any does."""
    if is_disk_full(said):
        return DISK_FULL, MAKE_ROOM
    if "connection refused" in said or "no such host" in said:
        return f"cannot be reached: {said.strip()}", ""
    return said.strip().splitlines()[-1] if said.strip() else "gives no reason", ""


def reason_and_remedy(error: BaseException) -> tuple[str, str]:
    """Put the innermost error of a chain into words, with a command that helps."""
    kinds = {type(each) for each in _chain(error)}
    if PermissionError in kinds:
        return "no permission", JOIN
    if FileNotFoundError in kinds and not shutil.which("dockerd"):
        return "is not installed", INSTALL
    if {FileNotFoundError, ConnectionRefusedError, ConnectionResetError} & kinds:
        return "is not running", START
    if kinds & {requests.ReadTimeout, TimeoutError}:
        return "does not answer", RESTART
    said = getattr(error, "explanation", None) or str(error)
    return explained(said) if said.strip() else (type(error).__name__, "")


def _host(address: str) -> str:
    if "://" in address:
        return address
    context = ContextAPI.get_context(address)
    if context is None:
        raise InputError(address, "is neither an address nor a Docker context")
    return str(context.Host)


def _knock(where: str, address: str) -> None:
    """Raise EngineError if nobody listens; docker's client leaves its socket open."""
    if address.startswith("unix://"):
        try:
            with socket.socket(socket.AF_UNIX) as knocking:
                knocking.connect(address.removeprefix("unix://"))
        except OSError as error:
            raise EngineError(where, *reason_and_remedy(error)) from error


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    left: list[object] = [error]
    while left:
        one = left.pop()
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            left += [one.__cause__, one.__context__, *one.args]
            yield one
