"""Answering: one question of the suite's protocol, answered for one system."""

from __future__ import annotations

from dataclasses import dataclass

from manylinux_reference.mutants.rule import rule
from manylinux_reference.rules import tags
from manylinux_reference.rules.installer import choice as installer
from manylinux_reference.rules.installer import order, override

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from manylinux_reference.rules.installer.platform import Environment


class BadRequestError(ValueError):
    """A request is not one of the protocol; the message says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is answered: an environment with its ``_manylinux`` module."""

    environment: Environment
    module: ModuleType | None = None


def text(request: dict[str, object], key: str) -> str:
    """Return a text of a request.

    Raises BadRequestError if it is missing or something else.
    """
    value = request.get(key)
    if not isinstance(value, str):
        raise BadRequestError(f"{key!r} is not a string")
    return value


def answer(
    request: dict[str, object], find_place: Callable[[], Place]
) -> dict[str, object]:
    """Return the answer to a question; the place is found if the answer needs it.

    Raises BadRequestError for what is no question.
    """
    match request.get("ask"):
        case "choose":
            return _choose(request, find_place)
        case "parse":
            return _parse(text(request, "tag"))
        case "expand":
            return _expand(text(request, "set"))
        case "listing":
            return _listing(find_place)
    raise BadRequestError(f"nobody can be asked {request.get('ask')!r}")


def _choose(
    request: dict[str, object], find_place: Callable[[], Place]
) -> dict[str, object]:
    offers = _offers(request)
    try:
        place = (
            _target(text(request, "target")) if "target" in request else find_place()
        )
        ranks = order.Ranks(place.environment, place.module)
        pythons = installer.running_python_ranks()
        return {"choose": installer.choose(offers, pythons, ranks)}
    except override.OverrideError as error:
        return {"choose": None, "reason": str(error)}


def _target(tag: str) -> Place:
    environment = installer.explicit_target(tag)
    if environment is None:
        raise BadRequestError(f"{tag[:80]!r} is no manylinux tag to aim at")
    return Place(environment)


def _offers(request: dict[str, object]) -> dict[str, tuple[str, ...]]:
    names, wheels = request.get("offer"), request.get("wheel", {})
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise BadRequestError("'offer' is not a list of file names")
    if not isinstance(wheels, dict):
        raise BadRequestError("'wheel' does not map file names to Tag lines")
    try:
        return {name: tuple(map(str, wheels.get(name, ()))) for name in names}
    except TypeError as error:
        raise BadRequestError(f"'wheel': {error}") from error


def _parse(tag: str) -> dict[str, object]:
    promise = tags.parse(tag)
    if promise is None:
        return {"valid": False}
    return {"valid": True, "canonical": tags.canonical(promise), "arch": promise[2]}


def _expand(tag_set: str) -> dict[str, object]:
    try:
        return {"tags": tags.expand(tag_set)}
    except tags.InvalidTagSetError as error:
        return {"refused": str(error)}


@rule("tag.listing", off=lambda _: [], reversed=lambda tags: tags[::-1])
def listing(listed: list[str]) -> list[str]:
    """Return the platform tags as they are printed: all of them, best first."""
    return listed


def _listing(find_place: Callable[[], Place]) -> dict[str, object]:
    try:
        place = find_place()
        return {"tags": listing(order.platform_tags(place.environment, place.module))}
    except override.OverrideError as error:
        return {"error": str(error)}
