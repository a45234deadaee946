"""Shards: a part of a run, by a hash that is the same on every machine."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from manylinux_conformance.errors import InputError

FORM = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shard:
    """The part ``number`` of ``count``.

    ``scope`` says what the whole run asks, so that parts of different runs are told
    apart.
    """

    number: int = 1
    count: int = 1
    scope: str = ""

    def has(self, *words: str) -> bool:
        """Return whether what these words name together is asked in this part."""
        digest = hashlib.sha256("\0".join(words).encode()).digest()
        return int.from_bytes(digest[:8]) % self.count == self.number - 1

    def __str__(self) -> str:
        """Return the part as results name it; empty for a whole run."""
        named = f"{self.number}/{self.count} of {self.scope}"
        return named if self.count > 1 else ""


WHOLE = Shard()


def read_shard(text: str) -> Shard:
    """Read ``2/3``.

    Raises InputError for anything else, and for more than there are.
    """
    found = FORM.fullmatch(text)
    if found is None or int(found[1]) > int(found[2]):
        raise InputError("--shard", f"{text!r} is no part such as 1/3, 2/3 or 3/3")
    return Shard(int(found[1]), int(found[2]))
