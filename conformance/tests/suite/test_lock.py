"""The rule lock: no rule changes, goes or comes back in silence."""

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.finding import Finding
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
from manylinux_conformance.suite.rules import Subject
from tests.builders import rule

RULE = rule()


def locked(**fields: object) -> dict[str, LockedRule]:
    written = LockedRule(
        RULE.id, RULE.revision, RULE.level, RULE.subjects, RULE.digest, RULE.text
    )
    entry = msgspec.structs.replace(written, **fields)
    return {entry.id: entry}


def test_a_changed_rule_without_a_raised_revision_shows_a_word_diff() -> None:
    old = locked(text="A tag MUST have three parts.", digest="0" * 64)
    (finding,) = broken_promises({RULE.id: RULE}, old, {})
    assert (finding.file, finding.line) == ("tags.md", 7)
    assert "[-three-] {+four+} parts." in finding.message
    raised = rule(revision=2)
    assert list(broken_promises({RULE.id: raised}, old, {})) == []
    assert list(outdated({RULE.id: raised}, old)) == [
        Finding("rules.lock", 0, "tag.form is not locked; run nox -s lock")
    ]


def test_a_revision_never_goes_back() -> None:
    (finding,) = broken_promises({RULE.id: RULE}, locked(revision=2), {})
    assert (finding.file, finding.line) == ("tags.md", 7)
    assert "revision 1 was already 2" in finding.message


def test_a_lost_identifier_needs_a_tombstone() -> None:
    assert list(broken_promises({}, locked(), {})) == [
        Finding("rules.lock", 0, "tag.form is gone; name its successor in retired.toml")
    ]
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
    assert [
        (finding.file, finding.line, complaint in finding.message) for finding in found
    ] == [("retired.toml", 0, True)]


def test_the_lock_is_written_whole_and_read_back(tmp_path: Path) -> None:
    assert read_lock(tmp_path) == {}
    write_lock({RULE.id: RULE}, tmp_path)
    assert read_lock(tmp_path) == locked()
    assert list(outdated({RULE.id: RULE}, read_lock(tmp_path))) == []
    assert [path.name for path in tmp_path.iterdir()] == ["rules.lock"]
    text = (tmp_path / "rules.lock").read_text()
    assert text.startswith('{\n "rules": [\n  {\n   "id": "tag.form",\n')
    assert text.endswith("\n}\n")


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
        ("a b c d", "a d", "a [-b c-] d"),
        ("a d", "a b c d", "a {+b c+} d"),
        ("x" + " a" * 300, "y" + " a" * 300, "[-x-] {+y+}" + " a" * 300),
    ],
)
def test_a_word_diff_marks_what_went_and_what_came(
    old: str, new: str, diff: str
) -> None:
    assert word_diff(old, new) == diff


def test_binding_somebody_else_without_a_raised_revision_is_reported() -> None:
    wider = rule(subjects=(*RULE.subjects, Subject.WHEEL))
    (finding,) = broken_promises({RULE.id: wider}, locked(), {})
    assert "changed, so :revision: must be raised" in finding.message
    assert "{+tag-library, wheel)+}" in finding.message
