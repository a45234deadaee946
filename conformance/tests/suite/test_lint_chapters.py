"""Lints of chapters: each is shown to fail when the thing it guards is broken."""

import re
from pathlib import Path

import pytest
from manylinux_conformance.finding import Finding
from manylinux_conformance.suite.lint_chapters import lint_prose, lint_rules
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.suite.rules import Basis, Level, Rule
from tests.builders import rule


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"text": "A tag has four parts."}, "has 0 normative words"),
        ({"text": "A tag MUST be and SHOULD stay."}, "has 2 normative words"),
        ({"text": "A tag SHOULD have parts."}, "says SHOULD but its level is must"),
        ({"text": "A tag MUST NOT."}, "says MUST NOT but its level is must"),
        ({"tested": "somehow"}, "must be tested as"),
        ({"tested": "inspection:"}, "must be tested as"),
        ({"id": "weather.rain"}, "unknown area 'weather'"),
    ],
)
def test_a_rule_that_says_too_much_or_too_little_is_reported(
    fields: dict[str, object], complaint: str
) -> None:
    broken = rule(**fields)
    assert any(complaint in str(finding) for finding in lint_rules((broken,), "spec"))
    assert list(lint_rules((rule(),), "spec")) == []


def test_normative_words_stand_only_inside_rule_blocks(tmp_path: Path) -> None:
    path = tmp_path / "tags.md"
    path.write_text(
        "A tag MUST be short.\n"
        "`MUST` in code is a quotation.\n"
        "| MUST |\n"
        "```\nMUST\n```\n"
        ":::{rule} tag.form\nA tag MUST be long.\n:::\n"
        "One sentence ends here. Another one begins there.\n"
        ":::{rule} tag.other\nA tag MUST be long.\n:::  \nIt SHOULD.\n"
        "```{case} MUST\nMUST NOT\n```\n"
        "One `MUST` ends here. Another begins `MUST`.\n"
        "„Zwei“ MAY follow.\n",
        "utf-8",
    )
    assert list(lint_prose(path, "tags.md")) == [
        Finding("tags.md", 1, "MUST stands outside a rule block"),
        Finding("tags.md", 10, "two sentences stand on one line"),
        Finding("tags.md", 14, "SHOULD stands outside a rule block"),
        Finding("tags.md", 18, "two sentences stand on one line"),
        Finding("tags.md", 19, "MAY stands outside a rule block"),
    ]


def test_normative_words_in_code_do_not_count_in_a_rule() -> None:
    quoting = rule(text="A tag MUST NOT say `MUST`.", level=Level.MUST_NOT)
    assert list(lint_rules((quoting,), "spec")) == []


PARENT = rule(id="tag.parent")
SHOULD = {"level": Level.SHOULD, "text": "A tag SHOULD be short."}


@pytest.mark.parametrize(
    ("child", "complaint"),
    [
        ({"parent": "tag.lost"}, "its parent tag.lost does not exist"),
        (
            {"parent": "tag.parent", **SHOULD},
            "its level is should, but its parent's is must",
        ),
        (
            {"parent": "tag.parent", "basis": Basis.PROPOSAL},
            "is a proposal, but follows from the standard tag.parent",
        ),
        ({"parent": "tag.form"}, "is its own ancestor, through tag.form"),
    ],
)
def test_a_rule_that_does_not_follow_from_its_parent_is_reported(
    child: dict[str, object], complaint: str
) -> None:
    [finding] = lint_rules((PARENT, rule(**child)), "spec")
    assert str(finding).endswith(f"tag.form: {complaint}")


@pytest.mark.parametrize(
    ("level", "text"),
    [(Level.MUST, "A tag MUST."), (Level.MUST_NOT, "A tag MUST NOT.")],
)
def test_a_prohibition_may_follow_from_a_demand(level: Level, text: str) -> None:
    child = rule(parent="tag.parent", level=level, text=text)
    assert list(lint_rules((PARENT, child), "spec")) == []


def circle(*links: tuple[str, str]) -> tuple[Rule, ...]:
    return tuple(rule(id=child, parent=parent) for child, parent in links)


def test_a_circle_of_parents_is_reported_at_each_of_them() -> None:
    rules = circle(("tag.a", "tag.b"), ("tag.b", "tag.c"), ("tag.c", "tag.a"))
    assert len(list(lint_rules(rules, "spec"))) == len(rules)


def test_a_rule_above_which_there_is_a_circle_is_no_part_of_it() -> None:
    rules = circle(("tag.a", "tag.b"), ("tag.b", "tag.c"), ("tag.c", "tag.b"))
    reported = [finding.message for finding in lint_rules(rules, "spec")]
    assert not any(message.startswith("tag.a:") for message in reported)


@pytest.mark.parametrize(
    ("source", "is_shown"),
    [
        ("PEP 600 (the promise that the wheel works); glibc refuses it", False),
        ("glibc refuses it, as the recipes `elf/segments.toml` show", True),
        ("CPython; the case `index.upload.immutable/other-bytes`", True),
        ("the fixtures of {rule}`wheel.elf.class`", True),
        ("{rule}`wheel.levels.monotone`, whose recipes show it", True),
    ],
)
def test_a_consequence_names_what_shows_the_fact(
    source: str, *, is_shown: bool
) -> None:
    consequence = rule(basis=Basis.CONSEQUENCE, source=source)
    assert bool(list(lint_rules((consequence,), "spec"))) is not is_shown


def test_the_recipes_that_sources_name_exist() -> None:
    sources = " ".join(each.source for each in load_suite().rules.values())
    named = set(re.findall(r"recipes `([^`]+[.]toml)`", sources))
    recipes = Path(__file__).parents[3] / "fixtures" / "recipes"
    assert [name for name in named if not (recipes / name).exists()] == []
    assert named


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"reason": "So it is."}, "but its basis is standard"),
        ({"basis": Basis.PROPOSAL}, "no paragraph after it says why"),
    ],
)
def test_only_a_proposal_with_a_reason_may_differ_from_a_standard(
    fields: dict[str, object], complaint: str
) -> None:
    [finding] = lint_rules((rule(differs="It may be long.", **fields),), "spec")
    assert complaint in str(finding)
