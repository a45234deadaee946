"""Answers the suite's questions about tags, for one target, and about wheels."""

from __future__ import annotations

from manylinux_reference.commands.many_wheels import report_on
from manylinux_reference.commands.reports.report_json import as_object
from manylinux_reference.commands.target import named_target
from manylinux_reference.rules import tags
from manylinux_reference.rules.findings import Outcome
from manylinux_reference.rules.index import name_findings
from manylinux_reference.rules.installer import choice, order, override
from manylinux_reference.rules.wheel.audit import exit_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from manylinux_reference.commands.target import Target


class BadRequestError(ValueError):
    """A request is not one of the protocol; the message says why."""


def text(request: dict[str, object], key: str) -> str:
    """Return a text of a request.

    Raises BadRequestError if it is missing or something else.
    """
    value = request.get(key)
    if not isinstance(value, str):
        raise BadRequestError(f"{key!r} is not a string")
    return value


def answer(
    request: dict[str, object], find_target: Callable[[], Target]
) -> dict[str, object]:
    """Return the answer to a question; the target is found if the answer needs it.

    Raises BadRequestError for what is not a question, UnknownTargetError for an
    explicit target that is not a manylinux tag.
    """
    match request.get("ask"):
        case "choose":
            return _choose(request, find_target)
        case "parse":
            return _parse(text(request, "tag"))
        case "expand":
            return _expand(text(request, "set"))
        case "listing":
            return _listing(find_target)
        case "audit":
            return _audit(text(request, "wheel"))
        case "gate":
            found = name_findings(text(request, "filename"))
            return {"refused": any(not finding.advice for finding in found)}
    raise BadRequestError(f"unknown question {request.get('ask')!r}")


def _choose(
    request: dict[str, object], find_target: Callable[[], Target]
) -> dict[str, object]:
    offers = _offers(request)
    try:
        explicit = "target" in request
        target = named_target(text(request, "target")) if explicit else find_target()
        ranks = order.Ranks(target.environment, target.module)
        pythons = choice.running_python_ranks()
        return {"choose": choice.choose(offers, pythons, ranks)}
    except override.OverrideError as error:
        return {"choose": None, "reason": str(error)}


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
    _, arch = promise
    return {"valid": True, "canonical": tags.canonical(promise), "arch": arch}


def _expand(tag_set: str) -> dict[str, object]:
    try:
        return {"tags": tags.expand(tag_set)}
    except tags.InvalidTagSetError as error:
        return {"refused": str(error)}


def _listing(find_target: Callable[[], Target]) -> dict[str, object]:
    try:
        target = find_target()
        return {"tags": order.platform_tags(target.environment, target.module)}
    except override.OverrideError as error:
        return {"error": str(error)}


def _audit(wheel: str) -> dict[str, object]:
    """Return the report on the wheel at a path, and the status of ``check``.

    ``conforms`` says whether there are claims and all of them hold, ``reason`` which
    rules speak against them, ``objected`` whether those are proposals, ``advises``
    whether there is advice, ``pure`` whether there is no ELF file.
    """
    report = report_on(wheel)
    against = {finding.rule for claim in report.claims for finding in claim.against}
    return {
        **as_object(report),
        "conforms": report.outcome == Outcome.HOLDS,
        "reason": ", ".join(sorted(against)),
        "objected": report.outcome == Outcome.OBJECTIONS,
        "refused": report.outcome == Outcome.UNUSABLE,
        "advises": bool(report.advice),
        "pure": report.outcome == Outcome.NO_ELF,
        "status": exit_status(report, checking=True),
    }
