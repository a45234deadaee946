"""Faults that were mended, put back one at a time: which does a fuzzer find?

``python -m tests.fuzzing.faults elf`` or ``archives``.
"""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import click
import msgspec
from manylinux_fixtures.hostile.inputs import hostile_inputs
from manylinux_spec.input_files import read_toml
from tests.fuzzing.archives import run as archives
from tests.fuzzing.archives.installers import Install, Uv, served
from tests.fuzzing.archives.judge import Judge as ArchiveJudge
from tests.fuzzing.archives.judge import Mutant
from tests.fuzzing.causes import read_causes
from tests.fuzzing.elf import run as elf
from tests.fuzzing.elf.bases import bases
from tests.fuzzing.elf.judge import Judge as ElfJudge
from tests.fuzzing.elf.loader import find
from tests.fuzzing.reference import Reference

HERE = Path(__file__).parent
REFERENCE = HERE.parents[2] / "reference" / "manylinux_reference"
BATCH = 500  # mutants of one run of all references


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fault of the reference: a mutation of a rule, or a line as it should not be.

    ``right`` stands once in ``file`` of the reference, and ``wrong`` takes its place.
    ``unseen`` is why no other tool contradicts a file that the fault lets pass; then
    ``shown`` is a hostile wheel of which the reference says something else with it.
    """

    id: str
    mutation: str = ""
    file: str = ""
    right: str = ""
    wrong: str = ""
    unseen: str = ""
    shown: str = ""

    def reference(self, folder: Path) -> Reference:
        """Return the reference with the fault, which is written into a folder.

        Raises ValueError if the reference is not what the fault was written for.
        """
        if self.mutation:
            return Reference(mutation=self.mutation)
        copy = folder / self.id / REFERENCE.name
        shutil.copytree(REFERENCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        (copy / self.file).write_text(self.content(), encoding="utf-8")
        return Reference(copy.parent)

    def shows(self, folder: Path) -> bool:
        """Return whether ``shown`` shows the fault; wheel and fault are written."""
        (hostile,) = (each for each in hostile_inputs() if each.name == self.shown)
        wheels = [hostile.write(folder)]
        return Reference().verdicts(wheels) != self.reference(folder).verdicts(wheels)

    def content(self) -> str:
        """Return the file with the fault; raises ValueError as ``reference`` does."""
        content = (REFERENCE / self.file).read_text("utf-8")
        if content.count(self.right) != 1:
            raise ValueError(f"{self.id}: {self.file} has not one {self.right!r}")
        return content.replace(self.right, self.wrong)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fault: tuple[Fault, ...]


def read_faults(part: str) -> tuple[Fault, ...]:
    """Return the faults on file of a part; raises InputError for a malformed file."""
    return read_toml(HERE / part / "faults.toml", _File).fault


Finds = Callable[[Reference], bool]  # whether a batch shows the fault of a reference


@click.command()
@click.argument("part", type=click.Choice(["elf", "archives"]))
@click.argument("names", nargs=-1)
@click.option("--mutants", "most", default=6000, show_default=True)
@click.option("--seed", default=8, show_default=True)
def main(part: str, names: Sequence[str], most: int, seed: int) -> None:
    """Put back the faults NAMES, by default all that others contradict, one at a time.

    Exit status 1: one of them is not found among so many mutants.

    Example: python -m tests.fuzzing.faults archives overlap
    """
    faults = [
        each
        for each in read_faults(part)
        if (each.id in names if names else not each.unseen)
    ]
    found: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        left = {fault.id: fault.reference(folder) for fault in faults}
        batches = _elf(folder, seed) if part == "elf" else _archives(folder, seed)
        began = time.monotonic()
        for number, finds in enumerate(batches, 1):
            for each in [each for each in left if finds(left[each])]:
                found[each] = number * BATCH
                del left[each]
                click.echo(f"found among {number * BATCH}: {each}")
            if not left or number * BATCH >= most:
                break
    minutes = (time.monotonic() - began) / 60
    for each in left:
        click.echo(f"not found among {number * BATCH}: {each}")
    click.echo(f"{len(found)} of {len(faults)} faults found in {minutes:.0f} minutes")
    sys.exit(1 if left else 0)


def _elf(folder: Path, seed: int) -> Iterator[Finds]:
    """Yield batches: a fault shows if one accepts what is rightly refused."""
    arch = platform.machine()
    loader = find(arch, folder)
    major, minor = loader.release()
    judge = ElfJudge(Reference(), loader, f"manylinux_{major}_{minor}_{arch}", folder)
    source = elf.mutants(elf.sound(judge, list(bases(arch))), seed)
    while True:
        files = [(each.base, each.content) for each in islice(source, BATCH)]
        said = judge.judge(files)
        refused = [
            judge.wheel(number)
            for number, each in enumerate(said)
            if each.refusal and not each.verdict.is_accepted
        ]
        yield partial(_accepts, refused)


def _accepts(wheels: Sequence[Path], reference: Reference) -> bool:
    said = reference.verdicts(wheels)
    return any(each.is_accepted or each.has_crashed for each in said)


def _archives(folder: Path, seed: int) -> Iterator[Finds]:
    """Yield batches: a fault shows if one reads what others then see otherwise."""
    with served(folder) as address:
        cache = folder / "cache"
        uv: dict[str, Install] = {"uv": Uv(cache), "stream": Uv(cache, address)}
        right = ArchiveJudge(Reference(), {}, folder)
        source = archives.mutants(seed)
        while True:
            mutants = list(islice(source, BATCH))
            said = zip(mutants, right.judge(mutants), strict=True)
            refused = [mutant for mutant, each in said if not each.verdict.is_readable]
            yield partial(_reads, refused, uv, folder)


def _reads(
    mutants: Sequence[Mutant],
    installers: Mapping[str, Install],
    folder: Path,
    reference: Reference,
) -> bool:
    causes = read_causes(archives.CAUSES)
    judge = ArchiveJudge(reference, installers, folder)
    return any(each.kinds(causes) for each in judge.judge(mutants))


if __name__ == "__main__":
    main()
