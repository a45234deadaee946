"""Finds the specification: inside the installed package, or beside it in a checkout."""

from pathlib import Path


def spec_folder() -> Path:
    """Return the folder that holds the chapters, the data and ``rules.lock``."""
    packaged = Path(__file__).parent / "spec"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "spec"
