"""Smoke questions: what broke, and what is answered otherwise the second time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.questions.probe_project import ANY
from manylinux_conformance.results.verdicts import Verdict

FOREIGN = "manylinux_2_17_pdp11"  # nobody's architecture
SETS = f"{FOREIGN}.macosx_11_0_arm64"
# What no conforming tool can take on any Linux machine, spelled well and badly.
REFUSED = (
    *(FOREIGN, SETS, "win_amd64", "macosx_11_0_arm64", "manylinux_99_0_pdp11"),
    *("manylinux_2_17_", "manylinux", "MANYLINUX_2_17_PDP11", "manylinux-2-17-pdp11"),
    *("manylinux_\uff12_17_pdp11", f"{FOREIGN}..{FOREIGN}"),
)


def unstable(
    answers: Mapping[str, Answer], again: Mapping[str, Answer]
) -> Iterator[str]:
    """Yield what broke, and what is answered otherwise when it is asked again.

    Questions at which a tool broke in one and the same way are one line.
    """
    broken: dict[str, list[str]] = {}
    for case, answer in answers.items():
        if answer.outcome in {Verdict.ERROR, Verdict.TIMEOUT}:
            broken.setdefault(_words(answer), []).append(case)
        elif _words(answer) != _words(again[case]):
            words = f"{_words(answer)}, and the second time {_words(again[case])}"
            yield f"{case} is answered {words}"
    for words, cases in broken.items():
        more = f" and {len(cases) - 1} more" if len(cases) > 1 else ""
        yield f"{cases[0]}{more}: {words}"


def not_refused(answers: Mapping[str, Answer]) -> Iterator[str]:
    """Yield where something else than the wheel for any platform was taken."""
    for case, answer in answers.items():
        if answer.outcome is None and answer.answer != ANY:
            yield f"{case} is answered {_words(answer)}, not {ANY}"


def _words(answer: Answer) -> str:
    outcome = answer.outcome.value if answer.outcome else ""
    words = outcome or answer.answer or " ".join(sorted(answer.tags)) or "refused"
    return f"{words} ({answer.reason})" if answer.reason else words
