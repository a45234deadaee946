"""A made-up compiler that behaves, or misbehaves as its first argument names.

``copy`` lets the file in its second argument come out, ``refuse-newer`` too unless it
is asked for a newer function; the other ways need no second argument.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

HUGE = 65 * 1024 * 1024


def write(way: str, material: str, out: Path) -> None:
    match way:
        case "copy" | "refuse-newer":
            shutil.copy(material, out)
        case "garbage":
            out.write_bytes(b"\x7fELF and nothing that follows")
        case "folder":
            out.mkdir()
        case "link":
            out.symlink_to(sys.executable)
        case "huge":
            with out.open("wb") as file:
                file.truncate(HUGE)
        case "link-folder":
            here = Path.cwd()
            here.rename(here.with_name("moved"))
            here.symlink_to(material)
            sys.exit("x.c:1:1: error: cannot be made")
        case "take-place":
            Path.cwd().with_name("next").write_text("taken")
            shutil.copy(material, out)
        case "elsewhere":
            Path("a.out").write_bytes(b"not where it was wanted")
            out.parent.parent.parent.joinpath("stray.so").write_bytes(b"nor here")


def main() -> None:
    way, material, *options = sys.argv[1:]
    if options == ["--version"]:
        sys.exit("error: wants a licence" if way == "unlicensed" else 0)
    match way:
        case "hang":
            time.sleep(600)
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "refuse-all":
            sys.exit("x.c:1:1: error: cannot be made\n1 error generated.")
        case "refuse-newer" if "-DFUNCTION=arc4random" in options:
            sys.exit("/a/x.c:1:1: error: arc4random is unknown\n1 error generated.")
    write(way, material, Path(options[options.index("-o") + 1]))


if __name__ == "__main__":
    main()
