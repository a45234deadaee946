"""Shows the site of a clone while it is written; a change is built, and asked about.

``nox -s live`` runs this program from the root of a clone.  Before each build it is
run again with the word ``ask``, and asks the reference what a change of rules, cases
or recipes concerns.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
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
    """Ask, if that is said; else show the site, with options of sphinx-autobuild."""
    if sys.argv[1:] == ["ask"]:
        ask()
    else:
        with contextlib.suppress(KeyboardInterrupt):  # which is how one ends it
            subprocess.run(showing(Path.cwd(), *sys.argv[1:]), check=False)


def showing(root: Path, *more: str) -> list[str]:
    """Return the command that shows the site and builds it anew after a change.

    What a build writes itself, and what is hidden, is no change.
    """
    written = r"(build|(.*/)?(\.[^/]*|__pycache__))(/|$)"
    options = ["-c", "docs", "--open-browser"]
    options += [f"--re-ignore=^{re.escape(root.as_posix())}/{written}"]
    options += [f"--pre-build={sys.executable} -m {__spec__.name} ask"]
    folders = [".", str(SEEN.parent / "site")]
    program = Path(sys.executable).with_name("sphinx-autobuild")
    return [str(program), *options, *more, *folders]


def ask() -> None:
    """Ask what changed since the last call; the first call only notes what there is."""
    try:
        now = dict(questions_of(Path()))
    except InputError as error:
        sys.stderr.write(f"{error}\n")  # the build that follows says so on its page
        return
    if SEEN.exists():
        before = msgspec.json.decode(SEEN.read_bytes(), type=dict[str, str])
        if found := changed(before, now):
            output = f"--output={SEEN.parent / 'answers'}"
            cases = (f"--case={each}" for each in found)
            subprocess.run([*COMMAND, output, *cases], check=False)
    SEEN.parent.mkdir(parents=True, exist_ok=True)
    SEEN.write_bytes(msgspec.json.encode(now))


def changed(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """Return the questions that are new or not what they were."""
    return [each for each, digest in now.items() if before.get(each) != digest]


def questions_of(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the identifier and a digest of each case and of each recipe.

    A question changes with what is asked and with the rule that it is about; neither
    prose nor results are part of it.
    """
    suite = load_suite(root / "spec", root / "conformance")
    said = {rule.id: rule.digest.encode() for rule in suite.rules.values()}
    for case in suite.cases:
        yield case.id, _digest(said[case.rule], msgspec.json.encode(case))
    recipes = sorted(written_below(root / "fixtures" / "recipes"), key=_place)
    for recipe, following in pairwise([*recipes, None]):
        if recipe and recipe.rule and recipe.name:
            text = _lines(recipe, following)
            rule = said.get(recipe.rule, b"")
            yield f"{recipe.rule}/{recipe.name}", _digest(rule, text)


def _place(recipe: Written) -> tuple[Path, int]:
    return recipe.path, recipe.line


def _lines(recipe: Written, following: Written | None) -> bytes:
    lines = recipe.path.read_bytes().splitlines()
    end = len(lines)
    if following and following.path == recipe.path:
        end = following.line - 1
    return b"\n".join(lines[recipe.line - 1 : end])


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


if __name__ == "__main__":
    main()
