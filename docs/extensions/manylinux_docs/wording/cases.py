"""Cases in words: what is asked, where, and what the expected answer is."""

from __future__ import annotations

from dataclasses import dataclass

from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.kinds import AnyCase

CONTROL = "control: a wrong answer is no breach of the rule"


@dataclass(frozen=True, slots=True)
class CaseText:
    """A case for a reader.

    ``where`` says on which platforms it is asked.
    ``items`` are the tags, sets or settings that the question is about.
    ``expected`` is the answer that the rule gives.
    ``module`` is the source of a ``_manylinux`` module, if there is one.
    ``counts_as``: what a wrong answer shows, where it is no breach of the rule.
    """

    rule: str
    name: str
    where: str
    question: str
    items: tuple[str, ...]
    expected: str
    why: str = ""
    module: str = ""
    counts_as: str = ""
    is_draft: bool = False

    @property
    def id(self) -> str:
        """The case's identifier: ``rule/name``."""
        return f"{self.rule}/{self.name}"


def describe(case: AnyCase) -> CaseText:
    """Put a case into the words of its kind of question."""
    wording = case.wording()
    return CaseText(
        rule=case.rule,
        name=case.name,
        where=str(case.platform),
        question=wording.question,
        items=wording.items,
        expected=case.expected,
        why=case.why,
        module=case.module if isinstance(case, Choose) else "",
        counts_as=_counts_as(case),
        is_draft=case.is_draft,
    )


def _counts_as(case: AnyCase) -> str:
    if case.is_draft:
        return "draft: a wrong answer counts for nothing"
    return CONTROL if case.is_control else ""
