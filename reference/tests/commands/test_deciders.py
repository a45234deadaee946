"""Which function decides a rule, and where it is."""

from __future__ import annotations

import json
from pathlib import Path

import manylinux_reference
import pytest
from manylinux_reference.commands.deciders import deciders
from manylinux_reference.commands.serve import respond
from manylinux_reference.commands.target import Target

PACKAGE = Path(manylinux_reference.__file__).parent
DECIDERS = deciders()


def nowhere() -> Target:
    raise AssertionError


def test_question_is_answered_with_function_file_and_line() -> None:
    said = respond('{"ask": "deciders"}', nowhere)
    assert said == {"deciders": json.loads(json.dumps(DECIDERS))}
    (decider,) = DECIDERS["tag.form"]
    assert decider["function"] == "manylinux_reference.rules.tags.split_perennial"
    assert decider["file"] == "rules/tags.py"


@pytest.mark.parametrize("rule", DECIDERS)
def test_line_is_where_the_rule_is_named(rule: str) -> None:
    for decider in DECIDERS[rule]:
        lines = (PACKAGE / str(decider["file"])).read_text("utf-8").splitlines()
        line = decider["line"]
        assert isinstance(line, int)
        name = str(decider["function"]).rpartition(".")[2]
        definition = next(i for i in range(line, len(lines)) if "def " in lines[i])
        marked = "\n".join(lines[line - 1 : definition])
        assert marked.startswith("@decides(")
        assert f'"{rule}"' in marked
        assert lines[definition].startswith(f"def {name}(")
