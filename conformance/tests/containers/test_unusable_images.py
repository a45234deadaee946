"""Images whose Python cannot be started, and what is said about them."""

import io
import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.running_container import (
    RunningContainer,
)
from manylinux_conformance.errors import (
    UnusableImageError,
)
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.sandbox.process import ProcessResult

from .conftest import containers, wait_until_ended, with_interpreters

# A program file for a machine that does not exist, as any foreign one is to a kernel
# without a handler for it.
FOREIGN = (
    b"\x7fELF\x02\x01\x01"
    + bytes(9)
    + (2).to_bytes(2, "little")
    + (0x1234).to_bytes(2, "little")
    + (1).to_bytes(4, "little")
    + bytes(40)
)

MakeReady = Callable[..., ReadyContainer]
MakeRunning = Callable[..., RunningContainer]
RunPython = Callable[..., ProcessResult]
FORMAT_ERROR = r"exec format error.*platforms doctor"


def test_first_interpreter_that_exists_is_taken(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    python = ready.container.release.interpreters[0]
    running = make_running(with_interpreters(ready, "/opt/none/bin/python3", python))
    assert run_python(running, "print(1)").status == 0
    assert running.python == python


def test_image_without_python_is_told_with_what_was_tried(
    ready: ReadyContainer, make_running: MakeRunning
) -> None:
    running = make_running(with_interpreters(ready, "/opt/a/python3", "/opt/b/python3"))
    reason = "the image has no Python at /opt/a/python3, /opt/b/python3"
    with pytest.raises(UnusableImageError, match=reason):
        running.start()
    assert containers(running.engine) == []


def test_catalogue_entry_without_interpreters_is_told(
    ready: ReadyContainer, make_running: MakeRunning
) -> None:
    running = make_running(with_interpreters(ready))
    with pytest.raises(UnusableImageError, match="names no interpreter"):
        running.start()


def test_python_that_ends_at_once_is_told_with_its_words(
    made_up: MakeReady,
    make_running: MakeRunning,
    run_python: RunPython,
    tmp_path: Path,
) -> None:
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\necho error while loading libpython >&2\nexit 127\n")
    broken.chmod(0o755)
    ready = with_interpreters(made_up(), str(broken))
    running = make_running(ready)
    running.start()
    wait_until_ended(running.engine)
    reason = "its Python does not start: error while loading libpython$"
    with pytest.raises(UnusableImageError, match=reason):
        run_python(running, "print(1)")


def test_missing_emulator_is_told_with_the_command_that_explains_it(
    made_up: MakeReady,
    make_running: MakeRunning,
    run_python: RunPython,
    tmp_path: Path,
) -> None:
    foreign = tmp_path / "python3"
    foreign.write_bytes(FOREIGN)
    foreign.chmod(0o755)
    ready = with_interpreters(made_up(), str(foreign))
    with pytest.raises(UnusableImageError, match=FORMAT_ERROR):
        run_python(make_running(ready), "print(1)")


@pytest.fixture
def foreign(native: ReadyContainer) -> Iterator[ReadyContainer]:
    """Give a real image whose Python is for a machine that does not exist."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        member = tarfile.TarInfo("usr/bin/python3")
        member.size, member.mode = len(FOREIGN), 0o755
        archive.addfile(member, io.BytesIO(FOREIGN))
    name = f"foreign-{os.getpid()}"
    release = msgspec.structs.replace(native.container.release, name=name)
    container = Container(release, native.container.arch)
    repository, _, tag = container.image.partition(":")
    api = native.engine.client.api
    api.import_image_from_data(content.getvalue(), repository=repository, tag=tag)
    yield ReadyContainer(container, native.engine)
    native.engine.remove(container.image)


def test_missing_emulator_of_a_real_engine_is_told(
    foreign: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    with pytest.raises(UnusableImageError, match=FORMAT_ERROR):
        run_python(make_running(foreign), "print(1)")
