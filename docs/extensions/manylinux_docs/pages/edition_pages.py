"""Pages of frozen editions: ``/<edition>/`` and ``/<edition>/r/<id>/``, for ever."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.suite.editions import (
    FOLDER,
    Edition,
    FrozenRule,
    Words,
    word_differences,
)
from manylinux_conformance.suite.rules import Rule
from sphinx.application import Sphinx
from sphinx.util.fileutil import copy_asset

from manylinux_docs.evidence.evidence import load_evidence
from manylinux_docs.rendering.templates import render, to_root

Page = tuple[str, dict[str, object], str]


@dataclass(frozen=True, slots=True)
class Step:
    """What changed in a rule's text since an edition; ``address`` is the old rule's."""

    edition: str
    revision: int
    address: str
    words: tuple[Words, ...]


def history(editions: Sequence[Edition], rule: Rule) -> list[Step]:
    """Return the changes from each frozen text of a rule to the next, newest first."""
    frozen = [(edition.edition, edition.rule(rule.id)) for edition in editions]
    known = [(name, old) for name, old in frozen if old]
    texts = [*(old.text for _, old in known), rule.text]
    steps = zip(known, itertools.pairwise(texts), strict=True)
    found = [
        Step(name, old.revision, _address(name, rule.id), _words(*both))
        for (name, old), both in steps
        if both[0] != both[1]
    ]
    return found[::-1]


def collect_edition_pages(app: Sphinx) -> Iterator[Page]:
    """Yield the pages of every frozen edition, and copy its file for programs."""
    for edition in load_evidence(app.env).editions:
        source = Path(app.srcdir, "spec", FOLDER, edition.edition)
        copy_asset(source, Path(app.outdir, edition.edition))
        yield _index(edition)
        for rule in edition.rules:
            yield _rule(edition, rule)


def _index(edition: Edition) -> Page:
    page = f"{edition.edition}/index"
    body = render("edition_page.html.jinja", edition=edition, root=to_root(page))
    return page, {"title": f"Edition {edition.edition}", "body": body}, "page.html"


def _rule(edition: Edition, rule: FrozenRule) -> Page:
    page = f"{_address(edition.edition, rule.id)}index"
    body = render(
        "frozen_rule_page.html.jinja", edition=edition, rule=rule, root=to_root(page)
    )
    title = f"{rule.id}, edition {edition.edition}"
    return page, {"title": title, "body": body, "description": rule.text}, "page.html"


def _words(old: str, new: str) -> tuple[Words, ...]:
    return tuple(word_differences(old, new))


def _address(edition: str, rule: str) -> str:
    return f"{edition}/r/{rule}/"
