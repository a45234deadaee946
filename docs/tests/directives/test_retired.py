"""The retired identifiers: what became of each."""

from __future__ import annotations

import pytest

from docs.tests.site import Built


@pytest.mark.parametrize(
    "said",
    [
        "demo.gone (retired in edition 2025.1): It said nothing.",
        "demo.old (retired in edition 2025.1): See demo.first .",
    ],
)
def test_page_says(built: Built, said: str) -> None:
    assert said in built.text("docs/pages", "article")
