"""Live containers: those of this run, and those that a killed run left behind."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field

import docker.errors

from manylinux_conformance.images.engines.container_owner import is_orphan
from manylinux_conformance.images.engines.engine import LABEL, TROUBLE, Engine


@dataclass(slots=True)
class LiveContainers:
    """The containers of a run; after ``end`` none is left and none is started."""

    ended: bool = False
    _live: dict[str, Engine] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, engine: Engine, container: str) -> None:
        """Take note of a container that was created."""
        with self._lock:
            self._live[container] = engine
        if self.ended:
            self.remove(container)

    def remove(self, container: str) -> None:
        """Remove a container, whatever runs in it; ``end`` tries again what fails."""
        with self._lock:
            engine = self._live.get(container)
        if engine is not None and _remove(engine, container):
            with self._lock:
                self._live.pop(container, None)

    def end(self) -> None:
        """Remove all; what runs in them ends as if it had been killed."""
        self.ended = True
        with self._lock:
            left = list(self._live)
        for container in left:
            self.remove(container)


def remove_orphans(engine: Engine) -> None:
    """Remove the containers of runs of this machine that are not alive any more."""
    with contextlib.suppress(*TROUBLE):
        for each in engine.client.api.containers(all=True, filters={"label": LABEL}):
            if is_orphan(each["Labels"][LABEL], running=each["State"] == "running"):
                _remove(engine, each["Id"])


def _remove(engine: Engine, container: str) -> bool:
    """Remove a container; return whether it is gone."""
    try:
        engine.client.api.remove_container(container, force=True, v=True)
    except docker.errors.NotFound:
        return True
    except TROUBLE:
        return False
    return True
