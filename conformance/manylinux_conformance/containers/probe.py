"""What an interpreter in a container sees: the container, or an older C library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from manylinux_conformance.containers.running_container import RunningContainer
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import (
    ASK,
    Interpreter,
    read_interpreter,
)
from manylinux_conformance.platforms.platform import Fidelity, Platform
from manylinux_conformance.sandbox.process import Ended
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import make_workplace
from manylinux_conformance.sandbox.shim_check import ASK as LOOK
from manylinux_conformance.sandbox.shim_check import Sight, disagreements

SECONDS = 60
# The C library of CentOS 7, the last system that whole architectures had in common.
OLD = (2, 17)
# Ports that are younger than that release; see spec/data/architectures.toml.
YOUNGER = frozenset({"riscv64", "loongarch64"})


def look(running: RunningContainer, platform: Platform, folder: Path) -> Interpreter:
    """Return the container's interpreter, once it sees what the catalogue says.

    Raises InputError if it does not.
    """
    work = folder / "look"
    work.mkdir(exist_ok=True)
    command = [running.python, "-I", "-c"]
    variables = {"PATH": "/usr/bin:/bin"}
    # Both in one process: an emulated one takes a second to begin.
    ended = running.run(
        [*command, ASK + LOOK],
        folder=work,
        variables=variables,
        seconds=SECONDS,
        counted_as="start-up",
    )
    said, _, seen = ended.output.partition(b"\n")
    interpreter = read_interpreter(said)
    if interpreter is None:
        reason = ended.crash or ended.words
        raise InputError(platform.name, f"its Python is not usable: {reason}")
    if wrong := _wrong(platform, replace(ended, output=seen)):
        raise InputError(platform.name, f"is not what the catalogue says: {wrong}")
    return interpreter


def models(platform: Platform) -> tuple[Platform, ...]:
    """Return the older C libraries that a shim shows in a container."""
    own = (platform.major or 0, platform.minor or 0)
    if platform.arch in YOUNGER or own <= OLD:
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


def see_model(
    running: RunningContainer,
    tool: ProvidedTool,
    model: Platform,
    folder: Path,
    shim: Path | None,
) -> str:
    """Say why the container's interpreter does not see a model; empty if it does."""
    place = make_workplace(
        tool, Environment(model), folder / f"look-{model.name}", shim
    )
    seen = running.run(
        [place.places["python"], "-I", "-c", LOOK],
        folder=place.place("work"),
        variables=place.variables,
        seconds=SECONDS,
        counted_as="start-up",
    )
    wrong = _wrong(model, seen)
    return f"the model does not work: {wrong}" if wrong else ""


def _wrong(platform: Platform, seen: Ended) -> str:
    try:
        sight = msgspec.json.decode(seen.output, type=Sight)
    except msgspec.DecodeError:
        return f"its Python says: {seen.crash or seen.words}"
    return "; ".join(disagreements(platform, sight))
