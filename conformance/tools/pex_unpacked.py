"""Builds a PEX file and lays its wheels into a folder: before 2.1.123 pex cannot.

    python pex_unpacked.py FOLDER COMMAND...

Runs on every CPython since 3.6.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

PEX = Path("asked.pex")


def main(folder: Path, *command: str) -> int:
    """Return the exit status of the command; a PEX file has wheels in ``.deps``."""
    ended = subprocess.run([*command, f"--output-file={PEX}"], check=False)
    if ended.returncode:
        return ended.returncode
    with zipfile.ZipFile(PEX) as archive:
        for name in archive.namelist():
            place, _, inner = name.partition("/")
            path = folder / inner.partition("/")[2]
            if place == ".deps" and not name.endswith("/"):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(name))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
