"""Rule pages: ``/r/<id>/`` with the rule, how to cite it, and its whole evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from manylinux_conformance.reports.overview import commands
from manylinux_conformance.results.consequences import BREACH
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.rules import Rule, as_put_to
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

from manylinux_docs.evidence.evidence import Evidence, load_evidence
from manylinux_docs.evidence.headline import headlines
from manylinux_docs.evidence.locations import RuleLocations, load_locations
from manylinux_docs.evidence.profiles import example_of
from manylinux_docs.evidence.reasons import reasons
from manylinux_docs.evidence.scores import (
    PLURAL,
    Score,
    explaining_rules,
    peers,
    platforms_of,
)
from manylinux_docs.pages.citation import cite
from manylinux_docs.pages.edition_pages import history
from manylinux_docs.pages.rule_block import render_rule_block
from manylinux_docs.rendering.rule_anchors import documents_of_rules
from manylinux_docs.rendering.templates import render, to_root

logger = logging.getLogger(__name__)
Page = tuple[str, dict[str, object], str]


def collect_rule_pages(app: Sphinx) -> Iterator[Page]:
    """Yield a page for every rule and every retired identifier of the site."""
    # Only the HTML builders send the event that leads here.
    builder = cast("StandaloneHTMLBuilder", app.builder)
    evidence = load_evidence(app.env)
    documents = documents_of_rules(app.env)
    for rule, docname in sorted(documents.items()):
        if rule in evidence.rules:
            yield _rule_page(builder, evidence, evidence.rules[rule], docname)
        else:
            yield _retired_page(builder, rule, docname)
    yield _lost(builder)
    for rule in sorted(evidence.rules.keys() - documents.keys()):
        logger.warning("%s: no page of the site shows this rule", rule)


def _rule_page(
    builder: StandaloneHTMLBuilder, evidence: Evidence, rule: Rule, docname: str
) -> Page:
    page = f"r/{rule.id}/index"
    chapter = builder.get_relative_uri(page, docname)
    scores = evidence.scores.get(rule.id, [])
    locations = load_locations(builder.env)[rule.id]
    body = render(
        "rule_page.html.jinja",
        rule=rule,
        root=to_root(page),
        site=builder.config.site_address,
        citation=cite(builder.config, rule.id, rule.revision),
        history=history(evidence.editions, rule),
        chapter_link=f"{chapter}#{rule.id}",
        chapter=builder.env.titles[docname].astext(),
        block=render_rule_block(builder, rule.id, docname, chapter),
        cases=evidence.cases_of(rule.id),
        plural=PLURAL,
        breach=BREACH,
        headline=headlines(scores),
        roles=_by_role(scores),
        proposed_to=proposed_to(rule),
        platforms_of=platforms_of,
        explained_by=_explained(evidence, scores),
        reasons_of=lambda one: reasons(one, evidence.deviations.get(one.tool, ())),
        locations=locations,
        commands=_commands(rule, locations, scores),
    )
    context: dict[str, object] = {
        "title": rule.id,
        "body": body,
        "description": rule.text,
    }
    return page, context, "page.html"


def proposed_to(rule: Rule) -> list[Role]:
    """Return the roles to which a rule of another basis is a mere proposal."""
    return [
        role
        for role in Role
        if as_put_to(role.subject, {rule.id: rule})[rule.id] != rule
    ]


def _lost(builder: StandaloneHTMLBuilder) -> Page:
    """Return the page that a server shows for an address that leads nowhere."""
    body = render("not_found.html.jinja", root=builder.config.site_address)
    return "404", {"title": "Not found", "body": body}, "page.html"


def _retired_page(builder: StandaloneHTMLBuilder, rule: str, docname: str) -> Page:
    page = f"r/{rule}/index"
    link = f"{builder.get_relative_uri(page, docname)}#{rule}"
    body = render("retired_rule_page.html.jinja", rule=rule, link=link)
    return page, {"title": rule, "body": body}, "page.html"


def _by_role(scores: list[Score]) -> dict[Role, tuple[list[Score], list[Score]]]:
    """Return, for each role, the newest version of each tool, and older ones."""
    roles: dict[Role, tuple[list[Score], list[Score]]] = {}
    for score in scores:
        newest, older = roles.setdefault(score.role, ([], []))
        (newest if score.is_newest else older).append(score)
    return roles


def _explained(
    evidence: Evidence, scores: list[Score]
) -> dict[tuple[Role, str], list[str]]:
    """Return which rules a tool breaches by what leaves this one open."""
    return {
        (one.role, one.name): explaining_rules(evidence.scores, one) for one in scores
    }


def _commands(rule: Rule, found: RuleLocations, scores: list[Score]) -> list[str]:
    """Return the commands that ask again, first one tool that breaks the rule."""
    general = commands(
        rule,
        has_cases=bool(found.cases),
        has_recipes=bool(found.recipes),
        placeholders=False,
    )
    asked = peers(scores)
    examples = ((score, one) for score in asked for one in example_of(rule, score))
    for score, one in examples:
        run = f"manylinux-conformance run --rule {rule.id} --role {score.role}"
        where = f"--case {one.case} --platform {one.platform.name}"
        return [f"{run} {where} --tool {score.tool}", *general]
    return list(general)
