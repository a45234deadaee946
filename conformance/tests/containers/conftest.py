"""Looks at the containers of a test, and gives images other interpreters."""

from __future__ import annotations

import time

import msgspec
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.images.engines.container_owner import owner
from manylinux_conformance.images.engines.engine import LABEL, Engine
from manylinux_conformance.platforms.catalogue import Container


def containers(engine: Engine) -> list[str]:
    """Return the containers of this process, the newest first."""
    found = engine.client.api.containers(all=True, filters={"label": LABEL})
    return [each["Id"] for each in found if each["Labels"][LABEL] == owner()]


def wait_until_ended(engine: Engine) -> None:
    """Wait for the first process of this process's container to end."""
    (container,) = containers(engine)
    deadline = time.monotonic() + 60
    while engine.client.api.inspect_container(container)["State"]["Running"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def with_interpreters(ready: ReadyContainer, *interpreters: str) -> ReadyContainer:
    release = msgspec.structs.replace(
        ready.container.release, interpreters=interpreters
    )
    return ReadyContainer(Container(release, ready.container.arch), ready.engine)
