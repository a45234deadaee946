"""Counts the mutants that tests kill: ``nox -s mutants -- results``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
from tests.mutation.layout import Target, lay_out
from tests.mutation.outcomes import (
    Mutant,
    Outcome,
    explained,
    forget_survivors,
    outcome_of,
)

TARGETS = {
    "judging": Target("judging", "conformance"),
    "questions": Target("questions", "conformance"),
    "results": Target("results", "conformance"),
    "tools": Target("tools", "conformance"),
    "suite": Target("suite", "conformance"),
    "rules": Target("rules", "reference"),
    "reading": Target("reading", "reference", slow=("elf/test_reader.py",)),
}
ENOUGH = 95.0  # percent of the mutants are killed
MUTMUT = Path(__file__).with_name("without_messages.py")


@click.command()
@click.argument("targets", nargs=-1, type=click.Choice(list(TARGETS)))
@click.option("--processes", default=2, show_default=True, help="Mutants at a time.")
@click.option("--again", is_flag=True, help="Try only what survived or is new.")
def main(targets: tuple[str, ...], processes: int, *, again: bool) -> None:
    """Change TARGETS line by line, and see whether the tests beside them notice.

    All of them by default, which takes about an hour. Mutants of message texts are
    left out. Survivors without a reason in survivors.toml are printed as it has them.

    Example: nox -s mutants -- results tools
    """
    outcomes = {}
    for name in targets or TARGETS:
        _run(TARGETS[name], processes, again=again)
        outcomes[name] = outcome_of(TARGETS[name])
    reasons = explained()
    for outcome in outcomes.values():
        for mutant in outcome.survivors:
            if mutant not in reasons:
                click.echo(_as_toml(mutant))
    for name, outcome in outcomes.items():
        click.echo(_line(name, outcome, reasons))
    if any(each.percent < ENOUGH for each in outcomes.values()):
        sys.exit(1)


def _run(target: Target, processes: int, *, again: bool) -> None:
    if again:
        forget_survivors(target)
    lay_out(target, keep=again)
    command = [sys.executable, str(MUTMUT), "run", "--max-children", str(processes)]
    subprocess.run(command, cwd=target.folder, check=True)


def _as_toml(mutant: Mutant) -> str:
    lines = [
        "[[mutant]]",
        f'function = "{mutant.function}"',
        f"original = '''{mutant.original}'''",
        f"mutated = '''{mutant.mutated}'''",
        'reason = ""\n',
    ]
    return "\n".join(lines)


def _line(name: str, outcome: Outcome, reasons: dict[Mutant, str]) -> str:
    known = sum(mutant in reasons for mutant in outcome.survivors)
    counts = outcome.counts
    return (
        f"{name}: {counts.total()} mutants, {counts['killed']} killed, "
        f"{counts['timeout']} timeouts, {len(outcome.survivors)} survived "
        f"({known} with a reason): {outcome.percent:.1f} %"
    )


if __name__ == "__main__":
    main()
