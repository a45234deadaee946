"""Installs with distlib: ``DirectoryLocator`` chooses, ``Wheel`` installs.

python distlib_install.py LINKS REQUIREMENTS TARGET
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from distlib.locators import DirectoryLocator
from distlib.scripts import ScriptMaker
from distlib.wheel import Wheel

KINDS = ("purelib", "platlib", "prefix", "scripts", "headers", "data")


def install(links: str, requirements: str, target: str) -> None:
    """Install every requirement; SystemExit if one has no candidate."""
    locator = DirectoryLocator(links, recursive=False)
    for line in Path(requirements).read_text().splitlines():
        found = locator.locate(line)
        if found is None:
            sys.exit(f"error: no candidate for {line}")
        wheel = Wheel(unquote(urlsplit(found.source_url).path))
        paths = dict.fromkeys(KINDS, target)
        wheel.install(paths, ScriptMaker(None, target), lib_only=True)


if __name__ == "__main__":
    install(*sys.argv[1:])
