"""Frozen editions: every address stays, and a rule's page tells what changed since."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from manylinux_conformance.suite.editions import freeze
from manylinux_conformance.suite.load import load_suite

from docs.tests.conftest import copy_demo
from docs.tests.site import Built, build_site, folded

EDITION = "2020.1"


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The demo's site after an edition was frozen and a rule was changed."""
    project = copy_demo(tmp_path_factory.mktemp("edition"))
    spec = project / "spec"
    suite = load_suite(spec, project / "conformance")
    freeze(suite, spec, EDITION, dt.date(2020, 5, 4))
    chapter = spec / "demo.md"
    changed = chapter.read_text().replace("SHOULD NOT do the", "MUST NOT ever do the")
    chapter.write_text(changed.replace(":revision: 2", ":revision: 3"))
    return build_site(project)


def test_every_address_of_the_edition_answers(later: Built) -> None:
    frozen = json.loads((later.site / EDITION / "edition.json").read_text())
    assert (later.site / EDITION / frozen["$schema"]).exists()
    links = [
        str(link["href"])
        for link in later.all(f"{EDITION}/index", "article section li a")
    ]
    rules = [rule["id"] for rule in frozen["rules"]]
    assert links == [f"r/{rule}/index.html" for rule in rules]
    for rule in frozen["rules"]:
        page = f"{EDITION}/r/{rule['id']}/index"
        assert rule["level"].replace("-", " ").upper() in later.text(page, ".rule")
        assert later.text(page, "h1").startswith(rule["id"])


def test_links_inside_an_edition_stay_in_it(later: Built) -> None:
    (link, *_) = later.all(f"{EDITION}/r/demo.first/index", ".rule-text a")
    assert link["href"] == f"../../../{EDITION}/r/demo.second/index.html"


def test_old_text_stays_and_the_newest_is_at_the_permanent_address(
    later: Built,
) -> None:
    old = later.text(f"{EDITION}/r/demo.second/index", ".rule-text")
    assert old == "A wheel SHOULD NOT do the second thing."
    assert "MUST NOT ever do" in later.text("r/demo.second/index", ".rule-text")


def test_page_tells_the_change_word_by_word(later: Built) -> None:
    history = later.one("r/demo.second/index", "#history")
    assert [folded(word) for word in history.select("del")] == ["SHOULD"]
    assert [folded(word) for word in history.select("ins")] == ["MUST", "ever"]
    assert not later.all("r/demo.first/index", "#history")


def test_rules_json_says_since_when_a_rule_is_there(later: Built) -> None:
    published = json.loads((later.site / "rules.json").read_text())
    assert {rule["since"] for rule in published["rules"]} == {EDITION}


def test_build_is_clean(later: Built) -> None:
    assert later.warnings == ""


def test_until_then_everything_says_that_it_is_a_draft(built: Built) -> None:
    cited = built.text("r/demo.first/index", "#citation")
    assert "draft of edition" in cited
    assert "its text may change" in cited
    assert not (built.site / Path(EDITION)).exists()
