"""Asks distlib as a tag library: ``distlib.wheel``, by JSON lines."""

from __future__ import annotations

from distlib import DistlibException
from distlib.wheel import Wheel, is_compatible
from json_lines import Declined, Reply, Request, offered, serve


def choose(request: Request) -> Reply:
    """Take the one compatible file that is for a platform, else the one for any.

    distlib's compatible tags are a set: between several files it has no order.
    """
    compatible = []
    for name in offered(request):
        try:
            if is_compatible(Wheel(name)):
                compatible.append(name)
        except DistlibException:
            continue
    for_platform = [name for name in compatible if not name.endswith("-any.whl")]
    if len(for_platform) > 1:
        raise Declined("its compatible tags are a set without order")
    return {"choose": next(iter(for_platform or compatible), None)}


def expand(request: Request) -> Reply:
    """Return the members of a compressed set, through the tags of a wheel's name."""
    try:
        tags = Wheel(f"asked-1-{request['set']}.whl").tags
    except DistlibException as error:
        return {"refused": str(error)}
    return {"tags": ["-".join(tag) for tag in tags]}


if __name__ == "__main__":
    serve(choose=choose, expand=expand)
