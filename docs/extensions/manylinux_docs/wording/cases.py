"""Cases in words: what is asked, where, and what the expected answer is."""

from __future__ import annotations

from dataclasses import dataclass

from manylinux_conformance.judging.cases import expectation
from manylinux_conformance.suite.cases import (
    Build,
    Case,
    Choose,
    Expand,
    Listing,
    Load,
    Parse,
    Selector,
)
from manylinux_conformance.suite.placeholders import offers


@dataclass(frozen=True, slots=True)
class CaseText:
    """A case for a reader.

    ``where`` says on which platforms it is asked.
    ``items`` are the tags, sets or settings that the question is about.
    ``expected`` is the answer that the rule gives.
    ``module`` is the source of a ``_manylinux`` module, if there is one.
    """

    rule: str
    name: str
    where: str
    question: str
    items: tuple[str, ...]
    expected: str
    why: str = ""
    module: str = ""

    @property
    def id(self) -> str:
        """The case's identifier: ``rule/name``."""
        return f"{self.rule}/{self.name}"


def describe(case: Case) -> CaseText:
    """Put a case into words."""
    question, items = _question(case)
    return CaseText(
        rule=case.rule,
        name=case.name,
        where=describe_platforms(case.platform),
        question=question,
        items=items,
        expected=expectation(case),
        why=case.why,
        module=case.module if isinstance(case, Choose) else "",
    )


BUILDER_QUESTIONS = {
    "level": "Does what the compiler makes of this source conform to the level?",
    "instructions": "For which instruction set is this source compiled?",
    "machine": "Which machine does uname name?",
    "platform": "Which platform does sysconfig name?",
    "interpreters": "Which interpreters need libpython?",
    "wheel-tag": "Which platform tag does a wheel have before it is audited?",
    "wheel-level": "Do the files in the back end's wheel conform to the level?",
}


def describe_build(build: Build) -> CaseText:
    """Put a question to build environments into words."""
    items = (" ".join(filter(None, (build.probe, *build.flags))),)
    return CaseText(
        rule=build.rule,
        name=build.name,
        where=describe_platforms(build.platform).removesuffix(" with a glibc"),
        question=BUILDER_QUESTIONS[build.ask],
        items=items if build.probe else (),
        expected=" or ".join(build.expect),
        why=build.why,
    )


def describe_platforms(selector: Selector) -> str:
    """Say for which platforms a case is."""
    parts = [", ".join(selector.arch), ", ".join(selector.name)]
    if selector.other_than:
        parts.append(f"not {' or '.join(selector.other_than)}")
    if selector.glibc:
        answers = (f"“{answer}”" for answer in selector.glibc)
        parts.append(f"where glibc says {' or '.join(answers)}")
    if selector.at_least:
        parts.append("glibc {}.{} or newer".format(*selector.at_least))
    if selector.below:
        parts.append("glibc older than {}.{}".format(*selector.below))
    return "; ".join(part for part in parts if part) or "every platform with a glibc"


def _question(case: Case) -> tuple[str, tuple[str, ...]]:
    match case:
        case Choose():
            wheels = (", ".join((o.tag, *o.wheel)) for o in offers(case))
            return _choose(case), tuple(wheels)
        case Parse():
            return "Is this a valid tag?", (case.tag,)
        case Expand():
            return "Which tags does this set stand for?", (case.set,)
        case Listing():
            return "Which tags fit, in which order?", ()
        case Load():
            source = "C++" if case.language == "cxx" else case.language.upper()
            module = f"a {source} module built for glibc {case.built}"
            return f"Can {module} that claims {case.claim} be imported?", ()


def _choose(case: Choose) -> str:
    words = "Which of these wheels is installed"
    if case.target:
        words += f" for the explicit target {case.target}"
    if case.module:
        words += f", with a _manylinux module ({case.module_at})"
    if case.tool_glibc:
        words += f", the tool itself running on glibc {case.tool_glibc}"
    return f"{words}?"
