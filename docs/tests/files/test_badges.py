"""Badges: the last version of a tool in one role."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from manylinux_conformance.reports.rule_status import RuleStatus
from manylinux_docs.files.badges import badge

from docs.tests.site import Built


@pytest.mark.parametrize(
    ("tool", "message", "color"),
    [
        ("slow", "1.10: 1 rules followed, 0 not", "brightgreen"),
        ("wild", "3: 0 rules followed, 1 not", "inactive"),
    ],
)
def test_file_tells_of_the_last_version(
    built: Built, tool: str, message: str, color: str
) -> None:
    path = built.site / "badges" / "installer" / f"{tool}.json"
    assert json.loads(path.read_text()) == {
        "schemaVersion": 1,
        "label": "manylinux 2026.1 installer",
        "message": message,
        "color": color,
    }


@pytest.mark.parametrize(
    ("statuses", "message", "color"),
    [
        ({"follows": 2, "unexplained": 1}, "2 rules followed, 1 not", "yellow"),
        ({"follows": 2, "differs": 3}, "2 rules followed, 3 not", "yellow"),
        ({"follows": 2, "declines": 3}, "2 rules followed, 0 not", "brightgreen"),
        ({"not-asked": 3, "trouble": 1}, "0 rules followed, 0 not", "inactive"),
    ],
)
def test_colour_says_whether_every_rule_is_followed(
    statuses: dict[str, int], message: str, color: str
) -> None:
    counts = Counter({RuleStatus(name): count for name, count in statuses.items()})
    made = badge("manylinux", "", counts)
    assert (made.message, made.color) == (message, color)
