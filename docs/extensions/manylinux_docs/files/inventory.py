"""The Sphinx inventory, with the permanent address of each rule.

The format is that of Sphinx 1.0 and later: a header of four lines, then compressed
lines ``NAME DOMAIN:ROLE PRIORITY ADDRESS TITLE``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

INVENTORY = "objects.inv"
HEADER_LINES = 4


def permanent_address(rule: str) -> str:
    """Return a rule's address, relative to the site's root."""
    return f"r/{rule}/"


def give_permanent_addresses(path: Path, addresses: Mapping[str, str]) -> None:
    """Write the inventory again; ``addresses`` has those of the rules by identifier."""
    *header, body = path.read_bytes().split(b"\n", HEADER_LINES)
    lines = zlib.decompress(body).decode().splitlines()
    content = "".join(f"{line}\n" for line in _moved(lines, addresses))
    path.write_bytes(b"\n".join([*header, zlib.compress(content.encode(), 9)]))


def _moved(lines: list[str], addresses: Mapping[str, str]) -> Iterator[str]:
    for line in lines:
        name, _, rest = line.partition(" ")
        if name in addresses:
            kind, priority, _, title = rest.split(" ", 3)
            yield f"{name} {kind} {priority} {addresses[name]} {title}"
        else:
            yield line
