"""An interpreter with a prefix of its own: a distributor's module fits in there."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from manylinux_conformance.errors import UnavailableError
from manylinux_conformance.platforms.interpreters import Interpreter
from manylinux_conformance.sandbox.process import Run

MAKE_TIMEOUT = 60  # seconds to link a standard library
SCRIPT = b"#!"

# Runs in every CPython since 3.6, as the interpreter whose prefix it copies.
# The folder of the standard library is new and every entry of it a link; compiled files
# are links too, so that none can be written into the original.
MAKE = """
import os, shutil, sys, sysconfig
prefix, module = sys.argv[1:]
base = sys.base_prefix


def link_entries(folder, to, *left_out):
    os.makedirs(to)
    for name in set(os.listdir(folder)) - set(left_out):
        os.symlink(os.path.join(folder, name), os.path.join(to, name))


original = sysconfig.get_path("stdlib", vars={"base": base, "installed_base": base})
library = os.path.join(prefix, os.path.relpath(original, base))
link_entries(original, library, "__pycache__", "site-packages", "_manylinux.py")
compiled = os.path.join(original, "__pycache__")
if os.path.isdir(compiled):
    link_entries(compiled, os.path.join(library, "__pycache__"))
with open(os.path.join(library, "_manylinux.py"), "w") as file:
    file.write(module)
program = os.path.realpath(sys.executable)
own = os.path.join(prefix, "bin", os.path.basename(program))
os.makedirs(os.path.dirname(own))
shutil.copy2(program, own)
"""


def make_own_prefix(
    folder: Path, interpreter: Interpreter, module: str, *, work: Path, run: Run
) -> Interpreter:
    """Return an interpreter beside whose standard library a ``_manylinux`` module lies.

    PEP 600, "Package installers": distributors add the module "to their standard
    library".  ``folder`` does not exist yet; it becomes the prefix, as a distributor's
    ``/usr``.  The interpreter's file is its own, a hard link or a copy: CPython looks
    for the library from where that file is, with symbolic links resolved.
    ``run`` runs a command where the interpreter is.
    Raises UnavailableError if the interpreter does not manage it.
    """
    ended = run(
        (str(interpreter.path), "-I", "-c", MAKE, str(folder), module),
        folder=work,
        variables={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        seconds=MAKE_TIMEOUT,
    )
    if ended.status != 0:
        reason = ended.failure or ended.complaint
        raise UnavailableError("a standard library with a module", reason)
    if interpreter.libpython is not None:
        # Found through a run path of $ORIGIN/../lib where the interpreter has one.
        library = folder / "lib" / interpreter.libpython.name
        library.parent.mkdir(exist_ok=True)
        library.symlink_to(interpreter.libpython)
    return replace(interpreter, path=folder / "bin" / interpreter.path.name)


def make_own_programs(folder: Path, programs: Path, interpreter: Interpreter) -> Path:
    """Return the programs of a tool's environment as an environment of an interpreter.

    A distributor's tool runs on the distributor's interpreter; some tools answer by the
    one that they run on.  ``folder`` does not exist yet.  Its packages are those of the
    tool's environment, its scripts name the interpreter that is its own.
    """
    own = folder / "bin"
    own.mkdir(parents=True)
    python = own / "python"
    python.symlink_to(interpreter.path)
    (folder / "pyvenv.cfg").write_text(f"home = {interpreter.path.parent}\n")
    packages = folder / interpreter.purelib
    packages.parent.mkdir(parents=True)
    packages.symlink_to(programs.parent / interpreter.purelib)
    for program in programs.iterdir():
        _give_program(program, own / program.name, python)
    return own


def _give_program(program: Path, to: Path, python: Path) -> None:
    """Link a program, or write a script of Python's with another first line."""
    if program.is_symlink() or program.name.startswith("python"):
        return
    with program.open("rb") as file:
        first = file.readline()
        if first.startswith(SCRIPT) and b"python" in first:
            to.write_bytes(SCRIPT + bytes(python) + b"\n" + file.read())
            shutil.copymode(program, to)
            return
    to.symlink_to(program)
