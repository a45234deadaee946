"""Compares auditor and installers: ``python -m tests.fuzzing.archives.run``."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import click
from tests.fuzzing.archives.bases import KINDS, base
from tests.fuzzing.archives.installers import Install, Uv, pip, served
from tests.fuzzing.archives.judge import Judge, Mutant
from tests.fuzzing.archives.model import Change
from tests.fuzzing.archives.mutate import Mutator
from tests.fuzzing.causes import Cause, cause_of, read_causes
from tests.fuzzing.minimize import minimized
from tests.fuzzing.reference import Reference

CAUSES = Path(__file__).with_name("causes.toml")
BATCH = 200  # mutants of one run of all tools
SHOWN = 20  # kinds of disagreements that are minimized and printed
MOST_NUMBERS = 100_000  # projects have five digits
USABLE = 0.1  # of the mutants can be used, or the mutator breaks too much


@dataclass(slots=True)
class Campaign:
    """What a run has found so far; disagreements by their kind."""

    judge: Judge
    causes: Sequence[Cause]
    counts: Counter[str] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)
    found: dict[str, list[Mutant]] = field(default_factory=dict)

    def add(self, mutants: Sequence[Mutant]) -> None:
        """Judge mutants and count what comes out."""
        for mutant, said in zip(mutants, self.judge.judge(mutants), strict=True):
            self.counts["mutants"] += 1
            self.counts[said.verdict.outcome] += 1
            self.counts["usable"] += said.verdict.is_readable
            for name, why in said.refusals.items():
                self.explained[cause_of(f"{name}: {why}", self.causes)] += 1
            for kind in said.kinds(self.causes):
                self.found.setdefault(kind, []).append(mutant)

    def smallest(self, mutant: Mutant, kind: str) -> Mutant | None:
        """Return the mutant without needless changes, None if it is found no more."""

        def is_found(changes: Sequence[Change]) -> bool:
            (said,) = self.judge.judge([Mutant(mutant.base, changes)])
            return kind in said.kinds(self.causes)

        if not is_found(mutant.changes):
            return None
        return Mutant(mutant.base, minimized(mutant.changes, is_found))


def mutants(seed: int) -> Iterator[Mutant]:
    """Yield mutants without end, the same for a seed."""
    random = Random(seed)  # noqa: S311 - reproducible, not secret
    number = 0
    while True:
        number = (number + 1) % MOST_NUMBERS
        wheel = base(f"p{number:05}", random.choice(KINDS))
        yield Mutant(wheel, Mutator(wheel, random).changes())


@click.command()
@click.option("--seconds", default=60.0, show_default=True, help="Of making mutants.")
@click.option("--mutants", "most", default=sys.maxsize, help="As many at most.")
@click.option(
    "--seed", default=8, show_default=True, help="Another one, other mutants."
)
@click.option(
    "--tool",
    "tools",
    multiple=True,
    type=click.Choice(["uv", "uv while downloading", "pip"]),
    default=("uv", "uv while downloading"),
    show_default=True,
)
@click.option("--reference", type=Path, help="A folder with another reference in it.")
@click.option("--first", is_flag=True, help="End with the first disagreement.")
@click.option("--found", "folder", type=Path, default=Path("build/fuzz/archives"))
def main(
    *,
    seconds: float,
    most: int,
    seed: int,
    tools: Sequence[str],
    reference: Path | None,
    first: bool,
    folder: Path,
) -> None:
    """Change well-formed wheels; all readers see the same files, or none can be used.

    Exit status 1: ``zipfile`` or TOOLS see something else than the auditor, or it
    crashed, or too few mutants can be used.  Each kind is minimized and left in a
    folder.

    Example: python -m tests.fuzzing.archives.run --mutants 3000 --tool pip
    """
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as address:
        every: dict[str, Install] = {
            "uv": Uv(Path(name, "cache")),
            "uv while downloading": Uv(Path(name, "cache"), address),
            "pip": pip,
        }
        installers = {tool: every[tool] for tool in tools}
        judge = Judge(Reference(reference), installers, Path(name))
        campaign = Campaign(judge, read_causes(CAUSES))
        source = mutants(seed)
        end = time.monotonic() + seconds
        while time.monotonic() < end and campaign.counts["mutants"] < most:
            size = min(BATCH, most - campaign.counts["mutants"])
            campaign.add([next(source) for _ in range(size)])
            if first and campaign.found:
                break
        sys.exit(_report(campaign, seed, folder))


def _report(campaign: Campaign, seed: int, folder: Path) -> int:
    counts = campaign.counts
    asked = ", ".join(["zipfile", *campaign.judge.installers])
    click.echo(f"archives, seed {seed}, {asked}: {counts['mutants']} mutants")
    for name in sorted(counts.keys() - {"mutants"}):
        click.echo(f"  {name}: {counts[name]}")
    for cause in campaign.causes:
        click.echo(f"  by cause {cause.id}: {campaign.explained[cause.id]}")
    total = sum(map(len, campaign.found.values()))
    click.echo(f"  disagreements: {total} of {len(campaign.found)} kinds")
    for number, (kind, found) in enumerate(list(campaign.found.items())[:SHOWN]):
        click.echo(f"    {len(found)} x {kind}")
        smallest = campaign.smallest(found[0], kind)
        if smallest is None:
            click.echo("      not again")
            continue
        _keep(smallest, folder / f"{seed}-{number}")
        for change in smallest.changes:
            click.echo(f"      {change}")
    few = counts["usable"] < USABLE * counts["mutants"]
    return 1 if total or few else 0


def _keep(mutant: Mutant, folder: Path) -> None:
    """Write the wheel, from which a recipe can be made."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{mutant.base.project}-1-py3-none-any.whl"
    wheel.write_bytes(mutant.content())
    text = "".join(f"{change}\n" for change in mutant.changes)
    (folder / "changes.txt").write_text(text)


if __name__ == "__main__":
    main()
