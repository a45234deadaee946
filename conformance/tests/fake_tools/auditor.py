"""A made-up auditor that behaves, or misbehaves as its first argument names.

``lines``: answers JSON lines.  ``status``: audits the wheel in the second argument and
ends with a status.  ``repair``: copies the wheel into the folder in the third argument.
A wheel whose name holds "culprit" gets the misbehaviour, and "-always" every wheel.
"""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path


def misbehave(way: str) -> str:
    match way:
        case "garbage":
            return "\x00 no JSON"
        case "declines":
            return json.dumps({"declined": "never looks at this"})
        case "error":
            return json.dumps({"error": "gave up"})
        case "chatty":
            return (
                json.dumps({"conforms": True}) + "\n" + json.dumps({"conforms": True})
            )
        case "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            time.sleep(600)
    raise ValueError(way)


def lines(way: str) -> None:
    for line in sys.stdin:
        request = json.loads(line)
        said = json.dumps({"conforms": "false" not in request["wheel"], "status": 0})
        is_culprit = "culprit" in request["wheel"] or way.endswith("-always")
        if way != "good" and is_culprit:
            said = misbehave(way.removesuffix("-always"))
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()


def status(way: str, wheel: str) -> None:
    if way == "traceback" or (way != "good" and "culprit" in wheel):
        misbehave(way)
    sys.exit(2 if "unreadable" in wheel else int("false" in wheel))


def repair(way: str, wheel: str, out: str, tag: str) -> None:
    name, version, python, abi, platforms = Path(wheel).stem.split("-")
    tags = f"{tag}.{platforms}" if way == "keeps" else tag
    if way == "crash":
        misbehave(way)
    if way != "fails":
        shutil.copy(wheel, Path(out) / f"{name}-{version}-{python}-{abi}-{tags}.whl")
    if way in {"fails", "fails-late"}:
        sys.exit("cannot be repaired")


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
