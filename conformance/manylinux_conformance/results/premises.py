"""Premises: plain questions, a wrong answer to which explains wrong ones to others.

A tool that refuses a platform's plainest wheel refuses every other one there for the
same cause, and one that imports no module heeds nothing that a module may say.  One
rule is broken then, and nothing is shown about those that take it for granted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import DIFFERING, Verdict

FAMILY = "manylinux"
NONE = ("any", "nothing")  # answers of those who took no wheel for a platform
TAG = re.compile(r"manylinux(?:_(\d+)_(\d+)|(1|2010|2014))_")
ALIASES = {"1": (2, 5), "2010": (2, 12), "2014": (2, 17)}

Version = tuple[int, int]
Test = Callable[[Result, Version], bool]  # given the glibc version of the place


def _is_right(result: Result, _: Version) -> bool:
    return result.verdict is Verdict.PASS


@dataclass(frozen=True, slots=True)
class Premise:
    """A plain question that others take for granted.

    It ``fails`` or ``holds`` by the answer to it, or is not decided there.  Where it
    fails ``rule`` is broken, but for those of ``before``, beginnings of rules that come
    first.
    ``explains`` tells which wrong answers follow, and ``silences`` which right ones
    show nothing; ``words`` say what the cause is.
    ``is_of_tool``: where it was not asked, a tool is taken to be as everywhere else.
    """

    question: str
    rule: str
    words: str
    fails: Test
    explains: Test
    silences: Test
    holds: Test = _is_right
    before: tuple[str, ...] = ()
    is_of_tool: bool = True


def versions(tags: str) -> list[Version]:
    """Return the glibc versions of the manylinux tags in a text."""
    return [
        ALIASES[alias] if alias else (int(major), int(minor))
        for major, minor, alias in TAG.findall(tags)
    ]


def refuses(result: Result) -> bool:
    """Return whether an answer is wrong, and no manylinux wheel was taken."""
    return result.verdict in DIFFERING and FAMILY not in result.answer.lower()


def _takes(result: Result) -> bool:
    return result.verdict in DIFFERING and FAMILY in result.answer.lower()


def _is_older(tags: str, own: Version) -> bool:
    found = versions(tags)
    return bool(found) and max(found) < own


def _follows_from_no_wheel(result: Result, _: Version) -> bool:
    return refuses(result) and not result.rule.startswith((*NAMING, LISTING))


def _takes_none(result: Result, _: Version) -> bool:
    """Return whether no wheel for any platform was taken, as is right."""
    return result.verdict is Verdict.PASS and result.answer.endswith(NONE)


def _refuses_older(result: Result, own: Version) -> bool:
    """Return whether nothing but perennial tags was wanted, all of them older."""
    legacy = any(alias for *_, alias in TAG.findall(result.expected))
    return refuses(result) and not legacy and _is_older(result.expected, own)


def _takes_older(result: Result, own: Version) -> bool:
    return _is_right(result, own) and _is_older(result.expected, own)


def _ignores_module(result: Result, _: Version) -> bool:
    return _takes(result) and result.rule.startswith(MODULE)


def _takes_beside_module(result: Result, _: Version) -> bool:
    """Return whether a wheel was taken with a module there, as is right."""
    taken = result.verdict is Verdict.PASS and FAMILY in result.answer.lower()
    return taken and result.rule.startswith(MODULE)


def _ignores_module_of_older(result: Result, own: Version) -> bool:
    return _ignores_module(result, own) and _is_older(result.answer, own)


def _mistakes_attribute(result: Result, own: Version) -> bool:
    """Return whether an older tag was taken, or refused, in spite of an attribute."""
    older = _is_older(result.answer, own) or _is_older(result.expected, own)
    is_wrong = result.verdict in DIFFERING
    return is_wrong and older and result.rule.startswith(ATTRIBUTES)


def _errs_about_interpreter(result: Result, _: Version) -> bool:
    return result.verdict in DIFFERING and result.rule.startswith(INTERPRETER)


def _is_right_about_interpreter(result: Result, own: Version) -> bool:
    return _is_right(result, own) and result.rule.startswith(INTERPRETER)


def _takes_armv8l(result: Result, _: Version) -> bool:
    return _takes(result) and result.answer.endswith("_armv8l")


def _takes_legacy(result: Result, _: Version) -> bool:
    return _takes(result) and result.rule.startswith(LEGACY)


def _takes_to_the_letter(result: Result, _: Version) -> bool:
    return refuses(result) and result.rule.startswith(TARGETS)


def _refuses_by_the_letter(result: Result, own: Version) -> bool:
    """Return whether nothing was taken for such a target, as is right."""
    is_none = _is_right(result, own) and FAMILY not in result.answer.lower()
    return is_none and result.rule.startswith(TARGETS)


def _locks_in_vain(result: Result, _: Version) -> bool:
    is_wrong = result.verdict in DIFFERING and result.answer == LOCKED
    return is_wrong and result.rule.startswith("installer.release.")


def _refuses_upload(result: Result, _: Version) -> bool:
    is_wrong = result.verdict in DIFFERING and result.expected == ACCEPTED
    return is_wrong and result.answer == REFUSED


def _refuses_upload_rightly(result: Result, own: Version) -> bool:
    return _is_right(result, own) and result.answer == REFUSED


def _nothing(_result: Result, _own: Version) -> bool:
    return False


PLAINEST = "installer.glibc.at-least/same-version"
# What a platform is, and what its version means: broken there, they are the cause.
NAMING = ("platform.", "tag.architecture.", "installer.glibc.newer-major")
LISTING = "installer.architecture.known"  # that such a platform has tags at all
MODULE = "override."
ATTRIBUTES = ("override.legacy-", "override.function-first")
INTERPRETER = (  # what the file of the target's interpreter tells, and its path
    "platform.interpreter",
    "platform.personality",
    "platform.armv7l.interpreter",
    "platform.armv7l.on-64-bit-kernel",
    "platform.i686.interpreter",
    "platform.i686.on-x86-64-kernel",
    "override.target-path",
)
LEGACY = "tag.legacy.manylinux"  # which architectures each legacy name is for
TARGETS = ("installer.target.perennial", "installer.target.unversioned")
LOCKED = "a lock that cannot be installed"
ACCEPTED, REFUSED = "accepted", "refused"  # by an index

PREMISES = (
    Premise(
        PLAINEST,
        "installer.glibc.at-least",
        "the platform's own wheels are refused",
        fails=lambda result, _: refuses(result),
        explains=_follows_from_no_wheel,
        silences=_takes_none,
        before=NAMING,
        is_of_tool=False,
    ),
    Premise(
        "installer.glibc.at-least/oldest-common-level",
        "installer.glibc.at-least",
        "versions older than the platform's own are refused",
        fails=_refuses_older,
        explains=_refuses_older,
        silences=_nothing,
        holds=_takes_older,
    ),
    Premise(
        "override.absent/module-that-vetoes",
        "override.call",
        "the module is never asked",
        fails=_ignores_module,
        explains=_ignores_module,
        silences=_takes_beside_module,
    ),
    Premise(
        "override.each-tag/2-17-vetoed-and-offered",
        "override.each-tag",
        "the module is not asked about older versions",
        fails=_ignores_module_of_older,
        explains=_mistakes_attribute,
        silences=_nothing,
    ),
    Premise(
        "platform.target-libc/version-of-the-newer-tool",
        "platform.target-libc",
        "the target's interpreter is not asked",
        fails=lambda result, _: _takes(result),
        explains=_errs_about_interpreter,
        silences=_is_right_about_interpreter,
    ),
    Premise(
        "platform.armv7l.no-armv8l/armv8l-tag",
        "platform.armv7l.no-armv8l",
        "armv8l is read as armv7l",
        fails=_takes_armv8l,
        explains=_takes_armv8l,
        silences=_nothing,
    ),
    Premise(
        "tag.legacy.manylinux1/on-the-other-five",
        "tag.legacy.manylinux1",
        "legacy names are taken for every architecture",
        fails=_takes_legacy,
        explains=_takes_legacy,
        silences=_nothing,
    ),
    Premise(
        "installer.target.perennial/perennial-target-takes-an-older-tag",
        "installer.target.perennial",
        "a target is taken to the letter",
        fails=_takes_to_the_letter,
        explains=_takes_to_the_letter,
        silences=_refuses_by_the_letter,
    ),
    Premise(
        "installer.release.lock/newest-release-is-too-new",
        "installer.release.lock",
        "what is locked cannot be installed",
        fails=_locks_in_vain,
        explains=_locks_in_vain,
        silences=_nothing,
    ),
    Premise(
        "index.accepts.perennial/each-architecture",
        "index.accepts.perennial",
        "the architecture's own wheels are refused",
        fails=_refuses_upload,
        explains=_refuses_upload,
        silences=_refuses_upload_rightly,
        is_of_tool=False,
    ),
)
