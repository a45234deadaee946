"""Reads what became of each mutant, and which survivors have a reason to."""

from __future__ import annotations

import contextlib
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mutmut.configuration import reset_config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files
from mutmut.utils.format_utils import orig_function_and_class_names_from_key
from tests.mutation.layout import Target

REASONS = Path(__file__).with_name("survivors.toml")
KILLED = ("killed", "timeout")  # an endless loop is noticed


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed line of a function, or several where the change spans them.

    ``key`` is mutmut's name for it, which changes with the function.
    """

    key: str = field(compare=False)
    function: str
    original: str
    mutated: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a target's mutants."""

    counts: Counter[str]
    survivors: list[Mutant]

    @property
    def percent(self) -> float:
        """How many of the mutants are killed, in percent."""
        killed = sum(self.counts[each] for each in KILLED)
        return 100 * killed / (self.counts.total() or 1)


def outcome_of(target: Target) -> Outcome:
    """Return what became of the mutants of the target's last run."""
    counts: Counter[str] = Counter()
    survivors = []
    with contextlib.chdir(target.folder):
        reset_config()
        for path, key, status in _statuses():
            counts[status] += 1
            if status not in KILLED:
                survivors.append(_mutant(target, key, path))
    return Outcome(counts, survivors)


def forget_survivors(target: Target) -> None:
    """Have mutmut try again what survived the target's last run."""
    with contextlib.chdir(target.folder):
        reset_config()
        for path in walk_mutatable_files():
            data = SourceFileMutationData(path=path)
            data.load()
            for key, code in data.exit_code_by_key.items():
                if status_by_exit_code[code] not in KILLED:
                    data.exit_code_by_key[key] = None
            data.save()


def _statuses() -> Iterator[tuple[Path, str, str]]:
    for path in sorted(walk_mutatable_files()):
        data = SourceFileMutationData(path=path)
        data.load()
        for key, code in data.exit_code_by_key.items():
            yield path, key, status_by_exit_code[code]


def _mutant(target: Target, key: str, path: Path) -> Mutant:
    function, class_name = orig_function_and_class_names_from_key(key)
    module = key.removeprefix(f"{target.package}.").rpartition(".")[0]
    diff = get_diff_for_mutant(key, path=path).splitlines()[2:]
    return Mutant(
        key=key,
        function=".".join(filter(None, (module, class_name, function))),
        original="\n".join(line[1:].strip() for line in diff if line[0] == "-"),
        mutated="\n".join(line[1:].strip() for line in diff if line[0] == "+"),
    )


def explained() -> dict[Mutant, str]:
    """Return the survivors that are known, each with the reason why it may live."""
    tables = tomllib.loads(REASONS.read_text()).get("mutant", [])
    return {
        Mutant("", each["function"], each["original"], each["mutated"]): each["reason"]
        for each in tables
    }
