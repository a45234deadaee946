"""What an interpreter in a container sees: the container, or an older C library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
from manylinux_spec.architectures import architectures

from manylinux_conformance.containers.command import Command
from manylinux_conformance.containers.running_container import RunningContainer
from manylinux_conformance.errors import UnusableImageError
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import (
    DESCRIBE,
    Interpreter,
    read_interpreter,
)
from manylinux_conformance.platforms.platform import Fidelity, Platform
from manylinux_conformance.sandbox.process import ProcessResult
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import make_sandbox
from manylinux_conformance.sandbox.shim_check import (
    CHECK_TIMEOUT,
    OBSERVE,
    ObservedPlatform,
    mismatches,
)

# The C library of CentOS 7, the last system that whole architectures had in common.
OLD = (2, 17)


def probe_interpreter(
    running: RunningContainer, platform: Platform, folder: Path
) -> Interpreter:
    """Return the container's interpreter, once it sees what the catalogue says.

    Raises UnusableImageError if it does not, and what ``run_counted`` raises.
    """
    work = folder / "probe"
    work.mkdir(exist_ok=True)
    # Both in one process: an emulated one takes a second to begin.
    command = [running.python, "-I", "-c", DESCRIBE + OBSERVE]
    variables = {"PATH": "/usr/bin:/bin"}
    look = Command(command, work, variables, CHECK_TIMEOUT)
    ended = running.run_counted(look, "start-up")
    said, _, seen = ended.output.partition(b"\n")
    interpreter = read_interpreter(said)
    if interpreter is None:
        reason = ended.failure or ended.complaint
        raise UnusableImageError(platform.name, f"its Python is not usable: {reason}")
    if wrong := _mismatches(platform, replace(ended, output=seen)):
        reason = f"is not what the catalogue says: {wrong}"
        raise UnusableImageError(platform.name, reason)
    return interpreter


def older_platforms(platform: Platform) -> tuple[Platform, ...]:
    """Return the platforms with an older C library that a shim shows in a container."""
    own = (platform.major or 0, platform.minor or 0)
    if own <= OLD or _first_release(platform.arch) > OLD:
        return ()
    glibc = f"{OLD[0]}.{OLD[1]}"
    return (
        msgspec.structs.replace(
            platform,
            name=f"{platform.name}-as-glibc-{glibc}",
            fidelity=Fidelity.MODELLED,
            glibc=glibc,
            major=OLD[0],
            minor=OLD[1],
            like=(f"glibc-{glibc}",),
        ),
    )


def _first_release(arch: str) -> tuple[int, ...]:
    """Return the glibc of an architecture's oldest system."""
    return tuple(map(int, architectures()[arch].oldest_system.split(".")))


def model_failure_reason(
    running: RunningContainer,
    tool: ProvidedTool,
    model: Platform,
    folder: Path,
    shim: Path | None,
) -> str:
    """Return why the container's interpreter does not see a model; empty if it does.

    Raises what ``run_counted`` raises.
    """
    sandbox = make_sandbox(
        tool, Environment(model), folder / f"probe-{model.name}", shim
    )
    command = [sandbox.placeholders["python"], "-I", "-c", OBSERVE]
    look = Command(command, sandbox.path_of("work"), sandbox.variables, CHECK_TIMEOUT)
    seen = running.run_counted(look, "start-up")
    wrong = _mismatches(model, seen)
    return f"the model does not work: {wrong}" if wrong else ""


def _mismatches(platform: Platform, seen: ProcessResult) -> str:
    try:
        observed = msgspec.json.decode(seen.output, type=ObservedPlatform)
    except msgspec.DecodeError:
        return f"its Python says: {seen.failure or seen.complaint}"
    return "; ".join(mismatches(platform, observed))
