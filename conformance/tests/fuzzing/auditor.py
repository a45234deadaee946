"""Says what the reference makes of wheels: paths come in, one JSON line each goes out.

Runs in a process of its own, in which PYTHONPATH may put another copy of the reference
before the right one.
"""

from __future__ import annotations

import hashlib
import json
import sys
from contextlib import ExitStack

from manylinux_reference.commands.many_wheels import report_on
from manylinux_reference.mutants.mutation import mutated
from manylinux_reference.reading.archive import Archive
from manylinux_reference.reading.inflate import chunks

UNREADABLE = ("unusable", "not-judged")


def verdict(path: str, *, with_files: bool) -> dict[str, object]:
    """Return an audit's outcome and its grounds; any exception is an outcome, too."""
    try:
        report = report_on(path)
        said: dict[str, object] = {
            "outcome": report.outcome,
            "grounds": sorted({each.rule for c in report.claims for each in c.against})
            or [f"{report.member}: {report.error}".removeprefix(": ")],
        }
        if with_files and report.outcome not in UNREADABLE:
            said["files"] = files(path)
    except Exception as error:  # noqa: BLE001 - which one it is, the answer says
        return {"outcome": "crashed", "grounds": [f"{type(error).__name__}: {error}"]}
    return said


def files(path: str) -> dict[str, str]:
    """Return the digests of the members' contents, as the auditor reads them."""
    with Archive(path) as archive:
        return {
            member.name: hashlib.sha256(b"".join(chunks(archive, member))).hexdigest()
            for member in archive.members
        }


def main() -> None:
    """Answer standard input.

    The argument ``files`` asks for the contents as well, another one is the name of a
    mutation of the reference.
    """
    names = [each for each in sys.argv[1:] if each != "files"]
    with ExitStack() as block:
        for name in names:
            block.enter_context(mutated(name))
        for line in sys.stdin:
            said = verdict(line.rstrip("\n"), with_files="files" in sys.argv[1:])
            sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
