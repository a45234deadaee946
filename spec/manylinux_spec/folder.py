"""Finds the specification: inside the installed package, or around it in a clone."""

from pathlib import Path


def spec_folder() -> Path:
    """Return the folder that holds the chapters, ``data/`` and ``rules.lock``."""
    packaged = Path(__file__).parent / "data"
    return packaged if packaged.is_dir() else Path(__file__).parents[1]


def data_file(name: str) -> Path:
    """Return where the normative table of that name is, such as ``policies``."""
    return spec_folder() / "data" / f"{name}.toml"
