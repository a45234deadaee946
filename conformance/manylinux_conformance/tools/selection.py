"""Chooses tools: by name, by name and version, or by the path of an adapter file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError, nearest
from manylinux_conformance.tools.adapters import Adapter, read_adapter
from manylinux_conformance.tools.causes import Cause
from manylinux_conformance.tools.deviations import read_causes

# In the order in which they are asked, quick ones and those that most people use first:
# how long one takes in a role on two processors that nobody else uses, half of its
# processor time.  Those that are not here come between.  ziglang takes 10 once it has
# compiled its libraries, and minutes of one processor before, so it begins early.
SECONDS = {
    "packaging": 4,
    "uv": 7,
    "pip": 30,
    "dep-logic": 4,
    "distlib": 5,
    "reference": 7,
    "repairwheel": 4,
    "uv-lock": 9,
    "gcc": 2,
    "setuptools": 3,
    "poetry-core": 3,
    "meson-python": 5,
    "scikit-build-core": 3,
    "unearth": 23,
    "ziglang": 40,
    "auditwheel": 95,
    "pip-tools": 57,
    "pdm": 100,
    "poetry": 89,
    "pex": 157,
}
USUAL_SECONDS = 4


@dataclass(frozen=True, slots=True)
class Tool:
    """One version of a tool, with its recorded deviations."""

    adapter: Adapter
    version: str
    deviations: tuple[Cause, ...]

    @property
    def name(self) -> str:
        """The tool's name with its version, if it has one."""
        return f"{self.adapter.name} {self.version}".strip()

    @property
    def seconds(self) -> float:
        """How long asking it usually takes at one place."""
        return SECONDS.get(self.adapter.name, USUAL_SECONDS)


def choose_tools(wanted: Sequence[str], deviations: Path | None = None) -> list[Tool]:
    """Return the tools that were asked for, each once; every pinned one if none was.

    ``deviations`` is a file of causes that takes the place of the one on file for the
    one tool that is asked.
    Raises InputError for a name or version that no adapter has, for two adapters of
    one name and version, and for a file of causes that is about no one tool.
    """
    if deviations and len(set(wanted)) != 1:
        raise InputError("--deviations", "is about one tool: name it with --tool")
    folder = data_folder("tools")
    known = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    tools: list[Tool] = []
    for name in wanted or known:
        if name.endswith(".toml"):
            tools += _versions(Path(name), "", deviations)
        else:
            stem, _, version = name.partition("==")
            if stem not in known:
                reason = f"no such tool; there are {', '.join(known)}"
                raise InputError(name, reason + nearest(stem, known))
            recorded = deviations or data_folder("deviations") / f"{stem}.toml"
            tools += _versions(known[stem], version, recorded)
    chosen = [tool for number, tool in enumerate(tools) if tool not in tools[:number]]
    for name, count in Counter(tool.name for tool in chosen).items():
        if count > 1:
            raise InputError(name, "two adapters have this name and version")
    return chosen


def choose_newest() -> list[Tool]:
    """Return the newest pinned version of every tool."""
    return list({tool.adapter.name: tool for tool in choose_tools(())}.values())


def quick_first(tools: Sequence[Tool]) -> list[Tool]:
    """Return tools so that the first rows of a report stand soon."""
    known = {name: number for number, name in enumerate(SECONDS)}
    return sorted(tools, key=lambda tool: known.get(tool.adapter.name, len(known) / 2))


def _versions(path: Path, version: str, recorded: Path | None) -> list[Tool]:
    adapter = read_adapter(path)
    if version and version not in adapter.versions:
        pinned = ", ".join(adapter.versions)
        raise InputError(path, f"version {version} is not pinned; there are {pinned}")
    causes = adapter.causes
    if recorded and recorded.exists():
        causes += read_causes(recorded, data_folder("deviations"))
    chosen = (version,) if version else adapter.versions
    return [Tool(adapter, each, causes) for each in chosen]
