"""Tool pages: ``/t/<tool>/`` with all that a tool breaks, keeps and declines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.history.milestones import (
    PERENNIAL_TAGS,
    Milestone,
    takers_of,
)
from manylinux_conformance.history.since import rule_histories
from manylinux_conformance.platforms.catalogue import read_containers
from manylinux_conformance.reports.badges import Badge
from manylinux_conformance.reports.rule_status import RuleStatus
from manylinux_conformance.results.verdicts import Role
from sphinx.application import Sphinx

from manylinux_docs.evidence.badges import badges
from manylinux_docs.evidence.evidence import Evidence, load_evidence
from manylinux_docs.evidence.profiles import (
    Profile,
    advised,
    demanded,
    kinds_of,
    profiles,
    proposed,
)
from manylinux_docs.rendering.templates import render, to_root

Page = tuple[str, dict[str, object], str]
MATRICES = {  # the page of the matrix that has a role
    Role.INSTALLER: "matrix",
    Role.TAG_LIBRARY: "matrix-tag-libraries",
    Role.LOADER: "matrix-tag-libraries",
    Role.INDEX: "matrix-tag-libraries",
    Role.AUDITOR: "matrix-auditors",
    Role.BUILDER: "matrix-auditors",
}

LEVELS = {PERENNIAL_TAGS: "manylinux_2_28"}  # stands for all perennial ones


def collect_tool_pages(app: Sphinx) -> Iterator[Page]:
    """Yield a page for every tool that has results."""
    tools: dict[str, list[Profile]] = {}
    evidence = load_evidence(app.env)
    for profile in profiles(evidence):
        tools.setdefault(profile.tool, []).append(profile)
    catalogue = read_containers(Path(app.srcdir, "conformance", "platforms"))
    shared = _Shared(
        evidence=evidence,
        address=app.config.site_address,
        badges=badges(evidence),
        images={each.name: each.image for each in catalogue},
    )
    for tool, found in tools.items():
        yield _page(shared, tool, found)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the pages of all tools use; ``images`` are those of containers."""

    evidence: Evidence
    address: str
    badges: Mapping[tuple[Role, str], Badge]
    images: Mapping[str, str]


def _page(shared: _Shared, tool: str, found: Sequence[Profile]) -> Page:
    page, evidence = f"t/{tool}/index", shared.evidence
    body = render(
        "tool_page.html.jinja",
        tool=tool,
        root=to_root(page),
        site=shared.address,
        newest=[profile for profile in found if profile.is_newest],
        older=[profile for profile in found if not profile.is_newest],
        demanded=demanded,
        kinds_of=kinds_of,
        advised=advised,
        proposed=proposed,
        status=RuleStatus,
        matrices=MATRICES,
        images=shared.images,
        badges=shared.badges,
        recorded=tool in evidence.deviations,
        levels=_levels(evidence, tool),
        lost=[
            regression
            for answers in evidence.history
            if answers.header.tool == tool
            for each in rule_histories(answers)
            for regression in each.regressions
        ],
        kept={(each.tool, each.role): each for each in evidence.kept},
    )
    about = f"Which manylinux rules {tool} breaks, where and why, and which it keeps."
    return page, {"title": tool, "body": body, "description": about}, "page.html"


def _levels(evidence: Evidence, tool: str) -> list[tuple[str, Milestone]]:
    """Return each kind of wheel that a tool takes, and since when."""
    return [
        (LEVELS.get(name, name), milestone)
        for taker in takers_of(evidence.history)
        if taker.tool == tool
        for name, milestone in taker.levels.items()
    ]
