"""Pages of platforms and architectures: what each is, and what was asked there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from manylinux_conformance.history.milestones import architecture_since
from manylinux_conformance.reports.rule_status import RuleStatus
from manylinux_conformance.results.verdicts import Role
from manylinux_spec.architectures import Architecture, architectures
from manylinux_spec.policies import policies
from sphinx.application import Sphinx

from manylinux_docs.evidence.evidence import Evidence, load_evidence
from manylinux_docs.evidence.places import Place, places
from manylinux_docs.rendering.templates import render, to_root

Page = tuple[str, dict[str, object], str]


def collect_place_pages(app: Sphinx) -> Iterator[Page]:
    """Yield a page for each platform with answers, and for each architecture."""
    catalogue = Path(app.srcdir, "conformance", "platforms")
    evidence = load_evidence(app.env)
    found = places(evidence, catalogue)
    for place in found:
        yield _platform_page(place)
    for arch in architectures().values():
        here = [each for each in found if each.arch == arch.name]
        yield _architecture_page(evidence, arch, here)


def _platform_page(place: Place) -> Page:
    page = f"platform/{place.name}/index"
    root = to_root(page)
    body = render("platform_page.html.jinja", place=place, root=root, status=RuleStatus)
    context: dict[str, object] = {
        "title": place.name,
        "body": body,
        "description": place.sentence,
    }
    return page, context, "page.html"


def _architecture_page(
    evidence: Evidence, arch: Architecture, found: list[Place]
) -> Page:
    page = f"arch/{arch.name}/index"
    data, pip = policies(), evidence.history_of(Role.INSTALLER, "pip")
    body = render(
        "architecture_page.html.jinja",
        arch=arch,
        root=to_root(page),
        levels=data.levels_of(arch.name),
        pip=architecture_since(pip, arch.name) if pip else None,
        places=found,
    )
    about = f"The ABI, the levels and the measured platforms of {arch.name}."
    return page, {"title": arch.name, "body": body, "description": about}, "page.html"
