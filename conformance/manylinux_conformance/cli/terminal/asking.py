"""The options that all commands have which ask tools."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any, TypedDict

import click

from manylinux_conformance.cli.terminal.patterns import several
from manylinux_conformance.results.verdicts import Role


class AskingOptions(TypedDict):
    """What the options say, by the names of their parameters."""

    tools: tuple[str, ...]
    role: str | None
    platforms: tuple[str, ...]
    rules: tuple[str, ...]
    cases: tuple[str, ...]
    offline: bool
    jobs: int
    modelled: bool


def asking_options(roles: Iterable[Role]) -> Callable[[Any], Any]:
    """Return a decorator that gives a command the options."""
    names = [role.value for role in roles]
    options = (
        click.option(
            "--tool", "tools", multiple=True, help="NAME, NAME==VERSION or a file."
        ),
        click.option("--role", type=click.Choice(names)),
        several("--platform", "Only platforms that match PATTERN"),
        several("--rule", "Only rules that match PATTERN"),
        several("--case", "Only cases that match PATTERN"),
        click.option(
            "--offline", is_flag=True, help="Install nothing; use what is cached."
        ),
        click.option(
            "--jobs",
            type=click.IntRange(1),
            default=os.cpu_count() or 1,
            help="Runs of a tool at a time; one for each processor by default.",
        ),
        click.option(
            "--modelled", is_flag=True, help="On this machine and its models alone."
        ),
    )
    return lambda command: reduce(
        lambda decorated, option: option(decorated), reversed(options), command
    )
