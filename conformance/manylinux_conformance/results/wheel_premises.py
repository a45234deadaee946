"""Premises about wheels: which question to an auditor explains answers to others.

An auditor that misses the plainest wheel of a kind misses the others of that kind for
the same cause; whoever tells the plain one rightly breaks the other rules themselves.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.premises import Premise, Test, Version
from manylinux_conformance.results.verdicts import DIFFERING, Verdict


def _is_wrong(result: Result, _: Version) -> bool:
    return result.verdict in DIFFERING


def _is_crash(result: Result, _: Version) -> bool:
    return result.verdict is Verdict.ERROR


def _nothing(_result: Result, _own: Version) -> bool:
    return False


def _premise(
    question: str, words: str, *cases: str, shows: Test = _is_wrong
) -> Premise:
    """Return one that explains answers to cases, given as patterns.

    ``shows`` tells which answers to the plain question and to the others are meant.
    """

    def explains(result: Result, own: Version) -> bool:
        named = any(fnmatchcase(result.case, pattern) for pattern in cases)
        return named and shows(result, own)

    rule = question.partition("/")[0]
    return Premise(question, rule, words, shows, explains, silences=_nothing)


WHEEL_PREMISES = (
    _premise(
        "auditor.input.hostile/zip-is-text",
        "errors are caught nowhere",
        "wheel.*",
        shows=_is_crash,
    ),
    _premise(
        "wheel.versions.listed/stripped-needs-strlcpy",
        "what has no section header is not found",
        "wheel.versions.*/stripped-*",
        "wheel.symbols.*/stripped-*",
        "wheel.symbols.glibc-2-18/narrow-hash-*",  # stripped too
        "wheel.isa.property/stripped-*",
    ),
    _premise(
        "wheel.elf.machine/one-file-of-another-machine",
        "files of another architecture are passed over",
        "wheel.elf.class/*",
        "wheel.elf.byte-order/*",
        "auditor.members.foreign/foreign-file-beside-native",
    ),
    _premise(
        "wheel.shared-object.type/module-is-fixed-program",
        "the type of a file is not looked at",
        "wheel.executable.type/*",
        "wheel.contents.elf/object-file-only",
    ),
    _premise(
        "wheel.relocations.relr/relr-without-marker",
        "the table DT_RELR is not looked at",
        "wheel.relocations.relr-marker/*",
    ),
    _premise(
        "wheel.symbols.versioned/misspelt-name-under-a-version",
        "names are not looked up where they are defined",
        "wheel.symbols.unversioned/*",
        "wheel.symbols.cxx-versioned/*",
        "wheel.symbols.contained/*",
    ),
    _premise(
        "wheel.versions.loader/needs-rseq-offset",
        "what is needed from the loader is passed over",
        "wheel.versions.private/needs-private-loader-symbol",
    ),
)
