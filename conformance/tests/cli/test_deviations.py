"""``deviations init``: from the results of a run to a file that the next run takes."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from manylinux_conformance.cli.main import main
from manylinux_conformance.results.blocks import Block, write_blocks
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.tools.selection import choose_tools
from tests.builders import header_line, result_line

ADAPTER = """
name = "gadget"
roles = ["installer"]
[installer]
command = ["./gadget"]
"""


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    path = tmp_path / "gadget.toml"
    path.write_text(ADAPTER)
    return path


@pytest.fixture
def results(tmp_path: Path) -> Path:
    header = header_line(rules_lock=load_suite().lock_digest, tool="gadget", version="")
    wrong = result_line(
        "installer.order.linux/linux-before-a-legacy-tag",
        verdict=Verdict.FAIL,
        expected="linux_x86_64",
    )
    path = tmp_path / "results.jsonl"
    write_blocks([Block(header, (wrong,))], path)
    return path


def test_a_runs_differences_become_causes(adapter: Path, results: Path) -> None:
    command = ["deviations", "init", "--tool", str(adapter), str(results)]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    beside = adapter.parent / "causes.toml"
    beside.write_text(done.output)
    (tool,) = choose_tools([str(adapter)], beside)
    (cause,) = tool.deviations
    assert cause.id == "installer.order.linux"
    assert cause.why == "To be explained: expected linux_x86_64, got any"


def test_results_of_another_tool_are_refused(results: Path) -> None:
    command = ["deviations", "init", "--tool", "pip==26.3", str(results)]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert done.output == f"error: {results}: has no answers of pip 26.3\n"


def test_committed_results_keep_the_causes_on_file(adapter: Path) -> None:
    command = ["run", "--tool", "pip==26.3", "--check", "--deviations", str(adapter)]
    adapter.write_text("")
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert "--deviations: committed results have the causes on file" in done.output
