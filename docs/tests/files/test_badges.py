"""Badges: the newest version of a tool in one role; proposals have their own."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from manylinux_docs.files.badges import badge

from docs.tests.site import Built

REAL, MODELS = " on real systems", " on models"


@pytest.mark.parametrize(
    ("name", "kind", "message", "color"),
    [
        ("slow", "MUST", "1.10: 1/1 on models", "brightgreen"),
        ("wild", "MUST", "3: 0/1 on real systems, 0/1 on models", "yellow"),
        ("wild-proposals", "proposals", "3: nothing decided", "inactive"),
    ],
)
def test_file_tells_of_the_newest_version(
    built: Built, name: str, kind: str, message: str, color: str
) -> None:
    path = built.site / "badges" / "installer" / f"{name}.json"
    assert json.loads(path.read_text()) == {
        "schemaVersion": 1,
        "label": f"manylinux 2026.1 draft installer {kind}",
        "message": message,
        "color": color,
    }


@pytest.mark.parametrize(
    ("kept", "message", "color"),
    [
        ({REAL: [True, True, False]}, "2/3 on real systems", "yellow"),
        (
            {REAL: [True], MODELS: [False]},
            "1/1 on real systems, 0/1 on models",
            "yellow",
        ),
        ({REAL: [True, True]}, "2/2 on real systems", "brightgreen"),
        ({"": [True, False]}, "1/2", "yellow"),
        ({}, "nothing decided", "inactive"),
    ],
)
def test_colour_says_whether_every_rule_is_kept(
    kept: dict[str, list[bool]], message: str, color: str
) -> None:
    counts = {where: Counter(holds) for where, holds in kept.items()}
    made = badge("manylinux", "", counts)
    assert (made.message, made.color) == (message, color)
