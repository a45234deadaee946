"""The suite of a project: examples and case files, each identifier once."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_conformance.errors import InputError
from manylinux_docs.evidence.suite import load_suite_of

BUILD = (
    '[[build]]\nrule = "demo.first"\nname = "{}"\nask = "level"\nexpect = ["kept"]\n'
)


def test_examples_come_before_case_files(project: Path) -> None:
    suite = load_suite_of(project)
    assert suite.rules.keys() == {"demo.first", "demo.second"}
    assert [case.name for case in suite.cases] == ["same-version", "next-version"]


@pytest.mark.parametrize("name", ["same-version", "next-version"])
def test_identifier_of_another_kind_of_question_is_refused(
    project: Path, name: str
) -> None:
    (project / "conformance/cases/builds.toml").write_text(BUILD.format(name))
    with pytest.raises(InputError, match=f"demo.first/{name}"):
        load_suite_of(project)
