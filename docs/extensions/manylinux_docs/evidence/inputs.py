"""Inputs: the files that generated pages are made from, and whether they changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from manylinux_docs.rendering.templates import TEMPLATES

INPUTS = (
    "conformance/cases/**/*.toml",
    "conformance/deviations/*.toml",
    "conformance/disguises/*.toml",
    "conformance/history/answers/*.jsonl",
    "conformance/history/*.toml",
    "conformance/platforms/*.toml",
    "conformance/results/*.jsonl",
    "conformance/tools/*.toml",
    "fixtures/recipes/**/*.toml",
    "reference/manylinux_reference/**/*.py",
    "spec/*.md",
    "spec/*.toml",
    "spec/data/*.toml",
    "spec/editions/*/edition.json",
)


def note_inputs(app: Sphinx, config: Config) -> None:
    """Set the configuration value whose change makes Sphinx read all pages again."""
    config["inputs_digest"] = digest(Path(app.srcdir))


def digest(root: Path) -> str:
    """Return a SHA-256 of the names and contents of all inputs, templates included."""
    found = hashlib.sha256()
    for path, name in _inputs(root):
        found.update(name.encode() + b"\0")
        found.update(path.read_bytes() + b"\0")
    return found.hexdigest()


def _inputs(root: Path) -> Iterator[tuple[Path, str]]:
    for pattern in INPUTS:
        for path in sorted(root.glob(pattern)):
            yield path, path.relative_to(root).as_posix()
    for path in sorted(TEMPLATES.glob("*.jinja")):
        yield path, path.name
