"""Deciders: which functions of the reference decide a rule, as it says itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import msgspec

from manylinux_conformance.asking.role_table import fill
from manylinux_conformance.errors import InvariantError
from manylinux_conformance.roles.tag_library import TagLibrary
from manylinux_conformance.tools.adapters import Adapter

QUESTION = b'{"ask": "deciders"}\n'
TIMEOUT_SECONDS = 60


class Decider(msgspec.Struct, frozen=True):
    """A function, its file below the reference's package, and the line in it."""

    function: str
    file: str
    line: int


class _Said(msgspec.Struct, frozen=True):
    deciders: dict[str, tuple[Decider, ...]]


def read_deciders(adapter: Adapter) -> Mapping[str, tuple[Decider, ...]]:
    """Ask the reference, described by its adapter, for the deciders of each rule.

    Raises InvariantError if it does not answer.
    """
    python = dict.fromkeys(("python", "tool", "work", "home"), sys.executable)
    command = [fill(word, python) for word in adapter.table(TagLibrary).command]
    try:
        process = subprocess.run(
            command,
            input=QUESTION,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=True,
        )
        return msgspec.json.decode(process.stdout, type=_Said).deciders
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as error:
        raise InvariantError(adapter.name, f"names no deciders: {error}") from error
