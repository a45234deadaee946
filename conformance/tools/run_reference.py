"""Runs a module of the reference, which lies beside the suite or in its checkout."""

import runpy
import sys
from importlib import import_module
from pathlib import Path

PACKAGE = "manylinux_reference"


def main() -> None:
    """Run the module named by the first argument; only the package becomes importable.

    The folder that the package lies in may hold anything, so it leaves the path again.
    """
    clone, packages = Path(__file__).resolve().parents[2:4]
    is_clone = (clone / "reference" / PACKAGE).is_dir()
    folder = clone / "reference" if is_clone else packages
    sys.path.append(str(folder))
    import_module(PACKAGE)
    sys.path.remove(str(folder))
    module = sys.argv.pop(1)
    runpy.run_module(f"{PACKAGE}.{module}", run_name="__main__")


main()
