"""The ``rule`` directive and role: one normative statement with a permanent anchor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from evidence import evidence
from fragment import to_root
from manylinux_conformance.suite.rules import OPTION
from rule_evidence import evidence_nodes
from sphinx.domains.std import StandardDomain
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from manylinux_conformance.suite.rules import Rule
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata


class RuleDirective(SphinxDirective):
    """A rule block.

    Its options are not read here: what they say is taken from ``read_rules``, so that
    pages, linter and lock cannot disagree about a rule.
    """

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the anchor and the block."""
        known = evidence(self.env)
        rule = known.rules.get(self.arguments[0])
        if rule is None:
            raise self.error(f"{self.arguments[0]!r} is no rule of a chapter in spec/")
        self.env.current_document["rule"] = rule.id
        note_rule(self.env, rule.id, self.get_location())
        block = nodes.container(classes=["rule", f"rule-{rule.level}"])
        block["rule"] = rule.id
        self.set_source_info(block)
        block += _head(rule)
        block += nodes.container("", *self._text(), classes=["rule-text"])
        block += self._facts(rule, len(known.cases_of(rule.id)))
        block += evidence_nodes(known, rule.id, to_root(self.env.docname))
        return [anchor(rule.id), block]

    def _text(self) -> list[nodes.Node]:
        first = next(n for n, line in enumerate(self.content) if not OPTION.match(line))
        self.content = self.content[first:]
        self.content_offset += first
        return self.parse_content_to_nodes()

    def _facts(self, rule: Rule, cases: int) -> nodes.field_list:
        forced = f"forced, by {cases} case{'' if cases == 1 else 's'}"
        facts = {
            "Binds": ", ".join(rule.subjects).replace("-", " "),
            "Architectures": rule.arch,
            "Source": rule.source,
            "Tested": forced if rule.is_forced else rule.tested,
        }
        if rule.revision > 1:
            facts["Revision"] = str(rule.revision)
        fields = (self._field(name, text) for name, text in facts.items())
        return nodes.field_list("", *fields, classes=["rule-facts"])

    def _field(self, name: str, text: str) -> nodes.field:
        inline, messages = self.parse_inline(text)
        body = nodes.paragraph("", "", *inline, *messages)
        return nodes.field("", nodes.field_name("", name), nodes.field_body("", body))


def _head(rule: Rule) -> nodes.paragraph:
    name = nodes.reference(
        "",
        "",
        nodes.literal("", rule.id),
        internal=True,
        refid=rule.id,
        classes=["rule-id"],
        reftitle="Permanent link to this rule",
    )
    words = rule.level.replace("-", " ").upper()
    level = nodes.inline("", words, classes=["rule-level"])
    return nodes.paragraph("", "", name, nodes.Text(" "), level, classes=["rule-head"])


def anchor(identifier: str) -> nodes.target:
    """Return a target whose id is the identifier, letter for letter.

    It stands before the block.  docutils moves the id into the block for HTML and
    keeps the reference here for LaTeX, which writes no label for a container.
    """
    return nodes.target(ids=[identifier])


def note_rule(env: BuildEnvironment, identifier: str, location: str) -> None:
    """Make an identifier a target of the roles ``rule`` and ``ref``, here and abroad.

    The label lets projects without this extension refer to a rule by ``:ref:``.
    """
    domain = env.domains.standard_domain
    domain.note_object("rule", identifier, identifier, location)
    domain.labels[identifier] = (env.docname, identifier, identifier)
    domain.anonlabels[identifier] = (env.docname, identifier)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the object type to the standard domain, with a directive of our own."""
    app.add_object_type("rule", "rule", objname="rule", ref_nodeclass=nodes.literal)
    app.add_directive_to_domain(
        StandardDomain.name, "rule", RuleDirective, override=True
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
