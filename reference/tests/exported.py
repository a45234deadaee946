"""What a described file exports."""

from __future__ import annotations

from collections.abc import Mapping

from manylinux_reference.reading.elf.exports import Exports


def exporting(
    *names: bytes,
    versions: tuple[int, ...] = (),
    nodes: Mapping[int, str] | None = None,
) -> Exports:
    """Return symbols of these names, which a hash table leads to one after the other.

    ``versions`` are their entries in DT_VERSYM.
    """
    numbers = range(len(names))
    exports = Exports(lambda _: numbers, list(map(hash, names)), b"\1" * len(names))
    exports.versions, exports.nodes = versions, nodes or {}
    return exports
