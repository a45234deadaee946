"""A release is asked what the plan has for it, or says why it cannot be."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.history.ask import ask_release
from manylinux_conformance.history.plan import Span
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.sandbox.tool_description import Provide
from manylinux_conformance.suite.filters import Wanted
from manylinux_conformance.suite.load import Suite, load_suite, narrowed
from manylinux_conformance.tools.adapters import read_adapter

CASE = "installer.glibc.at-least/same-version"


@pytest.fixture
def span() -> Span:
    adapter = read_adapter(data_folder("tools") / "reference.toml")
    return Span("reference", adapter, Role.INSTALLER)


@pytest.fixture
def suite() -> Suite:
    return narrowed(load_suite(), Wanted(("glibc-2.17",), cases=(CASE,)))


def test_a_release_is_asked(span: Span, suite: Suite) -> None:
    column = ask_release(span, span.releases[0], [suite])
    assert [(each.case, each.verdict) for each in column.results] == [
        (CASE, Verdict.PASS)
    ]
    assert not column.unasked
    assert column.seconds > 0


def test_without_its_python_a_release_is_not_asked(span: Span, suite: Suite) -> None:
    provide = Provide(python={"*": "==3.2"})
    adapter = msgspec.structs.replace(span.adapter, provide=provide)
    column = ask_release(replace(span, adapter=adapter), "", [suite])
    assert column.unasked == "needs Python 3.2, which is not here"
    assert not column.python


def test_without_questions_there_is_no_answer(span: Span, suite: Suite) -> None:
    column = ask_release(span, "", [replace(suite, cases=())])
    assert column.unasked == "has no questions"
