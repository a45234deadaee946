"""Each wheel's answer holds what auditwheel said about it, whichever came first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from manylinux_conformance.data_folders import data_folder

# As auditwheel configures its logging: in each call of its command, for standard error.
MAIN = """
import logging, sys

def main():
    if "--help" in sys.argv:
        return 0
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("auditwheel").info("nothing to do for %s", sys.argv[-1])
    return 1
"""


@pytest.fixture
def auditwheel(tmp_path: Path) -> Path:
    """Return a folder with a package that logs as auditwheel does."""
    package = tmp_path / "auditwheel"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "main.py").write_text(MAIN)
    return tmp_path


def test_each_wheel_has_the_lines_that_are_about_it(auditwheel: Path) -> None:
    asked: list[dict[str, object]] = [
        {"ask": "audit", "wheel": name, "claims": []} for name in ("a", "b", "c")
    ]
    ended = subprocess.run(
        [sys.executable, str(data_folder("tools") / "auditwheel_lines.py")],
        input="".join(f"{json.dumps(each)}\n" for each in asked),
        env={**os.environ, "PYTHONPATH": str(auditwheel)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    replies = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [reply["reason"].split()[-1] for reply in replies] == ["a", "b", "c"]
