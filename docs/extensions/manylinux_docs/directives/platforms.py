"""The ``platforms`` directive: the catalogue of systems that tools can be asked on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from manylinux_conformance.errors import InputError
from manylinux_conformance.input_files import read_toml
from manylinux_conformance.platforms.platform import PlatformFile
from manylinux_conformance.platforms.releases import Release
from sphinx.util.docutils import SphinxDirective

from manylinux_docs.rendering.templates import fragment

HEADINGS = {
    "almalinux": "AlmaLinux",
    "centos": "CentOS",
    "debian": "Debian",
    "pypa": "Build images of the manylinux project",
    "ubuntu": "Ubuntu",
}


@dataclass(frozen=True, slots=True)
class Table:
    """The releases of one file of the catalogue."""

    heading: str
    releases: tuple[Release, ...]


class PlatformsDirective(SphinxDirective):
    """The catalogue, a table for each of its files."""

    def run(self) -> list[nodes.Node]:
        """Return the tables, in the order of their files."""
        folder = Path(self.env.srcdir) / "conformance" / "platforms"
        for path in folder.glob("*.toml"):
            self.env.note_dependency(str(path))
        try:
            found = list(tables(folder))
        except InputError as error:
            raise self.error(str(error)) from error
        return [fragment("platforms.html.jinja", tables=found)]


def tables(folder: Path) -> Iterator[Table]:
    """Yield a table for each file that lists releases.

    Raises InputError if a file is malformed.
    """
    for path in sorted(folder.glob("*.toml")):
        if releases := read_toml(path, PlatformFile).release:
            yield Table(HEADINGS.get(path.stem, path.stem), releases)
