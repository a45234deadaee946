"""The ``platforms`` directive: the catalogue of systems that tools can be asked on."""

from __future__ import annotations

from manylinux_docs.directives.generated_page import GeneratedPage
from manylinux_docs.evidence.evidence import Evidence

HEADINGS = {
    "almalinux": "AlmaLinux",
    "centos": "CentOS",
    "debian": "Debian",
    "pypa": "Build images of the manylinux project",
    "ubuntu": "Ubuntu",
}


class PlatformsDirective(GeneratedPage):
    """The catalogue, a table for each of its files."""

    template = "platforms.html.jinja"

    def values(self, evidence: Evidence) -> dict[str, object]:
        """Return the releases by heading, in the order of their files."""
        tables = {HEADINGS.get(n, n): found for n, found in evidence.releases.items()}
        return {"tables": tables}
