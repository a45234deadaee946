"""Packs the committed results for the wheel: they shrink to a tenth."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

RESULTS = "conformance/results"
IN_WHEEL = "manylinux_conformance/data/results"


class PackResults(BuildHookInterface[Any]):
    """Adds each file of results to the wheel, as gzip packs it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the packed files; a clone that is installed editably needs none."""
        if version == "editable":
            return
        packed = Path(self.root) / "build" / "packed-results"
        packed.mkdir(parents=True, exist_ok=True)
        for path in sorted((Path(self.root) / RESULTS).iterdir()):
            name = f"{path.name}.gz"
            (packed / name).write_bytes(gzip.compress(path.read_bytes(), mtime=0))
            build_data["force_include"][str(packed / name)] = f"{IN_WHEEL}/{name}"
