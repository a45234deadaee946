"""Files and folders that appear whole or not at all, whoever else writes them."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a path to write to; at the end, the file takes its place at ``path``.

    If the body fails, nothing of it is left, and what was there stays.
    Raises OSError if the folder cannot be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=path.parent) as name:
        new = Path(name) / path.name
        yield new
        new.replace(path)


@contextlib.contextmanager
def whole_files(folder: Path) -> Iterator[Path]:
    """Yield a new folder; at the end, its files take their places in ``folder``.

    If the body fails, nothing of it is left.
    Raises OSError if the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as name:
        yield Path(name)
        for new in sorted(Path(name).iterdir()):
            new.replace(folder / new.name)


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Yield a new folder, which at the end becomes the one at ``path``.

    If the body fails, nothing of it is left.  Whoever is faster wins.
    Raises OSError if the folder around it cannot be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=path.parent) as name:
        new = Path(name) / path.name
        new.mkdir()
        yield new
        try:
            new.rename(path)
        except OSError:
            if not path.is_dir():
                raise


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all; raises OSError if that cannot be."""
    with whole_file(path) as new:
        new.write_bytes(content)
