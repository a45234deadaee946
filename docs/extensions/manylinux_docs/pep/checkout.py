"""Has a clone of python/peps check a PEP: its own script, and its Sphinx build."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NUMBERS = re.compile(r":pep:`(?:[^`<]*<)?(\d+)")
READ_ANYWAY = ("contents.rst", "numerical.rst", "pep-0000.rst")


def objections(clone: Path, document: Path, work: Path) -> Iterator[str]:
    """Yield what python/peps' check-peps.py and Sphinx have against a document.

    The clone is copied into ``work``, with an environment of its own requirements.
    Of its PEPs only those that the document refers to are read, and none is written;
    a warning about another one is none of this document.
    """
    work = work.resolve()
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(clone, work, ignore=shutil.ignore_patterns(".git", ".venv"))
    shutil.copy(document, work / "peps")
    source = f"peps/{document.name}"
    python = _environment(work)
    checked = _run(work, python, "check-peps.py", source)
    yield from checked.stdout.splitlines() if checked.returncode else ()
    names = [f"pep-{int(number):04}.rst" for number in mentioned(document)]
    read = ",".join((*READ_ANYWAY, document.name, *names))
    options = ["-b", "html", "-D", f"include_patterns={read}"]
    built = _run(work, python, "-m", "sphinx", *options, "peps", "build", source)
    lines = built.stderr.splitlines()
    yield from (line for line in lines if document.stem in line)
    if not (work / "build" / f"{document.stem}.html").exists():
        yield f"is not built: {lines[-1] if lines else 'no reason given'}"


def mentioned(document: Path) -> list[str]:
    """Return the numbers of the PEPs that a document refers to, each once."""
    return sorted(set(NUMBERS.findall(document.read_text("utf-8"))), key=int)


def _environment(work: Path) -> str:
    folder = work / ".venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    requirements = str(work / "requirements.txt")
    install = ["-m", "pip", "install", "--quiet", "--requirement", requirements]
    subprocess.run([python, *install], check=True)
    return python


def _run(work: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=work, check=False, capture_output=True, text=True
    )
