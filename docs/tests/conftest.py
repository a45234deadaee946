"""The demo project, with one of everything, built with the real configuration."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from docs.tests.demo_results import write_results
from docs.tests.site import Build, Built, build_site

DEMO = Path(__file__).parent / "demo"


def copy_demo(root: Path) -> Path:
    shutil.copytree(DEMO, root, dirs_exist_ok=True)
    write_results(root / "conformance" / "results")
    return root


@pytest.fixture
def build() -> Build:
    return build_site


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that a test may break."""
    return copy_demo(tmp_path)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The whole project, built once."""
    return build_site(copy_demo(tmp_path_factory.mktemp("project")))
