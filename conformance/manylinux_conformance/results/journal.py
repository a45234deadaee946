"""The journal of a run: finished blocks are kept until there is a report of all."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.errors import InputError
from manylinux_conformance.results.baseline import block_key
from manylinux_conformance.results.blocks import Block, read_blocks, write_blocks
from manylinux_conformance.results.lines import Header
from manylinux_conformance.results.unanswered import unanswered

NAME = "unfinished"


@dataclass(frozen=True, slots=True)
class Journal:
    """A folder with a file for each finished block; ``scope`` says of which run."""

    folder: Path

    def finished(self, header: Header) -> Block | None:
        """Return what a tool answered at a place before the run was interrupted."""
        path = self._path(header)
        try:
            return next(read_blocks(path)) if path.exists() else None
        except (InputError, StopIteration):
            return None  # not whole: it is asked again

    def keep(self, block: Block) -> None:
        """Keep a block in which every question that was due has an answer."""
        if block.results and not any(unanswered([block])):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_blocks([block], self._path(block.header))

    def __len__(self) -> int:
        """Return how many blocks are kept."""
        return len(list(self.folder.glob("*.jsonl")))

    def _path(self, header: Header) -> Path:
        key = "\0".join(block_key(header)).encode()
        return self.folder / f"{hashlib.sha256(key).hexdigest()[:16]}.jsonl"


def open_journal(output: Path, scope: str, *, resume: bool) -> Journal:
    """Return the journal of a run, with what an interrupted one left if it resumes.

    ``scope`` is everything that decides what is asked.
    Raises InputError if a run is to be resumed and none of this scope was interrupted.
    """
    folder = output / NAME
    journal = Journal(folder / hashlib.sha256(scope.encode()).hexdigest()[:16])
    if resume and not len(journal):
        reason = "no run with these tools, options and rules was interrupted here"
        raise InputError("--resume", reason)
    if not resume:
        close_journal(output)
    return journal


def close_journal(output: Path) -> None:
    """Forget what was kept: there is a report of all now."""
    shutil.rmtree(output / NAME, ignore_errors=True)
