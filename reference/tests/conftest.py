"""The written corpus, built once for all tests that audit wheels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from manylinux_fixtures.corpus.fixtures import Fixture, fixtures
from manylinux_fixtures.files.write import write_atomically

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Fixture]:
    """Map the path of each written wheel to its fixture."""
    folder = tmp_path_factory.mktemp("corpus")
    built = {}
    for fixture in fixtures():
        path: Path = folder / fixture.path
        write_atomically(path, fixture.content())
        built[str(path)] = fixture
    return built
