"""The PEP: the sections of PEP 12, a target for each rule, and docutils is content."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docutils.core import publish_doctree
from manylinux_conformance.reports.summary import is_proposal
from manylinux_docs.evidence.evidence import Evidence, read_evidence
from manylinux_docs.pep.__main__ import MOST_WORDS, ROOT, complaints
from manylinux_docs.pep.checkout import mentioned, objections
from manylinux_docs.pep.document import chosen, pep, specification, words
from manylinux_docs.pep.rest import rest

SECTIONS = (  # PEP 12, Suggested Sections
    "Abstract",
    "Motivation",
    "Rationale",
    "Specification",
    "Backwards Compatibility",
    "Security Implications",
    "How to Teach This",
    "Reference Implementation",
    "Rejected Ideas",
    "Open Issues",
    "Copyright",
)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return read_evidence(ROOT)


def test_pep_has_every_section_in_order(evidence: Evidence) -> None:
    headings = re.findall(r"^(.+)\n=+$", pep(evidence, ()), re.MULTILINE)
    assert [each for each in headings if each in SECTIONS] == list(SECTIONS)


def test_docutils_has_nothing_to_complain_about(evidence: Evidence) -> None:
    for document in (pep(evidence, ["p-1-py3-none-any.whl"]), specification(evidence)):
        assert complaints(document) == []
        assert words(document) <= MOST_WORDS


def test_every_rule_is_a_target_and_what_is_new_is_apart(evidence: Evidence) -> None:
    document = pep(evidence, ())
    standing, _, new = document.partition("Proposed beyond PEP 600")
    for rule in chosen(evidence):
        where = new if is_proposal(rule) else standing
        assert f".. _{rule.id}:\n" in where


def test_warning_of_docutils_is_a_complaint() -> None:
    assert complaints("A title\n=====\n")
    assert complaints("word " * (MOST_WORDS + 1))


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("`a|b` and *not*", "``a|b`` and *not*"),
        ("see {rule}`tag.form`.", "see `tag.form`_."),
        ("see {rule}`x.y`.", "see ``x.y``."),
        ("[pip #1](https://x.org/1)", "`pip #1 <https://x.org/1>`__"),
        (
            "[PEP 600, Core](https://peps.python.org/pep-0600/#core-definition)",
            ":pep:`PEP 600, Core <600#core-definition>`",
        ),
        ("name_ and 2 * 3 | 4", r"name\_ and 2 \* 3 \| 4"),
        ("`GLIBC_`s", r"``GLIBC_``\ s"),
        (r"a `b\` c", r"a ``b\`` c"),
    ],
)
def test_markdown_becomes_rest(markdown: str, expected: str) -> None:
    found = rest(markdown, frozenset({"tag.form"}))
    assert found == expected
    overrides = {"halt_level": 2, "report_level": 5, "_disable_config": True}
    if ":pep:" not in found and "tag.form" not in found:
        publish_doctree(found, settings_overrides=overrides)


def test_peps_that_are_referred_to_are_built_beside_it(tmp_path: Path) -> None:
    document = tmp_path / "pep-9999.rst"
    document.write_text(
        ":pep:`600` and :pep:`PEP 425, Tags <425#tags>`, then :pep:`600#x`, PEP 11"
    )
    assert mentioned(document) == ["425", "600"]


def test_what_a_clone_of_the_peps_says_is_an_objection(tmp_path: Path) -> None:
    clone, document = tmp_path / "clone", tmp_path / "pep-9999.rst"
    (clone / "peps").mkdir(parents=True)
    (clone / "requirements.txt").touch()
    script = "import sys; print(sys.argv[1] + ':1: no'); sys.exit(1)"
    (clone / "check-peps.py").write_text(script)
    document.write_text("PEP: 9999\n")
    said = list(objections(clone, document, tmp_path / "work"))
    assert said[0].endswith("peps/pep-9999.rst:1: no")
    assert "is not built" in said[-1]
    assert list((clone / "peps").iterdir()) == []
