"""Compares choices among random offers: ``python -m tests.offers.run --seed 8``."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Sequence
from random import Random

import click
from tests.offers.ask import ask_packaging, ask_pip, ask_reference, ask_uv
from tests.offers.causes import Answers, Ask, Cause, needed, read_causes, unpredicted
from tests.offers.generate import Generator, Offer

TOOLS: dict[str, Ask] = {"packaging": ask_packaging, "pip": ask_pip, "uv": ask_uv}
ENOUGH = 10_000  # offers among which every cause on file shows itself
BATCH = 500  # offers of one run of a tool
SHOWN = 5  # unexplained offers that are printed


@click.command()
@click.option("--offers", "count", default=ENOUGH, show_default=True)
@click.option("--seed", default=8, show_default=True, help="Another one, other offers.")
@click.option("--seconds", default=math.inf, help="Of each tool; all OFFERS otherwise.")
@click.option("--tool", "tools", multiple=True, type=click.Choice(list(TOOLS)))
def main(count: int, seed: int, seconds: float, tools: Sequence[str]) -> None:
    """Ask the reference and TOOLS which wheel they take of made-up projects.

    Exit status 1: a tool took another one without a cause in causes.toml, or, of
    10,000 offers or more, a cause explains nothing.

    Example: python -m tests.offers.run --offers 500 --tool uv
    """
    version = sys.version_info
    libc = os.confstr("CS_GNU_LIBC_VERSION") or ""
    minor = int(libc.rpartition(".")[2])
    make = Generator(
        os.uname().machine,
        minor,
        f"cp{version.major}{version.minor}",
        Random(seed),  # noqa: S311 - reproducible, not secret
    )
    offers = [make.offer(number) for number in range(count)]
    holds = [_compare(tool, offers, seconds) for tool in tools or TOOLS]
    sys.exit(0 if all(holds) else 1)


def _compare(tool: str, offers: Sequence[Offer], seconds: float) -> bool:
    answers: Answers = []
    end = time.monotonic() + seconds
    while len(answers) < len(offers) and time.monotonic() < end:
        answers += TOOLS[tool](offers[len(answers) : len(answers) + BATCH])
    offers = offers[: len(answers)]
    causes = [cause for cause in read_causes() if tool in cause.tools]
    differing = unpredicted(ask_reference, offers, answers, ())
    unexplained = sorted(unpredicted(ask_reference, offers, answers, causes))
    click.echo(f"{tool}: {len(offers)} offers, {len(differing)} taken otherwise")
    counts = needed(ask_reference, offers, answers, causes)
    for name, number in counts.items():
        click.echo(f"  {name}: needed for {number}")
    click.echo(f"  without a cause: {len(unexplained)}")
    for number in unexplained[:SHOWN]:
        smallest = _smallest(tool, offers[number], causes)
        click.echo(f"    {smallest.files}, it takes {TOOLS[tool]([smallest])[0]!r}")
    silent = 0 in counts.values() and len(offers) >= ENOUGH
    return not unexplained and not silent


def _smallest(tool: str, offer: Offer, causes: Sequence[Cause]) -> Offer:
    """Return a part of an offer that is taken without a cause and has no smaller one.

    The last file, which fits everywhere, stays.
    """
    for file in offer.files[:-1]:
        rest = tuple(name for name in offer.files if name != file)
        smaller = Offer(offer.project, rest)
        if unpredicted(ask_reference, [smaller], TOOLS[tool]([smaller]), causes):
            offer = smaller
    return offer


if __name__ == "__main__":
    main()
