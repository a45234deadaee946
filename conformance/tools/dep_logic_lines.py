"""Asks dep-logic: ``dep_logic.tags``, by JSON lines."""

from __future__ import annotations

import platform

from dep_logic.tags import EnvSpec, InvalidWheelFilename, Platform
from json_lines import Declined, Reply, Request, offered, serve


def choose(request: Request) -> Reply:
    """Take the file with the greatest ``wheel_compatibility``."""
    target = str(request.get("target", ""))
    environment = explicit(target) if target else running()
    ranked = []
    for name in offered(request):
        try:
            rank = environment.wheel_compatibility(name)
        except InvalidWheelFilename:
            continue
        if rank is not None:
            ranked.append((rank, name))
    return {"choose": max(ranked)[1] if ranked else None}


def running() -> EnvSpec:
    """Return the environment that runs here."""
    running_platform()
    return EnvSpec.current()


def running_platform() -> Platform:
    """Return what runs here; a machine without a name is refused as a whole."""
    try:
        return Platform.current()
    except ValueError as error:
        raise Declined(f"refuses the platform: {error}") from error


def explicit(target: str) -> EnvSpec:
    """Return an explicit target: its names are those of ``Platform.parse()``."""
    if not target.startswith(("manylinux_", "linux_")):
        raise Declined("has no legacy tags among its targets")
    # The only name without a glibc version is "linux", which means x86_64 too.
    name = "linux" if target == "linux_x86_64" else target
    version = f"=={platform.python_version()}"
    return EnvSpec.from_spec(version, name, platform.python_implementation().lower())


def listing(_: Request) -> Reply:
    """Return the compatible tags of the running platform."""
    return {"tags": list(running_platform().compatible_tags)}


if __name__ == "__main__":
    serve(targets=True, choose=choose, listing=listing)
