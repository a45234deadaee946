"""Options that are patterns and may be given several times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def several(option: str, words: str) -> Callable[[Any], Any]:
    """Return an option whose values are collected under its name in the plural."""
    name = f"{option.removeprefix('--')}s"
    text = f"{words}; may be given several times."
    return click.option(option, name, multiple=True, metavar="PATTERN", help=text)
