"""The mark on a function that decides rules."""

from __future__ import annotations

from manylinux_reference.rules import decides


def test_deciding_function_names_its_rules_and_stays_as_it_is() -> None:
    def function(value: int) -> int:
        return value + 1

    marked = decides("tag.form", "tag.case")(function)
    assert marked is function
    assert vars(marked) == {"decides": ("tag.form", "tag.case")}
