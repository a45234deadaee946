"""Asks dep-logic: ``dep_logic.tags``, by JSON lines."""

from __future__ import annotations

from dep_logic.tags import EnvSpec, InvalidWheelFilename, Platform
from json_lines import Reply, Request, offered, serve


def choose(request: Request) -> Reply:
    """Take the file with the greatest ``wheel_compatibility``."""
    environment = EnvSpec.current()
    ranked = []
    for name in offered(request):
        try:
            rank = environment.wheel_compatibility(name)
        except InvalidWheelFilename:
            continue
        if rank is not None:
            ranked.append((rank, name))
    return {"choose": max(ranked)[1] if ranked else None}


def listing(_: Request) -> Reply:
    """Return the compatible tags of the running platform."""
    return {"tags": list(Platform.current().compatible_tags)}


if __name__ == "__main__":
    serve(choose=choose, listing=listing)
