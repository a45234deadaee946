"""Asks packaging: ``packaging.tags`` and ``packaging.utils``, by JSON lines."""

from __future__ import annotations

from json_lines import Reply, Request, offered, serve
from packaging.tags import parse_tag, sys_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename


def choose(request: Request) -> Reply:
    """Take the file whose best tag stands first in ``sys_tags()``."""
    order = {tag: rank for rank, tag in enumerate(sys_tags())}
    ranked = []
    for name in offered(request):
        try:
            tags = parse_wheel_filename(name)[-1]
        except InvalidWheelFilename:
            continue
        ranked += [(order[tag], name) for tag in tags if tag in order]
    return {"choose": min(ranked)[1] if ranked else None}


def expand(request: Request) -> Reply:
    """Return the members of a compressed set."""
    try:
        return {"tags": [str(tag) for tag in parse_tag(str(request["set"]))]}
    except ValueError as error:
        return {"refused": str(error) or type(error).__name__}


def listing(_: Request) -> Reply:
    """Return the platforms of ``sys_tags()`` in the order of their first mention."""
    platforms = dict.fromkeys(tag.platform for tag in sys_tags())
    return {"tags": [platform for platform in platforms if platform != "any"]}


if __name__ == "__main__":
    serve(choose=choose, expand=expand, listing=listing)
