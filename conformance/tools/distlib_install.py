"""Installs with distlib: ``DirectoryLocator`` says what fits, ``Wheel`` installs.

python distlib_install.py LINKS REQUIREMENTS TARGET
"""

from __future__ import annotations

import functools
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
        address = preferred(locator, sorted(found.download_urls))
        wheel = Wheel(unquote(urlsplit(address).path))
        paths = dict.fromkeys(KINDS, target)
        wheel.install(paths, ScriptMaker(None, target), lib_only=True)


def preferred(locator: DirectoryLocator, fitting: list[str]) -> str:
    """Return the address that the locator prefers of those that fit.

    By itself it prefers the file name that sorts last, which is always the one for any
    platform; so that one is left out while there is another.
    """
    for_platform = [address for address in fitting if not address.endswith("-any.whl")]
    return functools.reduce(locator.prefer_url, for_platform or fitting)


if __name__ == "__main__":
    install(*sys.argv[1:])
