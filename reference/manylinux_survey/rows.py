"""What a survey keeps of a wheel: one row for it, and one for each finding."""

from __future__ import annotations

from hashlib import blake2b

import msgspec


class Offer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A wheel that somebody offers: a file here, or one at an address.

    ``sha256`` is empty and ``size`` 0 where the source does not say; ``uploaded`` is
    a date, YYYY-MM-DD.
    """

    filename: str
    address: str
    sha256: str = ""
    size: int = 0
    uploaded: str = ""

    @property
    def key(self) -> bytes:
        """What makes it one wheel: its name, which claims, and its content.

        Where nobody says what the content is, its address stands for that.  It is a
        digest, so that millions of them fit into memory.
        """
        text = f"{self.filename} {self.sha256 or self.address}"
        return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).digest()

    @property
    def is_remote(self) -> bool:
        """Whether a server has it."""
        return self.address.startswith(("http://", "https://"))


class ClaimRow(msgspec.Struct, frozen=True):
    """One manylinux tag of the name, the level and architecture it promises."""

    tag: str
    level: str
    arch: str
    outcome: str


class FindingRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One breach of one rule; ``tag`` is empty for what is discouraged only."""

    rule: str
    basis: str
    member: str
    text: str
    tag: str = ""
    holds_from: str = ""
    condition: str = ""
    library: str = ""
    version: str = ""
    symbols: int = 0


class Judged(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What became of one wheel.

    ``whole``: every byte was read and compared with RECORD; otherwise ``unread``
    members were left out by their names, and hashes of others were not checked.
    ``fetched`` are the bytes, ``requests`` the requests that it took.
    """

    offer: Offer
    outcome: str
    claims: tuple[ClaimRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()
    oldest: str = ""
    oldest_by_symbols: str = ""
    elf_files: int = 0
    error: str = ""
    member: str = ""
    size: int = 0
    whole: bool = True
    unread: int = 0
    fetched: int = 0
    requests: int = 0
    cpu_seconds: float = 0.0


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How every wheel of a survey is judged."""

    hashes: bool = True
    interval: float = 0.0  # seconds between two requests of one worker
    largest: int = 4 * 1024**3  # bytes of a wheel that has to be fetched whole
    agent: str = "manylinux-survey"
