"""Recipe text: a fixture wheel put into words for a reader."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path

from manylinux_conformance.questions.wheel import is_control
from manylinux_fixtures.recipes.recipe import (
    Boundary,
    Expectation,
    Expected,
    read_recipe_files,
    recipes_of,
)

from manylinux_docs.wording.cases import CONTROL, CaseText

ANSWERS = {
    Expectation.HOLDS: "the claim is true",
    Expectation.VIOLATES: "the claim is false",
    Expectation.DISCOURAGED: "true, but discouraged",
}


def describe_recipes(
    folder: Path, permissions: Container[str] = ()
) -> Iterator[CaseText]:
    """Yield every recipe below a folder in words; none if there is no such folder.

    ``permissions`` are the rules that permit something and forbid nothing.

    Raises InputError if a recipe file is malformed.
    """
    if folder.is_dir():
        for _, file in read_recipe_files(folder):
            for expected in recipes_of(file):
                permits = expected.recipe.rule in permissions
                yield describe_recipe(expected, permits=permits)
            yield from (describe_boundary(file.rule, each) for each in file.boundary)


def describe_recipe(expected: Expected, *, permits: bool = False) -> CaseText:
    """Put one recipe into words; ``permits``: its rule is a permission."""
    recipe = expected.recipe
    control = recipe.control
    if control is None:
        control = is_control(recipe.ask, expected.expectation, permits=permits)
    return CaseText(
        rule=recipe.rule,
        name=recipe.name,
        where=", ".join(recipe.arch) or "every architecture",
        question=f"Is the claim true of this wheel: {recipe.about}?",
        items=(),
        expected=ANSWERS[expected.expectation],
        counts_as=CONTROL if control else "",
    )


def describe_boundary(rule: str, boundary: Boundary) -> CaseText:
    """Put a family of twins, two for each level, into words."""
    return CaseText(
        rule=rule,
        name=f"boundary-{boundary.library}-{boundary.namespace}",
        where="every level of every architecture",
        question=(
            "Is the claim true of a file that needs the newest allowed version of "
            f"{boundary.namespace} from {boundary.library}, and of its twin that needs "
            "the first one after it?"
        ),
        items=(),
        expected="true, and false of the twin",
    )
