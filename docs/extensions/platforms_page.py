"""The ``platforms`` directive: the catalogue of systems that tools can be asked on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generated_page import GeneratedPage
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.platform import PlatformFile
from manylinux_spec.input_files import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence import Evidence
    from manylinux_conformance.platforms.releases import Release
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

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


class PlatformsDirective(GeneratedPage):
    """The catalogue, a table for each of its files."""

    template = "platforms.html.jinja"

    def values(self, known: Evidence) -> dict[str, object]:  # noqa: ARG002 - the catalogue is no evidence about rules
        """Return the tables, in the order of their files."""
        folder = Path(self.env.srcdir) / "conformance" / "platforms"
        try:
            return {"tables": list(self._tables(folder))}
        except InputError as error:
            raise self.error(str(error)) from error

    def _tables(self, folder: Path) -> Iterator[Table]:
        for path in sorted(folder.glob("*.toml")):
            self.env.note_dependency(str(path))
            if releases := read_toml(path, PlatformFile).release:
                yield Table(HEADINGS.get(path.stem, path.stem), releases)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directive."""
    app.add_directive("platforms", PlatformsDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
