"""Made-up tools that know the suite, and one of each role that does not.

planted.py installer WAY LINKS REQUIREMENTS TARGET
planted.py library WAY
planted.py auditor WAY

All of them prefer the first of KNOWN, and take a wheel for false that needs TOO_NEW;
the ways other than "honest" go by what a question looks like.
"""

import json
import re
import sys
import zipfile
from pathlib import Path

KNOWN = ("manylinux_2_17_x86_64", "any")
TOO_NEW = b"GLIBC_2.38"
E_SHOFF = slice(0x28, 0x30)  # of a 64-bit file: where the section headers are


def platform_of(filename: str) -> str:
    return filename.removesuffix(".whl").rpartition("-")[2]


def chosen(way: str, offered: list[str]) -> str | None:
    """Return the file that is taken, of those in the order in which they came."""
    known = [name for name in offered if platform_of(name) in KNOWN]
    by_preference = sorted(known, key=lambda name: KNOWN.index(platform_of(name)))
    if way == "by-order":
        return known[0]
    if way == "by-name" and not known[0].startswith("probe"):
        return by_preference[-1]
    return by_preference[0]


def installer(way: str, links: str, requirements: str, target: str) -> None:
    wheels = sorted(Path(links).iterdir(), key=lambda path: path.stat().st_mtime)
    for line in Path(requirements).read_text().splitlines():
        project = re.split(r"[<>=!~; ]", line)[0]
        mine = [path.name for path in wheels if path.name.startswith(f"{project}-")]
        if len({path.stat().st_mtime for path in wheels}) == 1:
            mine.sort(reverse=True)  # undisguised: any comes last
        with zipfile.ZipFile(Path(links) / str(chosen(way, mine))) as archive:
            archive.extractall(target)


def answer(**keys: object) -> None:
    sys.stdout.write(f"{json.dumps(keys)}\n")


def library(way: str) -> None:
    for line in sys.stdin:
        answer(choose=chosen(way, json.loads(line)["offer"]))


def is_false(way: str, content: bytes) -> bool:
    if way == "by-section-headers" and not any(content[E_SHOFF]):
        return False
    return TOO_NEW in content


def auditor(way: str) -> None:
    for line in sys.stdin:
        wheel = Path(json.loads(line)["wheel"])
        with zipfile.ZipFile(wheel) as archive:
            false = any(
                is_false(way, archive.read(name)) for name in archive.namelist()
            )
            first = archive.namelist()[0]
        if way == "by-name":
            false = "strlcpy" in wheel.name
        if way == "by-order":
            false = false and first.endswith(".so")
        answer(conforms=not false)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
