"""The ``rule`` directive: one normative statement with a permanent anchor."""

from __future__ import annotations

import re

from docutils import nodes
from manylinux_conformance.suite.rules import OPTION, Basis, Rule
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from manylinux_docs.directives.rule_evidence import evidence_node
from manylinux_docs.evidence.evidence import load_evidence
from manylinux_docs.rendering.rule_anchors import anchor, note_rule
from manylinux_docs.rendering.templates import to_root

BASES = {
    Basis.STANDARD: "a standard says so",
    Basis.CONSEQUENCE: "it follows from a standard and a fact",
    Basis.PROPOSAL: "proposal; does not count against a tool",
}

WORD = re.compile(r"\w{2,}")
SMALL = {"an", "and", "as", "at", "by", "for", "in", "is", "no", "of", "on", "or", "to"}


class RuleDirective(SphinxDirective):
    """A rule block.

    Its options are not read here: what they say is taken from ``read_rules``, so that
    pages, linter and lock cannot disagree about a rule.
    """

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the anchor and the block."""
        evidence = load_evidence(self.env)
        rule = evidence.rules.get(self.arguments[0])
        if rule is None:
            message = f"{self.arguments[0]!r} is not a rule of any chapter in spec/"
            raise self.error(message)
        self.env.current_document["rule"] = rule.id
        note_rule(self.env, rule.id, self.get_location())
        block = nodes.container(classes=["rule", f"rule-{rule.level}"])
        block["rule"] = rule.id
        self.set_source_info(block)
        is_site = not self.config.is_book
        root = to_root(self.env.docname)
        block += _head(rule, f"{root}r/{rule.id}/index.html" if is_site else "")
        block += nodes.container("", *self._text(), classes=["rule-text"])
        block += self._facts(rule, len(evidence.counted_cases_of(rule.id)))
        if is_site:
            block += evidence_node(evidence, rule.id, root)
        return [_index(rule), anchor(rule.id), block]

    def _text(self) -> list[nodes.Node]:
        first = next(n for n, line in enumerate(self.content) if not OPTION.match(line))
        self.content = self.content[first:]
        self.content_offset += first
        return self.parse_content_to_nodes()

    def _facts(self, rule: Rule, cases: int) -> nodes.definition_list:
        forced = f"forced, by {cases} case{'' if cases == 1 else 's'}"
        facts = {
            "Binds": ", ".join(rule.subjects).replace("-", " "),
            "Architectures": rule.arch,
            "Basis": BASES[rule.basis],
            "Follows from": rule.parent and f"{{rule}}`{rule.parent}`",
            "Source": rule.source,
            "A standard's answer": rule.differs,
            "Tested": forced if rule.is_forced else rule.tested,
            "Revision": str(rule.revision) if rule.revision > 1 else "",
        }
        said = (self._fact(name, text) for name, text in facts.items() if text)
        return nodes.definition_list("", *said, classes=["rule-facts"])

    def _fact(self, name: str, text: str) -> nodes.definition_list_item:
        inline, messages = self.parse_inline(text)
        body = nodes.definition("", nodes.paragraph("", "", *inline, *messages))
        return nodes.definition_list_item("", nodes.term("", name), body)


def _index(rule: Rule) -> addnodes.index:
    """Return entries of the index for every word of an identifier."""
    words = sorted({*WORD.findall(rule.id)} - SMALL)
    entries = [("single", f"{word}; {rule.id}", rule.id, "", None) for word in words]
    return addnodes.index(entries=entries)


def _head(rule: Rule, address: str) -> nodes.paragraph:
    """Return identifier and level; in a book, without a link to a page of the site."""
    name: nodes.TextElement = nodes.literal("", rule.id)
    if address:
        name = nodes.reference(
            "",
            "",
            nodes.literal("", rule.id),
            internal=True,
            refuri=address,
            classes=["rule-id"],
            reftitle="Permanent address of this rule",
        )
    words = rule.level.replace("-", " ").upper()
    level = nodes.inline("", words, classes=["rule-level"])
    return nodes.paragraph("", "", name, nodes.Text(" "), level, classes=["rule-head"])
