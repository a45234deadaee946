"""What the page of a folder says: the rule, what was expected, what came and why."""

from __future__ import annotations

import re

from manylinux_conformance.questions.question import Wording
from manylinux_conformance.questions.wheel import WheelQuestion
from manylinux_conformance.reproduce.script import CONSTRAINTS, requirements
from manylinux_conformance.reproduce.subject import Subject
from manylinux_conformance.suite.rules import Basis
from manylinux_conformance.tools.causes import Kind

ROLE = re.compile(r"\{[a-z]+\}(?=`)")  # of MyST, which is not what a report is read in
BASES = {
    Basis.STANDARD: "said by the standard",
    Basis.CONSEQUENCE: "a consequence of the standard and of a fact that can be shown",
    Basis.PROPOSAL: "a proposal of this specification",
}
KINDS = {
    Kind.ACKNOWLEDGED: "its maintainers agree that it is wrong, or have mended it",
    Kind.UNREPORTED: "it looks wrong, and nobody has been asked",
    Kind.BY_DESIGN: "documented or decided",
    Kind.DISPUTE: "they hold that the rule is wrong, or the standard's text says so",
    Kind.NOT_SUPPORTED: "the tool does not claim to do this",
}
ADAPTED = ("_lines.py", "_install.py")  # scripts that ask a library by its functions
CONTENTS = {
    "wheels": "what it is asked about",
    "requirements.txt": "what the tool is told to install",
    CONSTRAINTS: "the versions of what the tool needs",
    "_manylinux.py": "the module with the distributor's word",
    "beside_standard_library.py": "makes an interpreter that has it there",
    "shim.c": "the library that shows the platform",
    "interpreter-header": "what readers of the interpreter's file see",
    "simple_index.py": "serves the candidates on the loopback interface",
}


def page_facts(subject: Subject, names: tuple[str, ...]) -> dict[str, object]:
    """Return what ``README.md`` is told."""
    there = {name.partition("/")[0] for name in names}
    recorded = subject.recorded
    cause = recorded.cause if recorded else None
    return {
        "wording": _wording(subject),
        "place": _place(subject),
        "why": _sentence(subject.why),
        "answer": _answer(subject),
        "rule_text": ROLE.sub("", subject.rule.text),
        "rule_reason": ROLE.sub("", subject.rule.reason),
        "basis": BASES[subject.rule.basis],
        "cause": cause,
        "kind": KINDS[cause.kind] if cause else "",
        "tools": ", ".join(f"`{each}`" for each in requirements(subject)),
        "scripts": sorted(name for name in there if name.endswith(ADAPTED)),
        "contents": [
            (name, words) for name, words in CONTENTS.items() if name in there
        ],
    }


def _wording(subject: Subject) -> Wording:
    question = subject.question
    if not isinstance(question, WheelQuestion):
        return question.wording()
    verb = "What does a repair leave" if question.is_repair else "Do its claims hold"
    return Wording(f"{verb}?", (question.wheel.name,))


def _sentence(words: str) -> str:
    """Return words as a sentence: those of a recipe are part of one."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else ""


def _place(subject: Subject) -> str:
    """Say where the question is asked."""
    platform = subject.place.platform
    if platform is None:
        return f"this machine; the wheel is for {subject.place.name}"
    libc = f", {platform.libc} {platform.glibc}".rstrip()
    return (
        f"{platform.name}: a machine {platform.machine}{libc}, Python {subject.python}"
    )


def _answer(subject: Subject) -> str:
    """Say what came, by the results on file."""
    if subject.recorded is None:
        return "nothing"
    result = subject.recorded.result
    came = f"`{result.answer}`" if result.answer else f"{result.verdict}"
    return f"{came} ({result.reason})" if result.reason else came
