"""Each gate is shown to fail when the thing it guards is broken."""

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.platform import Fidelity, Platform
from manylinux_conformance.suite.cases import Choose, Parse, Selector
from manylinux_conformance.suite.lint_cases import lint_cases, lint_coverage
from manylinux_conformance.suite.lint_chapters import lint_prose, lint_rules
from manylinux_conformance.suite.lock import (
    LockedRule,
    Retired,
    broken_promises,
    outdated,
    read_lock,
    read_retired,
    word_diff,
    write_lock,
)
from manylinux_conformance.suite.rules import Level, Rule, Subject

RULE = Rule(
    id="tag.form",
    level=Level.MUST,
    subjects=(Subject.INSTALLER,),
    arch="all",
    source="PEP 600",
    tested="forced",
    revision=1,
    text="A tag MUST have four parts.",
    chapter="tags",
    line=7,
    examples={},
)
ACCEPTED = Choose(
    rule="tag.form",
    name="four-parts",
    twin="three-parts",
    offer=("manylinux_{major}_{minor}_{arch}",),
    pick="manylinux_{major}_{minor}_{arch}",
)
REFUSED = Choose(
    rule="tag.form",
    name="three-parts",
    twin="four-parts",
    offer=("manylinux_{major}_{arch}",),
    pick="any",
)
PLATFORM = Platform(
    name="glibc-2.17",
    fidelity=Fidelity.MODELLED,
    arch="x86_64",
    machine="x86_64",
    glibc="2.17",
    major=2,
    minor=17,
)


def changed(value: object, **fields: object) -> object:
    return msgspec.structs.replace(value, **fields)  # type: ignore[type-var]


def messages(*cases: Choose | Parse) -> list[str]:
    found = lint_cases(cases, {"tag.form": RULE}, (PLATFORM,))
    return [str(finding) for finding in found]


def test_sound_twins_have_nothing_to_complain_about() -> None:
    assert messages(ACCEPTED, REFUSED) == []


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"rule": "tag.shape"}, "there is no rule 'tag.shape'"),
        ({"twin": "nobody"}, "its twin 'nobody' does not exist"),
        ({"name": "five-parts"}, "does not exist"),
        ({"pick": "manylinux2014_x86_64"}, "which it does not offer"),
        ({"pick": ""}, "either 'pick' or 'allowed'"),
        ({"allowed": ("any",)}, "either 'pick' or 'allowed'"),
        ({"target": "manylinux2014_x86_64"}, "differ in offer, target"),
        ({"offer": ACCEPTED.offer}, "differ in nothing"),
        ({"platform": Selector(name=("mars",))}, "selects no platform"),
        ({"offer": ("manylinux_{python}",)}, "twins expect"),
    ],
)
def test_a_broken_case_is_reported(fields: dict[str, object], complaint: str) -> None:
    broken = changed(REFUSED, **fields)
    if complaint == "twins expect":
        broken = changed(REFUSED, pick=ACCEPTED.pick)
    assert isinstance(broken, Choose)
    assert any(complaint in message for message in messages(ACCEPTED, broken))


def test_a_placeholder_without_a_value_is_reported() -> None:
    musl = changed(PLATFORM, name="musl", glibc="", major=None, minor=None)
    case = changed(REFUSED, platform=Selector(name=("musl",)), twin="")
    assert isinstance(musl, Platform)
    assert isinstance(case, Choose)
    (finding,) = lint_cases((case,), {"tag.form": RULE}, (musl,))
    assert "{major} has no value on this platform" in finding.message


def test_twins_of_different_kinds_are_reported() -> None:
    parse = Parse(
        rule="tag.form", name="three-parts", twin="four-parts", tag="x", valid=False
    )
    assert any("another kind of question" in said for said in messages(ACCEPTED, parse))


def test_a_forced_rule_needs_cases_and_a_must_needs_twins() -> None:
    lonely = changed(ACCEPTED, twin="")
    assert isinstance(lonely, Choose)
    none = frozenset[str]()
    assert [finding.message for finding in lint_coverage((RULE,), (), none)] == [
        "is forced but has no case"
    ]
    assert [finding.message for finding in lint_coverage((RULE,), (lonely,), none)] == [
        "is a MUST but has no twin cases"
    ]
    assert list(lint_coverage((RULE,), (ACCEPTED, REFUSED), none)) == []
    assert list(lint_coverage((RULE,), (), frozenset(("tag.form",)))) == []


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
    rule = changed(RULE, **fields)
    assert isinstance(rule, Rule)
    assert any(complaint in str(finding) for finding in lint_rules((rule,), "spec"))
    assert list(lint_rules((RULE,), "spec")) == []


def test_normative_words_stand_only_inside_rule_blocks(tmp_path: Path) -> None:
    path = tmp_path / "tags.md"
    path.write_text(
        "A tag MUST be short.\n"
        "`MUST` in code is a quotation.\n"
        "| MUST |\n"
        "```\nMUST\n```\n"
        ":::{rule} tag.form\nA tag MUST be long.\n:::\n"
        "One sentence ends here. Another one begins there.\n"
    )
    assert [str(finding) for finding in lint_prose(path, "tags.md")] == [
        "tags.md:1: MUST stands outside a rule block",
        "tags.md:10: two sentences stand on one line",
    ]


def locked(**fields: object) -> dict[str, LockedRule]:
    rule = LockedRule(
        RULE.id, RULE.revision, RULE.level, RULE.subjects, RULE.digest, RULE.text
    )
    entry = changed(rule, **fields)
    assert isinstance(entry, LockedRule)
    return {entry.id: entry}


def test_a_changed_rule_without_a_raised_revision_shows_a_word_diff() -> None:
    old = locked(text="A tag MUST have three parts.", digest="0" * 64)
    (finding,) = broken_promises({RULE.id: RULE}, old, {})
    assert "[-three-] {+four+} parts." in finding.message
    raised = changed(RULE, revision=2)
    assert isinstance(raised, Rule)
    assert list(broken_promises({RULE.id: raised}, old, {})) == []
    assert "run nox -s lock" in str(next(outdated({RULE.id: raised}, old)))


def test_a_revision_never_goes_back() -> None:
    (finding,) = broken_promises({RULE.id: RULE}, locked(revision=2), {})
    assert "revision 1 was already 2" in finding.message


def test_a_lost_identifier_needs_a_tombstone() -> None:
    (finding,) = broken_promises({}, locked(), {})
    assert "tag.form is gone" in finding.message
    tombstone = {RULE.id: Retired(RULE.id, "2026.1", reason="Nobody needs it.")}
    assert list(broken_promises({}, locked(), tombstone)) == []


@pytest.mark.parametrize(
    ("tombstone", "complaint"),
    [
        (Retired("tag.form", "2026.1", reason="x"), "cannot come back"),
        (Retired("tag.old", "2026.1", successor="tag.none"), "does not exist"),
        (Retired("tag.old", "2026.1"), "neither successor nor reason"),
    ],
)
def test_a_wrong_tombstone_is_reported(tombstone: Retired, complaint: str) -> None:
    found = broken_promises({RULE.id: RULE}, locked(), {tombstone.id: tombstone})
    assert [complaint in finding.message for finding in found] == [True]


def test_the_lock_is_written_whole_and_read_back(tmp_path: Path) -> None:
    assert read_lock(tmp_path) == {}
    write_lock({RULE.id: RULE}, tmp_path)
    assert read_lock(tmp_path) == locked()
    assert list(outdated({RULE.id: RULE}, read_lock(tmp_path))) == []
    assert [path.name for path in tmp_path.iterdir()] == ["rules.lock"]


def test_a_damaged_lock_or_tombstone_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "rules.lock").write_text('{"rules": [{}]}')
    (tmp_path / "retired.toml").write_text("[[retired]]\nid = 3\n")
    with pytest.raises(InputError, match=r"rules\.lock: .*missing"):
        read_lock(tmp_path)
    with pytest.raises(InputError, match=r"retired\.toml: .*Expected `str`"):
        read_retired(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "diff"),
    [
        ("a b c", "a c", "a [-b-] c"),
        ("a c", "a b c", "a {+b+} c"),
        ("a b", "a b", "a b"),
    ],
)
def test_a_word_diff_marks_what_went_and_what_came(
    old: str, new: str, diff: str
) -> None:
    assert word_diff(old, new) == diff
