"""Imports packages of a folder: reads their names, answers a line of JSON for each."""

import importlib
import json
import sys

ANSWER = 42  # what the sources of the compiled tier return


def main() -> None:
    """Answer for every package that standard input names, as soon as it is known."""
    sys.path.insert(0, sys.argv[1])
    for name in sys.stdin.read().split():
        sys.stdout.write(json.dumps(_answer(name)) + "\n")
        sys.stdout.flush()


def _answer(name: str) -> "dict[str, object]":
    try:
        package = importlib.import_module(name)
    except ImportError as error:
        return {"package": name, "imported": False, "error": str(error)}
    works = package.answer() == ANSWER and package.newest() != "nothing"
    return {"package": name, "imported": True, "works": works}


main()
