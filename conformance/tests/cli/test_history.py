"""The command ``history``: what it has, what it lacks, and what it refuses."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from manylinux_conformance.cli.main import main
from manylinux_conformance.history.plan import Span


def test_a_tool_without_a_history_is_refused() -> None:
    said = CliRunner().invoke(main, ["history", "--tool", "conda"])
    assert said.exit_code == 2
    assert "conda: has no history; there are auditwheel, " in said.stderr


def test_a_missing_python_is_named_with_how_one_gets_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Span, "interpreter", None)
    said = CliRunner().invoke(main, ["history", "--tool", "uv", "--interpreters"])
    assert said.exit_code == 1
    assert "missing  Python 3.11" in said.stdout
    assert "to repair: pyenv install 3.11" in said.stdout
