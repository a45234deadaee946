"""Badges of the site: the newest version of a tool in one role; proposals apart."""

from __future__ import annotations

import json

import pytest

from docs.tests.site import Built


@pytest.mark.parametrize(
    ("name", "message", "color"),
    [
        ("slow", "conforms on models", "brightgreen"),
        ("wild", "1 MUST differ", "yellow"),
        ("wild-proposals", "no proposal asked", "inactive"),
    ],
)
def test_file_tells_of_the_newest_version(
    built: Built, name: str, message: str, color: str
) -> None:
    path = built.site / "badges" / "installer" / f"{name}.json"
    assert json.loads(path.read_text()) == {
        "schemaVersion": 1,
        "label": "manylinux 2026.1 draft",
        "message": f"installer: {message}",
        "color": color,
    }
