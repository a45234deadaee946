"""Mutations: every forced rule has some, and they come and go without a trace."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from manylinux_reference.commands.deciders import deciders
from manylinux_reference.mutants.mutation import (
    MUTANTS,
    UnknownMutationError,
    mutated,
    mutations,
)
from manylinux_reference.rules import tags
from manylinux_reference.rules.installer import order, override
from manylinux_spec.folder import spec_folder

BLOCK = re.compile(
    r"^:::\{rule\} (\S+)\n(?:.*\n)*?:subject: (.*)\n(?:.*\n)*?:tested: (\w+)",
    re.MULTILINE,
)
DECIDED_HERE = {"tag-library", "installer", "wheel", "auditor"}
FORCED = {
    rule
    for chapter in sorted(spec_folder().glob("*.md"))
    for rule, subjects, tested in BLOCK.findall(chapter.read_text("utf-8"))
    if tested == "forced" and DECIDED_HERE & set(subjects.split(", "))
}
NAMES = [f"{rule}:{name}" for rule, named in MUTANTS.items() for name in named]
DECIDERS = deciders()


def test_every_forced_rule_has_a_decider_and_a_mutation() -> None:
    assert len(FORCED) > 100
    assert mutations().keys() >= FORCED
    assert DECIDERS.keys() >= mutations().keys()
    assert all(mutations().values())


@pytest.mark.parametrize("name", NAMES)
def test_mutation_replaces_a_function_that_decides_the_rule(name: str) -> None:
    rule, _, mutation = name.partition(":")
    known = {decider["function"] for decider in DECIDERS[rule]}
    for right in MUTANTS[rule][mutation]:
        assert f"{right.__module__}.{right.__qualname__}" in known


@pytest.mark.parametrize("name", NAMES)
def test_mutation_leaves_nothing_behind(name: str) -> None:
    def bound() -> dict[str, object]:
        return {
            f"{module}.{attribute}": value
            for module in list(sys.modules)
            if module.startswith("manylinux_reference.")
            for attribute, value in vars(sys.modules[module]).items()
            if callable(value)
        }

    before = bound()
    with mutated(name):
        changed = {place for place, value in bound().items() if value != before[place]}
        assert changed
        assert not any(".mutants." in place for place in changed)
    assert bound() == before


def test_mutation_ends_even_after_an_error() -> None:
    before = override.load
    mutation = mutated("override.errors:off")
    mutation.__enter__()
    assert override.load is not before
    assert not mutation.__exit__(KeyError, KeyError(), None)
    assert override.load is before


def test_mutation_is_in_force_wherever_the_function_is_used() -> None:
    with mutated("tag.form:separators"):
        assert tags.parse("manylinux-2-17-x86_64") == ((2, 17), "x86_64")
    with mutated("installer.order.best-tag:worst"):
        assert order.best_rank([(0, 0, 0, 0), (1, 0, 0, 0)]) == (1, 0, 0, 0)


@pytest.mark.parametrize("name", ["tag.form:none", "no.rule:off", "tag.form", ""])
def test_unknown_mutation_is_named(name: str) -> None:
    with pytest.raises(UnknownMutationError, match="no rule has"), mutated(name):
        pass


def test_ordinary_use_does_not_load_the_mutants() -> None:
    script = (
        "import sys, manylinux_reference.commands.cli as c, io\n"
        "import manylinux_reference.commands.serve as s\n"
        'print(s.respond(\'{"ask": "parse", "tag": "any"}\', None))\n'
        "assert not any('.mutants' in name for name in sys.modules)\n"
        'print(s.respond(\'{"ask": "mutations"}\', None).keys())\n'
        "assert any('.mutants' in name for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
