"""The written corpus, built once for all tests that audit wheels."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from manylinux_fixtures.corpus import Fixture, fixtures, place

if TYPE_CHECKING:
    from pathlib import Path


# A busy machine is not a failure, and CI tries the same examples each time.
settings.register_profile("steady", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Fixture]:
    """Map the path of each written wheel to its fixture."""
    folder = tmp_path_factory.mktemp("corpus")
    built = {}
    for fixture in fixtures():
        path: Path = folder / fixture.path
        place(path, fixture.content())
        built[str(path)] = fixture
    return built
