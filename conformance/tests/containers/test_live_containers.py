"""Live containers: none outlives its run, and no other run's is touched."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.live_containers import (
    LiveContainers,
    remove_orphans,
)
from manylinux_conformance.images.engines.container_owner import owner
from manylinux_conformance.images.engines.engine import LABEL, Engine

MakeReady = Callable[..., ReadyContainer]
# Another run: it creates a container, says which, and waits to be killed.
OTHER_RUN = """
import sys, time
from manylinux_conformance.images.engines.engine import LABEL, connect
from manylinux_conformance.images.engines.container_owner import owner
api = connect().client.api
made = api.create_container(sys.argv[1], command=["-"], labels={LABEL: owner()})
print(made["Id"], flush=True)
time.sleep(600)
"""
MACHINE, BOOT, PROCESS, BEGUN = owner().split(":")
ANOTHER_BOOT = "00000000-0000-4000-8000-000000000000"


def create(ready: ReadyContainer, label: str) -> str:
    python = ready.container.release.interpreters[0]
    api = ready.engine.client.api
    made = api.create_container(
        ready.container.image,
        entrypoint=[python, "-S", "-c", "import time; time.sleep(600)"],
        labels={LABEL: label},
        host_config=api.create_host_config(network_mode="none"),
    )
    return str(made["Id"])


def exists(engine: Engine, container: str) -> bool:
    return any(
        each["Id"] == container for each in engine.client.api.containers(all=True)
    )


@pytest.fixture
def started(ready: ReadyContainer) -> Iterator[Callable[[str], str]]:
    """Return a function that starts a container with some label."""
    made = []

    def start(label: str, *, running: bool = True) -> str:
        made.append(create(ready, label))
        if running:
            ready.engine.client.api.start(made[-1])
        return made[-1]

    yield start
    left = LiveContainers()
    for each in made:
        left.add(ready.engine, each)
    left.end()


def test_label_names_machine_boot_process_and_its_start() -> None:
    assert socket.gethostname() == MACHINE
    assert f"{BOOT}\n" == Path("/proc/sys/kernel/random/boot_id").read_text()
    assert int(PROCESS) == os.getpid()
    assert int(BEGUN) > 0


@pytest.mark.parametrize(
    ("label", "stays"),
    [
        ("{machine}:{boot}:{process}:{begun}", True),
        ("{machine}:{boot}:{process}:1", False),  # the number was used before
        ("{machine}:{boot}:4194305:{begun}", False),  # more than any process
        ("{machine}:{boot}:nonsense:{begun}", False),
        ("{machine}:00000000-0000:4194305:{begun}", True),  # of a namesake
        ("elsewhere:{boot}:4194305:{begun}", True),
        ("debian-12-s390x", True),
        ("", True),
    ],
)
def test_only_containers_of_dead_runs_are_removed(
    ready: ReadyContainer, started: Callable[..., str], label: str, *, stays: bool
) -> None:
    machine, boot, process, begun = owner().split(":")
    facts = {"machine": machine, "boot": boot, "process": process, "begun": begun}
    container = started(label.format_map(facts))
    remove_orphans(ready.engine)
    assert exists(ready.engine, container) is stays


def test_container_of_before_the_boot_is_removed_if_it_does_not_run(
    ready: ReadyContainer, started: Callable[..., str]
) -> None:
    label = f"{MACHINE}:{ANOTHER_BOOT}:{PROCESS}:{BEGUN}"
    container = started(label, running=False)
    remove_orphans(ready.engine)
    assert not exists(ready.engine, container)


def test_process_of_somebody_else_counts_as_alive(
    ready: ReadyContainer, started: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> None:
        raise PermissionError

    container = started(owner())
    with monkeypatch.context() as patch:
        patch.setattr(os, "kill", refuse)
        remove_orphans(ready.engine)
    assert exists(ready.engine, container)


def test_runs_at_once_leave_each_others_containers_until_one_is_killed(
    ready: ReadyContainer,
) -> None:
    command = [sys.executable, "-c", OTHER_RUN, ready.container.image]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        container = other.stdout.readline().strip()
        remove_orphans(ready.engine)
        assert exists(ready.engine, container)
        other.send_signal(signal.SIGKILL)
        other.wait()
        remove_orphans(ready.engine)
        assert not exists(ready.engine, container)


def test_removing_is_tried_again_at_the_end(made_up: MakeReady) -> None:
    ready, live = made_up("failing-removal"), LiveContainers()
    container = create(ready, owner())
    live.add(ready.engine, container)
    live.remove(container)
    assert exists(ready.engine, container)
    live.end()
    assert not exists(ready.engine, container)


def test_container_that_is_gone_already_is_no_trouble(ready: ReadyContainer) -> None:
    live = LiveContainers()
    container = create(ready, owner())
    live.add(ready.engine, container)
    ready.engine.client.api.remove_container(container)
    live.remove(container)
    live.remove("never seen")
    live.end()


def test_container_that_comes_after_the_end_goes_at_once(ready: ReadyContainer) -> None:
    live = LiveContainers()
    live.end()
    container = create(ready, owner())
    live.add(ready.engine, container)
    assert not exists(ready.engine, container)


def test_many_threads_leave_nothing(made_up: MakeReady) -> None:
    ready, live = made_up(), LiveContainers()

    def churn() -> None:
        for _ in range(5):
            live.add(ready.engine, create(ready, owner()))

    threads = [threading.Thread(target=churn) for _ in range(4)]
    for each in threads:
        each.start()
    live.end()
    for each in threads:
        each.join()
    assert ready.engine.client.api.containers(all=True) == []
