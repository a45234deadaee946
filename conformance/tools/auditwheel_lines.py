"""Asks auditwheel: its own command line ``show``, by JSON lines, in one process.

auditwheel has no command that validates a claim, so no exit status is told here.
A claim counts as confirmed if ``show`` names the same level or an older one of the same
architecture.  It cannot refuse a claim of a level without a policy.
It never advises against what makes no claim false.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
import sys
from pathlib import Path

import auditwheel
from auditwheel.main import main
from json_lines import Reply, Request, serve

SHOWN = re.compile(r'following platform tag:\s+"(\w+)"')
PERENNIAL = re.compile(r"manylinux_(\d+)_(\d+)_(\w+)")
FIRST = re.compile(r"manylinux_1_(\D\w+)")  # as auditwheel 1.0.0 spells manylinux1
LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}


def audit(request: Request) -> Reply:
    """Return whether what ``show`` says confirms each of the manylinux claims."""
    output, complaint = show(str(request["wheel"]))
    tag = shown_tag(output)
    if not tag:
        words = " ".join((complaint or output).split())
        return {"conforms": False, "reason": words}
    claims = request["claims"] if isinstance(request["claims"], list) else []
    manylinux = [str(claim) for claim in claims if str(claim).startswith("manylinux")]
    confirmed = [confirms(tag, claim) for claim in manylinux]
    return {
        "conforms": bool(confirmed) and all(confirmed),
        "oldest": tag,
        "unknown": [claim for claim in manylinux if not has_policy(claim)],
        "reason": f"show names {tag}",
    }


def show(wheel: str) -> tuple[str, str]:
    """Run ``auditwheel show`` and return its output and its complaints.

    Its logger would go on writing to the first wheel's stream: ``basicConfig`` does
    nothing once there is a handler.
    """
    output, complaint = io.StringIO(), io.StringIO()
    logging.getLogger().handlers.clear()
    sys.argv = ["auditwheel", "show", *JSON, wheel]
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(complaint):
        run()
    return output.getvalue(), complaint.getvalue()


def run() -> None:
    """Run the command that ``sys.argv`` says."""
    with contextlib.suppress(SystemExit):
        main()


def speaks_json() -> list[str]:
    """Return the option for JSON output, which auditwheel has since 6.8.0."""
    sys.argv = ["auditwheel", "show", "--help"]
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        run()
    return ["--json"] if "--json" in output.getvalue() else []


def shown_tag(output: str) -> str:
    """Return the tag that ``show`` found; empty if it found none."""
    if JSON and output.lstrip().startswith("{"):
        return str(json.loads(output).get("overall_tag") or "")
    found = SHOWN.search(output)
    return found[1] if found else ""


def confirms(tag: str, claim: str) -> bool:
    """Return whether a tag is of the same architecture as a claim and no newer."""
    here, there = level(tag), level(claim)
    return bool(here and there and here[1] == there[1] and here[0] <= there[0])


def has_policy(claim: str) -> bool:
    """Return whether auditwheel has a policy for a claim's level and architecture."""
    found = level(claim)
    return found is None or found in POLICIES or (found[0], "") in POLICIES


def policies() -> set[tuple[tuple[int, int], str]]:
    """Return the levels and architectures of the policies; before 3.0.0 of every one.

    They are in ``policy.json``, of manylinux alone in a file of its own since 5.0.0.
    """
    folder = Path(auditwheel.__file__).parent / "policy"
    files = [*folder.glob("manylinux-policy.json"), *folder.glob("policy.json")]
    found = set()
    for policy in json.loads(files[0].read_text()) if files else []:
        versions = policy["symbol_versions"]
        archs = [name for name, of in versions.items() if isinstance(of, dict)]
        if at := level(f"{policy['name']}_any"):
            found |= {(at[0], arch) for arch in archs or [""]}
    return found


def level(tag: str) -> tuple[tuple[int, int], str] | None:
    """Split a manylinux tag into its glibc version and its architecture."""
    if found := PERENNIAL.fullmatch(tag):
        return (int(found[1]), int(found[2])), found[3]
    family, _, arch = FIRST.sub(r"manylinux1_\1", tag).partition("_")
    return (LEGACY[family], arch) if family in LEGACY else None


JSON: list[str] = []
POLICIES = policies()
if __name__ == "__main__":
    JSON = speaks_json()
    serve(audit=audit)
