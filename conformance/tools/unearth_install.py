"""Installs with unearth, which finds a wheel, and ``installer``, which lays it out.

python unearth_install.py LINKS REQUIREMENTS TARGET [PLATFORM]
"""

from __future__ import annotations

import sys
from pathlib import Path

from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.sources import WheelFile
from packaging.requirements import Requirement
from unearth import PackageFinder, TargetPython

KINDS = ("purelib", "platlib", "headers", "scripts", "data")


def main(links: str, requirements: str, target: str, *platforms: str) -> None:
    """Install every requirement that is meant here; SystemExit if one has no wheel."""
    python = TargetPython(platforms=list(platforms) or None)
    finder = PackageFinder(
        find_links=[links], only_binary=[":all:"], target_python=python
    )
    for line in Path(requirements).read_text().splitlines():
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate():
            continue
        best = finder.find_best_match(requirement).best
        if best is None:
            sys.exit(f"error: no candidate for {line}")
        places = dict.fromkeys(KINDS, target)
        with WheelFile.open(best.link.file_path) as wheel:
            destination = SchemeDictionaryDestination(places, sys.executable, "posix")
            install(wheel, destination, {})


if __name__ == "__main__":
    main(*sys.argv[1:])
