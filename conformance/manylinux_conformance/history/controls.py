"""Controls: when an answer of an old release says something about manylinux.

A tool that has never heard of a tag refuses it where it has to, puts others before it,
and is right for a wrong reason.  So an answer counts as right only if the release took,
somewhere in the same column, a wheel of each kind of tag that the question offers.
A tool that takes no wheel for a platform, or ``any`` before each, refuses manylinux
tags for another reason, so its refusals count only where it took the control wheel.
An auditor that has never heard of a level refuses all its wheels, so its refusals count
only where it confirms one of that level.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.questions.wheel import CONFORMS
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict

CONTROL = "installer.order.linux/a-wheel-of-this-machine"
FAMILY = re.compile(r"(linux|manylinux(?:1|2010|2014))_|(manylinux)_[\d{]", re.ASCII)
ANSWERED = (Verdict.PASS, Verdict.FAIL)
UNSHOWN = "takes no wheel of a kind that was offered"
UNKNOWN = "does not even take a linux_* wheel of this platform"
UNCONFIRMED = "confirms no wheel of this level"
SILENT = frozenset((Verdict.DECLINED, Verdict.NOT_ASKED))  # nothing is said so
LEVEL = re.compile(r"(manylinux(?:1|2010|2014)|manylinux_\d+_\d+)_", re.ASCII)
LEVELS = {  # of the legacy names
    "manylinux1": "manylinux_2_5",
    "manylinux2010": "manylinux_2_12",
    "manylinux2014": "manylinux_2_17",
}

Claims = Mapping[str, tuple[str, ...]]  # tags of a fixture wheel, by case/architecture
NO_CLAIMS: Claims = MappingProxyType({})


def controlled(
    results: Sequence[Result], cases: Mapping[str, AnyCase], claims: Claims = NO_CLAIMS
) -> Iterator[tuple[Result, str]]:
    """Yield each answer of one release with why it says nothing; empty: it counts.

    ``claims`` are those of the wheels that an auditor was asked about.
    """
    confirmed = set().union(
        *(_levels(each, claims) for each in results if _confirms(each))
    )
    known = set().union(*_taken(results, cases))
    takes_nothing = {
        each.platform
        for each in results
        if each.case == CONTROL and each.verdict is Verdict.FAIL
    }
    for result in results:
        case = cases.get(result.case)
        if _levels(result, claims) - confirmed:
            yield result, UNCONFIRMED
        elif not isinstance(case, Choose) or result.verdict not in ANSWERED:
            yield result, ""
        elif _is_refusal(result, case) and result.platform in takes_nothing:
            yield result, UNKNOWN
        elif result.verdict is Verdict.PASS and _offered(case, result) - known:
            yield result, UNSHOWN
        else:
            yield result, ""


def _confirms(result: Result) -> bool:
    return result.answer.startswith(CONFORMS)


def _levels(result: Result, claims: Claims) -> set[str]:
    """Return the levels that the wheel of a question claims; none for other cases."""
    tags = claims.get(f"{result.case}/{result.where}", ())
    found = (LEVEL.match(tag) for tag in tags)
    return {LEVELS.get(each[1], each[1]) for each in found if each}


def _taken(
    results: Sequence[Result], cases: Mapping[str, AnyCase]
) -> Iterator[set[str]]:
    """Yield the kind of each tag that was taken alone.

    Of a compressed set nobody can tell which member it was taken for.
    """
    for result in results:
        kinds = set() if "." in result.answer else set(families(result.answer))
        if len(kinds) == 1 and _is_of_this_platform(cases.get(result.case)):
            yield kinds


def _is_of_this_platform(case: AnyCase | None) -> bool:
    """Return whether wheels were chosen, and for the platform that runs.

    Some releases take whatever an explicit target names, heard of or not.
    """
    return isinstance(case, Choose) and not case.target


def _is_refusal(result: Result, case: Choose) -> bool:
    """Return whether no wheel for the platform that runs was taken."""
    return not case.target and not any(families(result.answer))


def families(tags: str) -> Iterator[str]:
    """Yield the kinds of the platform tags in a text, as ``manylinux2014``."""
    for legacy, perennial in FAMILY.findall(tags.lower()):
        yield legacy or perennial


def _offered(case: Choose, result: Result) -> set[str]:
    """Return the kinds of tags that a question offers.

    Of a compressed set that was taken one member may be unknown.
    """
    offers = (offer.tag for offer in case.project.offer)
    return {kind for tag in offers if tag != result.answer for kind in families(tag)}
