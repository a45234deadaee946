"""Finds the suite's own data: inside the installed package, or beside it in a clone."""

from pathlib import Path

PROBES = Path(__file__).parent / "asking" / "probes"

PACKAGED = Path(__file__).parent / "data"


def is_installed() -> bool:
    """Return whether the suite runs from an installed package, and not from a clone."""
    return PACKAGED.is_dir()


def data_folder(name: str) -> Path:
    """Return the folder of that name, such as ``cases``, ``tools`` or ``platforms``."""
    return (PACKAGED if is_installed() else Path(__file__).parents[1]) / name
