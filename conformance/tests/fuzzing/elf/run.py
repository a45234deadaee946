"""Compares auditor and loader: ``python -m tests.fuzzing.elf.run --seed 8``."""

from __future__ import annotations

import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import click
from tests.fuzzing.causes import Cause, cause_of, read_causes
from tests.fuzzing.elf.bases import GCC, ZIG, Base, bases
from tests.fuzzing.elf.glibc_symbols import Symbols, glibc_symbols, is_defined
from tests.fuzzing.elf.judge import Judge, Judgement, wheel_around
from tests.fuzzing.elf.layout import Layout
from tests.fuzzing.elf.loader import find, general
from tests.fuzzing.elf.mutate import Change, Mutator, changed
from tests.fuzzing.minimize import minimized
from tests.fuzzing.reference import Reference

CAUSES = Path(__file__).with_name("causes.toml")
BATCH = 250  # mutants of one run of auditor and loader
KEPT = 5  # mutants of a cause are shown
SHOWN = 20  # kinds of disagreements that are minimized and printed
COMPILED = frozenset((*ZIG, *GCC))  # names of bases
LOADING = 0.2  # of the mutants load, or the mutator breaks too much


@dataclass(frozen=True, slots=True)
class Mutant:
    """A base with changes, and what was said about it."""

    base: Base
    changes: Sequence[Change]
    layout: Layout = field(repr=False)  # of the base

    @property
    def content(self) -> bytes:
        """The mutant's bytes."""
        return changed(self.base.content, self.changes)


@dataclass(slots=True)
class Campaign:
    """What a run has found so far; disagreements by their kind."""

    judge: Judge
    causes: Sequence[Cause]
    symbols: Symbols  # of glibc, with their versions
    counts: Counter[str] = field(default_factory=Counter)
    explained: dict[str, list[Mutant]] = field(default_factory=dict)
    found: dict[str, list[Mutant]] = field(default_factory=dict)

    def add(self, mutants: Sequence[Mutant]) -> None:
        """Judge mutants and count what comes out."""
        files = [(mutant.base, mutant.content) for mutant in mutants]
        for mutant, said in zip(mutants, self.judge.judge(files), strict=True):
            loads = "refused" if said.refusal else "loads"
            self.counts["mutants"] += 1
            self.counts[loads] += 1
            self.counts[f"{said.verdict.outcome}, {loads}"] += 1
            if kind := self.kind(said, mutant):
                self.found.setdefault(kind, []).append(mutant)
            elif said.is_disagreement:
                cause = self._cause(said, mutant)
                self.explained.setdefault(cause, []).append(mutant)

    def kind(self, said: Judgement, mutant: Mutant) -> str:
        """Return the kind of a disagreement without a cause, or nothing."""
        if said.verdict.has_crashed:
            return f"auditor: {said.verdict.grounds[0]}"
        if not said.is_disagreement or self._cause(said, mutant):
            return ""
        grounds = " ".join(said.verdict.grounds)
        return f"{said.verdict.outcome} {grounds}: {general(said.refusal)}"

    def _cause(self, said: Judgement, mutant: Mutant) -> str:
        if is_defined(said.refusal, mutant.layout, mutant.content, self.symbols):
            return ""
        return cause_of(said.refusal, self.causes)

    def smallest(self, mutant: Mutant, kind: str) -> Mutant | None:
        """Return the mutant without needless changes, None if it is found no more."""

        def is_found(changes: Sequence[Change]) -> bool:
            other = Mutant(mutant.base, changes, mutant.layout)
            (said,) = self.judge.judge([(other.base, other.content)])
            return self.kind(said, other) == kind

        if not is_found(mutant.changes):
            return None
        kept = minimized(mutant.changes, is_found)
        single = [each for change in kept for each in change.single_bytes()]
        return Mutant(mutant.base, minimized(single, is_found), mutant.layout)


def mutants(found: Sequence[Base], seed: int) -> Iterator[Mutant]:
    """Yield mutants without end, the same for a seed."""
    random = Random(seed)  # noqa: S311 - reproducible, not secret
    layouts = {base.name: Layout(base.content) for base in found}
    compiled = [base for base in found if base.name in COMPILED] or found
    while True:  # what compilers make has most of what can be wrong
        base = random.choice(random.choice((found, compiled)))
        layout = layouts[base.name]
        yield Mutant(base, Mutator(layout, random).changes(), layout)


def sound(judge: Judge, found: Sequence[Base]) -> list[Base]:
    """Return the files that the auditor accepts and the loader loads."""
    if not judge.loader.runs_programs:
        found = [base for base in found if not base.is_program]
    said = judge.judge([(base, base.content) for base in found])
    return [
        base
        for base, each in zip(found, said, strict=True)
        if each.verdict.is_accepted and not each.refusal
    ]


@click.command()
@click.option("--seconds", default=60.0, show_default=True, help="Of making mutants.")
@click.option("--mutants", "most", default=sys.maxsize, help="As many at most.")
@click.option(
    "--seed", default=8, show_default=True, help="Another one, other mutants."
)
@click.option("--arch", default=platform.machine(), show_default=True)
@click.option("--reference", type=Path, help="A folder with another reference in it.")
@click.option("--first", is_flag=True, help="End with the first disagreement.")
@click.option("--found", "folder", type=Path, default=Path("build/fuzz/elf"))
def main(
    *,
    seconds: float,
    most: int,
    seed: int,
    arch: str,
    reference: Path | None,
    first: bool,
    folder: Path,
) -> None:
    """Change well-formed ELF files; what the auditor accepts has to load.

    Exit status 1: something does not, without a cause in causes.toml, or the auditor
    crashed, or too few mutants load. Each kind is minimized and left in a folder.

    Example: python -m tests.fuzzing.elf.run --seconds 600 --arch aarch64
    """
    with tempfile.TemporaryDirectory() as name:
        loader = find(arch, Path(name))
        major, minor = loader.release()
        tag = f"manylinux_{major}_{minor}_{arch}"
        judge = Judge(Reference(reference), loader, tag, Path(name))
        campaign = Campaign(judge, read_causes(CAUSES), glibc_symbols(loader))
        right = Judge(Reference(), loader, tag, Path(name))
        source = mutants(sound(right, list(bases(arch))), seed)
        end = time.monotonic() + seconds
        while time.monotonic() < end and campaign.counts["mutants"] < most:
            size = min(BATCH, most - campaign.counts["mutants"])
            campaign.add([next(source) for _ in range(size)])
            if first and campaign.found:
                break
        sys.exit(_report(campaign, click.echo, seed, folder))


def _report(
    campaign: Campaign, say: Callable[[str], None], seed: int, folder: Path
) -> int:
    counts = campaign.counts
    say(f"{campaign.judge.tag}, seed {seed}: {counts['mutants']} mutants")
    for name in sorted(counts.keys() - {"mutants"}):
        say(f"  {name}: {counts[name]}")
    for cause in campaign.causes:
        explained = campaign.explained.get(cause.id, [])
        say(f"  by cause {cause.id}: {len(explained)}")
        for mutant in explained[:KEPT]:
            say(f"    {mutant.base.name}: {'; '.join(map(str, mutant.changes))}")
    total = sum(map(len, campaign.found.values()))
    say(f"  disagreements: {total} of {len(campaign.found)} kinds")
    for number, (kind, found) in enumerate(list(campaign.found.items())[:SHOWN]):
        say(f"    {len(found)} x {kind}")
        smallest = campaign.smallest(found[0], kind)
        if smallest is None:
            say("      not again")
            continue
        _keep(smallest, campaign.judge.tag, folder / f"{seed}-{number}")
        say(f"      {smallest.base.name}")
        for change in smallest.changes:
            say(f"      {change}")
    few = counts["loads"] < LOADING * counts["mutants"]
    return 1 if total or few else 0


def _keep(mutant: Mutant, tag: str, folder: Path) -> None:
    """Write the wheel, from which a recipe can be made."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"p-1-cp311-abi3-{tag}.whl"
    wheel.write_bytes(wheel_around(mutant.base.path, mutant.content, tag))
    text = "".join(f"{change}\n" for change in mutant.changes)
    (folder / "changes.txt").write_text(f"{mutant.base.name}\n{text}")


if __name__ == "__main__":
    main()
