"""Sources: who reads one rule alone gets to where it comes from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from manylinux_conformance.suite.rules import Rule, read_rules

SPEC = Path(__file__).parents[3] / "spec"
LINK = re.compile(r"\[([^]]*)\]\(([^)]*)\)")
NAMED = re.compile(r"PEP (\d+)|issues? \d+|#\d+")
# The sections of PEPs that rules name; peps.python.org makes anchors of the headings.
ANCHORS = {
    "0425": {"abi-tag", "compressed-tag-sets", "platform-tag"},
    "0427": {
        "file-contents",
        "file-name-convention",
        "what-s-the-deal-with-purelib-vs-platlib",
    },
    "0503": {"specification"},
    "0513": {
        "compilation-of-compliant-wheels",
        "fpectl-builds-vs-no-fpectl-builds",
        "libpythonx-y-so-1",
        "platform-detection-for-installers",
        "rationale",
        "the-manylinux1-policy",
        "ucs-2-vs-ucs-4-builds",
    },
    "0571": {
        "backwards-compatibility-with-manylinux1-wheels",
        "the-manylinux2010-policy",
    },
    "0599": {
        "backwards-compatibility-with-manylinux2010-wheels",
        "the-manylinux2014-policy",
    },
    "0600": {
        "core-definition",
        "legacy-manylinux-tags",
        "package-indexes",
        "package-installers",
        "rationale",
        "rejected-alternatives",
    },
    "0658": {"specification"},
}


@pytest.mark.parametrize("rule", read_rules(SPEC).values(), ids=lambda rule: rule.id)
def test_peps_and_issues_in_a_source_are_links(rule: Rule) -> None:
    assert not NAMED.search(LINK.sub("", rule.source)), rule.source


@pytest.mark.parametrize("chapter", sorted(SPEC.glob("*.md")), ids=lambda p: p.stem)
def test_link_to_a_pep_is_to_that_pep_and_a_section_it_has(chapter: Path) -> None:
    for text, target in LINK.findall(chapter.read_text("utf-8")):
        pep = re.fullmatch(r"https://peps\.python\.org/pep-(\d{4})/(?:#(.+))?", target)
        named = re.search(r"PEP (\d+)", text)
        if named:
            assert pep, f"{text} leads to {target}"
            assert int(pep[1]) == int(named[1]), f"{text} leads to {target}"
        if pep and pep[2]:
            assert pep[2] in ANCHORS[pep[1]], target
