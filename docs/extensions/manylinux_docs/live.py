"""Asks the reference again what a change of cases or recipes concerns; a program.

``nox -s live`` runs it before each build, from the root of a clone.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
from manylinux_conformance.errors import InputError
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.suite.locations import Written, written_below

SEEN = Path("build", "live", "questions.json")
SUITE = str(Path(sys.executable).with_name("manylinux-conformance"))
COMMAND = (SUITE, "run", "--tool=reference", "--modelled")


def main() -> None:
    """Ask what changed since the last call; the first call only notes what there is."""
    try:
        questions = dict(_questions(Path()))
    except InputError as error:
        sys.stderr.write(f"{error}\n")  # the build that follows says so on its page
        return
    if SEEN.exists():
        before = msgspec.json.decode(SEEN.read_bytes(), type=dict[str, str])
        if found := changed(before, questions):
            output = f"--output={SEEN.parent / 'answers'}"
            cases = (f"--case={each}" for each in found)
            subprocess.run([*COMMAND, output, *cases], check=False)
    SEEN.parent.mkdir(parents=True, exist_ok=True)
    SEEN.write_bytes(msgspec.json.encode(questions))


def changed(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """Return the questions that are new or not what they were."""
    return [each for each, digest in now.items() if before.get(each) != digest]


def _questions(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the identifier and a digest of each case and of each recipe."""
    for case in load_suite(root / "spec", root / "conformance").cases:
        yield case.id, _digest(msgspec.json.encode(case))
    recipes = sorted(written_below(root / "fixtures" / "recipes"), key=_place)
    for recipe, following in pairwise([*recipes, None]):
        if recipe and recipe.rule and recipe.name:
            yield f"{recipe.rule}/{recipe.name}", _digest(_lines(recipe, following))


def _place(recipe: Written) -> tuple[Path, int]:
    return recipe.path, recipe.line


def _lines(recipe: Written, following: Written | None) -> bytes:
    lines = recipe.path.read_bytes().splitlines()
    end = len(lines)
    if following and following.path == recipe.path:
        end = following.line - 1
    return b"\n".join(lines[recipe.line - 1 : end])


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
