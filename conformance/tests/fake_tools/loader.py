"""A made-up loader that behaves, or misbehaves in the way its arguments name.

python loader.py install TARGET TAG... WHEEL...
python loader.py WAY TARGET
"""

import json
import os
import signal
import sys
import time
from pathlib import Path


def say(package: str, **more: object) -> None:
    sys.stdout.write(json.dumps({"package": package, **more}) + "\n")
    sys.stdout.flush()


def install(target: Path, wheels: list[str]) -> None:
    """Take note of what is to be installed."""
    (target / "asked").write_text("\n".join(wheels))


def import_all(way: str, target: Path) -> None:
    packages = sys.stdin.read().split()
    with (target / "runs").open("a") as runs:
        runs.write(" ".join(packages) + "\n")
    for package in packages:
        answer(way, package, culprit="2_17" in package)


def answer(way: str, package: str, *, culprit: bool) -> None:
    if way == "refuse":
        error = "/lib/libc.so.6: version `GLIBC_2.43' not found"
        say(package, imported=False, error=error)
    elif way == "wrong":
        say(package, imported=True, works=False)
    elif way == "crash" and culprit:
        os.kill(os.getpid(), signal.SIGSEGV)
    elif way == "hang" and culprit:
        time.sleep(600)
    elif way == "noise" and culprit:
        sys.stdout.write("hello from the module\n")
    elif way == "exit" and culprit:
        sys.exit("error: no more")
    elif way == "stranger" and culprit:
        say("another", imported=True, works=True)
    else:
        say(package, imported=True, works=True)
        if way == "twice":
            say(package, imported=True, works=True)


def main() -> None:
    way, target, *more = sys.argv[1:]
    if way == "install":
        install(Path(target), more)
    elif way == "fail":
        sys.exit("error: cannot write to /some/where")
    else:
        import_all(way, Path(target))


main()
