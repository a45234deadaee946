"""Asks packaging: ``packaging.tags`` and ``packaging.utils``, by JSON lines."""

from __future__ import annotations

from json_lines import Reply, Request, offered, serve
from packaging.tags import Tag, parse_tag, sys_tags

try:
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename
except ImportError:  # before 20.9

    class InvalidWheelFilename(ValueError):  # type: ignore[no-redef] # noqa: N818
        """The name is not that of a wheel."""

    def parse_wheel_filename(filename: str) -> tuple[frozenset[Tag]]:  # type: ignore[misc]
        """Return the tags, which are the last three parts of the name."""
        parts = filename.removesuffix(".whl").split("-")
        if len(parts) not in {5, 6}:
            raise InvalidWheelFilename(filename)
        return (frozenset(parse_tag("-".join(parts[-3:]))),)


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
