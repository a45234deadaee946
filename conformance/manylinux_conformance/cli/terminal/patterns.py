"""Options that several commands have, and the examples below their help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from manylinux_conformance.suite.rules import Basis


def several(option: str, words: str) -> Callable[[Any], Any]:
    """Return an option whose values are collected under its name in the plural."""
    name = f"{option.removeprefix('--')}s"
    text = f"{words}; may be given several times."
    return click.option(option, name, multiple=True, metavar="PATTERN", help=text)


def by_basis() -> Callable[[Any], Any]:
    """Return the option ``--basis``, whose values are collected as ``bases``."""
    return click.option(
        "--basis",
        "bases",
        multiple=True,
        type=click.Choice([basis.value for basis in Basis]),
        help="Only rules with this basis; may be given several times.",
    )


def site_option() -> Callable[[Any], Any]:
    """Return the option ``--site``, the address to which reports link."""
    return click.option(
        "--site",
        default="",
        envvar="MANYLINUX_SITE",
        metavar="ADDRESS",
        help="Where the pages of rules are; without, the report has the rules itself.",
    )


def examples(*commands: str) -> str:
    r"""Return an epilog that shows commands; ``\b`` keeps click from folding them."""
    title = "Example" if len(commands) == 1 else "Examples"
    lines = (f"  manylinux-conformance {command}" for command in commands)
    return "\n".join(("\b", f"{title}:", *lines))
