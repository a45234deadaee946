"""Turns reports of ``manylinux check --json`` into annotations of GitHub's workflows.

Standard input has the reports; standard output gets a workflow command for each claim
that does not plainly hold, and for each wheel that cannot be judged.  The format is
that of GitHub's page "Workflow commands".
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator

ESCAPES = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
PROPERTY_ESCAPES = (*ESCAPES, (":", "%3A"), (",", "%2C"))
FINE = ("holds", "no claim")
MOST = 10  # annotations of one kind that are shown of a step; the rest is counted


def workflow_commands(lines: Iterable[str]) -> Iterator[str]:
    """Yield the commands for some reports, one JSON document a line."""
    found = [said for line in lines if line.strip() for said in _of(json.loads(line))]
    yield from found[:MOST]
    if len(found) > MOST:
        yield f"::notice::and {len(found) - MOST} more, see the log"


def _of(report: dict[str, object]) -> Iterator[str]:
    wheel = str(report["wheel"])
    if report["error"]:
        yield _command("error", wheel, f"{report['outcome']}: {report['error']}")
    claims = report["claims"]
    for claim in claims if isinstance(claims, list) else ():
        if claim["outcome"] in FINE:
            continue
        level = "warning" if claim["outcome"] == "holds with objections" else "error"
        for finding in claim["findings"]:
            said = f"{finding['member']}: {finding['text']} ({finding['rule']})"
            yield _command(level, f"{wheel}: {claim['tag']} {claim['outcome']}", said)


def _command(level: str, title: str, said: str) -> str:
    name, message = title, said
    for character, code in PROPERTY_ESCAPES:
        name = name.replace(character, code)
    for character, code in ESCAPES:
        message = message.replace(character, code)
    return f"::{level} title={name}::{message}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in workflow_commands(sys.stdin))
