"""The catalogue's page: every release with what stands in its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from sphinx.errors import SphinxError

from docs.tests.site import Build, Built

PAGE = "docs/pages"
PLATFORMS = """\
[[release]]
name = "one-1"
glibc = "2.36"
python = "3.11"
architectures = ["x86_64", "s390x"]
mirrored = ["x86_64"]
sources = ["mirror", "registry"]
registry = "one:1"
suite = "first"
released = 2023-06-10
supported_until = 2026-07-11
about = "A remark."

[[release]]
name = "one-0"
glibc = "2.5"
python = "2.4"
architectures = []
sources = []
modelled = "glibc-2.5"
"""


def page(project: Path, build: Build, catalogue: str) -> Built:
    (project / "docs/pages.md").write_text("# Pages\n\n```{platforms}\n```\n")
    folder = project / "conformance" / "platforms"
    folder.mkdir(parents=True)
    if catalogue:
        (folder / "one.toml").write_text(catalogue)
    return build(project)


def test_every_release_is_a_row_with_its_facts(project: Path, build: Build) -> None:
    built = page(project, build, PLATFORMS)
    assert built.warnings == ""
    assert built.rows(PAGE, ".platforms-table") == [
        [
            "one-1",
            "2.36",
            "3.11",
            "x86_64, s390x",
            "one:1 ; mirror, registry (mirror: x86_64)",
            "from 2023-06-10 until 2026-07-11",
            "A remark.",
        ],
        ["one-0", "2.5", "2.4", "none", "none; modelled as glibc-2.5", "", ""],
    ]


def test_an_empty_catalogue_is_told(project: Path, build: Build) -> None:
    built = page(project, build, "")
    assert "The catalogue is empty." in built.text(PAGE, "article")


def test_a_malformed_file_is_named(project: Path, build: Build) -> None:
    with pytest.raises(SphinxError, match=r"one\.toml"):
        page(project, build, "[[release]]\nname = 1\n")
