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
    found = replies(auditwheel, asked)
    assert [str(one["reason"]).split()[-1] for one in found] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("policies", "unknown"),
    [
        ({"manylinux_2_17": {"aarch64": {}}}, ["manylinux_2_28_aarch64"]),
        ({"manylinux2014": {"aarch64": {}}}, ["manylinux_2_28_aarch64"]),
        (
            {"manylinux_2_17": {"x86_64": {}}, "manylinux_2_28": {"aarch64": {}}},
            ["manylinux2014_aarch64"],
        ),
        (
            {"manylinux1": {"GLIBC": "2.5"}},
            ["manylinux2014_aarch64", "manylinux_2_28_aarch64"],
        ),
        ({"manylinux2014": {"GLIBC": ["2.17"]}}, ["manylinux_2_28_aarch64"]),
    ],
)
@pytest.mark.parametrize("file", ["policy.json", "manylinux-policy.json"])
def test_levels_without_a_policy_are_named(
    auditwheel: Path, policies: dict[str, object], unknown: list[str], file: str
) -> None:
    folder = auditwheel / "auditwheel" / "policy"
    folder.mkdir()
    found = [{"name": name, "symbol_versions": of} for name, of in policies.items()]
    linux = {"name": "linux", "symbol_versions": {}}
    (folder / file).write_text(json.dumps([linux, *found]))
    claims = ["manylinux2014_aarch64", "manylinux_2_28_aarch64", "linux_aarch64"]
    assert asked_about(auditwheel, claims)["unknown"] == unknown


def asked_about(auditwheel: Path, claims: list[str]) -> dict[str, object]:
    """Return the reply about a wheel for which ``show`` names a tag."""
    main = auditwheel / "auditwheel" / "main.py"
    said = 'following platform tag: "linux_aarch64"'
    main.write_text(f"def main():\n    print({said!r})\n    return 0\n")
    (reply,) = replies(auditwheel, [{"ask": "audit", "wheel": "a", "claims": claims}])
    return reply


def replies(
    auditwheel: Path, asked: list[dict[str, object]]
) -> list[dict[str, object]]:
    ended = subprocess.run(
        [sys.executable, str(data_folder("tools") / "auditwheel_lines.py")],
        input="".join(f"{json.dumps(each)}\n" for each in asked),
        env={**os.environ, "PYTHONPATH": str(auditwheel)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [json.loads(line) for line in ended.stdout.splitlines()]
