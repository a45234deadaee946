"""Finds the suite's own data, inside the installed package or beside it."""

from pathlib import Path


def data_folder(name: str) -> Path:
    """Return the folder of that name, such as ``cases``, ``tools`` or ``platforms``."""
    packaged = Path(__file__).parent / name
    return packaged if packaged.is_dir() else Path(__file__).parents[1] / name
