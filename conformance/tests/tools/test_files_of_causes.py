"""The files of causes: what they link to is what was asked."""

import re
from collections.abc import Iterator

import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.tools.adapters import read_adapter
from manylinux_conformance.tools.deviations import read_all_deviations

SOURCE = re.compile(
    r"https://github\.com/[^/]+/([^/]+)/(?:blob|tree)/(?:v|server-)?([^/]+)/"
)


def source_links() -> Iterator[tuple[str, str]]:
    """Yield each link to a tool's source, with the tool in whose file it stands."""
    for tool, causes in read_all_deviations(data_folder("deviations")).items():
        for cause in causes:
            for link in () if cause.of else cause.links:
                if SOURCE.match(link):
                    yield tool, link


@pytest.mark.parametrize(("tool", "link"), sorted(set(source_links())))
def test_a_link_to_source_is_to_a_release_that_was_asked(tool: str, link: str) -> None:
    found = SOURCE.match(link)
    assert found
    repository, reference = found.groups()
    adapters = data_folder("tools")
    named = repository if (adapters / f"{repository}.toml").exists() else tool
    versions = read_adapter(adapters / f"{named}.toml").versions
    brought = adapters.glob(f"constraints/{tool}-*.txt")  # what a tool is asked with
    pinned = [line for file in brought for line in file.read_text().splitlines()]
    assert f"{repository}=={reference}" in pinned or any(
        version.startswith(reference) or reference.startswith(version)
        for version in versions
    )
