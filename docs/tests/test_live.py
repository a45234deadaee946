"""``nox -s live``: only what a change concerns is asked again."""

from __future__ import annotations

from manylinux_docs.live import changed


def test_only_new_and_changed_questions_are_asked_again() -> None:
    before = {"a/same": "1", "a/changed": "1", "a/gone": "1"}
    now = {"a/same": "1", "a/changed": "2", "a/new": "1"}
    assert changed(before, now) == ["a/changed", "a/new"]
