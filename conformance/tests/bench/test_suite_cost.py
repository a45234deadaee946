"""The measurement of the suite's own cost measures something."""

import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "bench" / "suite_cost.py"


def test_the_tool_and_the_suite_both_take_time() -> None:
    options = ("--tool", "reference", "--platform", "glibc-2.5", "--json")
    said = subprocess.run(
        [sys.executable, BENCH, *options], capture_output=True, check=True
    ).stdout
    (row,) = json.loads(said)["suite_cost"]
    assert row["runs"] >= 1
    assert row["questions"] > row["runs"]
    assert row["tool_seconds"] > 0
    assert row["suite_seconds"] > 0
