"""A made-up tag library that behaves, or misbehaves as its argument names."""

import json
import os
import signal
import sys
import time
from typing import Any


def answer(request: dict[str, Any]) -> dict[str, Any]:
    match request["ask"]:
        case "choose" if "target" in request:
            return {"choose": request["offer"][0]}
        case "choose":
            return {"choose": request["offer"][-1]}
        case "parse":
            return {"valid": True, "canonical": request["tag"], "arch": "pdp11"}
        case "expand" if ".." in request["set"]:
            return {"refused": "empty member"}
        case "expand":
            return {"tags": request["set"].split(".")}
        case _:
            return {"declined": "no listing"}


def misbehave(way: str) -> str:
    match way:
        case "garbage":
            return "\x00 no JSON"
        case "stranger":
            return json.dumps({"choose": "another-1-py3-none-any.whl"})
        case "wrong-kind":
            return json.dumps({"valid": True, "surprise": 1})
        case "error":
            return json.dumps({"error": "gave up"})
        case "none":
            return json.dumps({"choose": None, "reason": "fits nothing"})
        case "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            sys.exit("ValueError: enough")
        case "hang":
            time.sleep(600)
    raise ValueError(way)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    way = sys.argv[1]
    for line in sys.stdin:
        request = json.loads(line)
        culprit = "culprit" in line or way.endswith("-always")
        if way != "good" and culprit:
            say(misbehave(way.removesuffix("-always")))
        else:
            say(json.dumps(answer(request)))


main()
