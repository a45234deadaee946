"""Registers everything of this site that Sphinx calls, in the order of the calls."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.util.typing import ExtensionMetadata

from manylinux_docs.directives.case import CaseDirective
from manylinux_docs.directives.coverage import CoverageDirective
from manylinux_docs.directives.definition import DefinitionDirective
from manylinux_docs.directives.deviations import DeviationsDirective
from manylinux_docs.directives.differences import DifferencesDirective
from manylinux_docs.directives.disguises import DisguisesDirective
from manylinux_docs.directives.levels import (
    AddedNodesDirective,
    LevelDirective,
    LibrariesDirective,
)
from manylinux_docs.directives.matrix import MatrixDirective
from manylinux_docs.directives.platforms import PlatformsDirective
from manylinux_docs.directives.proposals import ProposalsDirective
from manylinux_docs.directives.retired import RetiredDirective
from manylinux_docs.directives.rule import RuleDirective
from manylinux_docs.directives.since import SinceDirective
from manylinux_docs.directives.spec_table import SpecTableDirective
from manylinux_docs.evidence.inputs import note_inputs
from manylinux_docs.files.write import write_files
from manylinux_docs.overviews.look_up import LookUpDirective
from manylinux_docs.overviews.review import ReviewDirective
from manylinux_docs.pages.edition_pages import collect_edition_pages
from manylinux_docs.pages.level_pages import collect_level_pages
from manylinux_docs.pages.page_head import add_head
from manylinux_docs.pages.place_pages import collect_place_pages
from manylinux_docs.pages.rule_index import lead_to_rule_pages
from manylinux_docs.pages.rule_pages import collect_rule_pages
from manylinux_docs.pages.source_pages import collect_source_pages
from manylinux_docs.pages.tool_pages import collect_tool_pages
from manylinux_docs.rendering.single_page import (
    leave_out_search,
    move_to_the_top,
    shorten_links,
)

DIRECTIVES = {
    "added-nodes": AddedNodesDirective,
    "case": CaseDirective,
    "coverage": CoverageDirective,
    "definition": DefinitionDirective,
    "deviations": DeviationsDirective,
    "disguises": DisguisesDirective,
    "differences": DifferencesDirective,
    "level": LevelDirective,
    "libraries": LibrariesDirective,
    "look-up": LookUpDirective,
    "matrix": MatrixDirective,
    "platforms": PlatformsDirective,
    "proposals": ProposalsDirective,
    "retired": RetiredDirective,
    "review": ReviewDirective,
    "since": SinceDirective,
    "spec-table": SpecTableDirective,
}
PAGES = (
    collect_rule_pages,
    collect_tool_pages,
    collect_place_pages,
    collect_level_pages,
    collect_edition_pages,
    collect_source_pages,
)

Page = tuple[str, dict[str, object], str]


def _of_a_site(
    collect: Callable[[Sphinx], Iterable[Page]], app: Sphinx
) -> Iterable[Page]:
    """Return the pages if a site is built; a book has chapters alone."""
    return () if app.config.is_book else collect(app)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directives, the role ``rule`` and the hooks."""
    # Called once, after conf.py was read and before any page is.  The value that it
    # sets belongs to the environment: if it changed since the last build, Sphinx reads
    # every page again, so that no page shows evidence that is no longer on file.
    app.add_config_value("inputs_digest", "", "env", str)
    # What a citation needs, from pyproject.toml; empty until it is known.
    for name in ("site_address", "repository", "edition"):
        app.add_config_value(name, "", "env", str)
    # A book has chapters alone: no page of a rule to lead to, and no answers of tools.
    app.add_config_value("is_book", default=False, rebuild="env", types=bool)
    app.connect("config-inited", note_inputs)
    app.connect("config-inited", leave_out_search)

    # Called while a page is read, each at its block.  ``rule`` is an object of the
    # standard domain, so that the role ``ref`` of any other project finds it.
    app.add_object_type("rule", "rule", objname="rule", ref_nodeclass=nodes.literal)
    app.add_directive_to_domain(
        StandardDomain.name, "rule", RuleDirective, override=True
    )
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)

    # Called by HTML builders only, once all pages of the source folder are written:
    # by then it is known on which page each rule is.
    for collect in PAGES:
        app.connect("html-collect-pages", functools.partial(_of_a_site, collect))

    # Called for each document once its references are resolved.
    app.connect("doctree-resolved", shorten_links)
    app.connect("build-finished", move_to_the_top)

    # Called for each page before it is written.
    app.connect("html-page-context", add_head)
    app.connect("html-page-context", lead_to_rule_pages)

    # Called last by every builder, with the exception if the build failed.
    app.connect("build-finished", write_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
