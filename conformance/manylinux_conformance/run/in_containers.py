"""Asks one tool in one role in every container that is ready, some at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from manylinux_conformance.asking.batches import ProbeShelf
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import ELSEWHERE, NotRun
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.run.heading import heading
from manylinux_conformance.run.in_container import Inside
from manylinux_conformance.run.settings import Progress, Settings
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.selection import Tool


@dataclass(frozen=True, slots=True)
class AskingInside:
    """One tool in one role, in containers; ``missing`` are those that are not ready."""

    suite: Suite
    tool: Tool
    role: Role
    settings: Settings
    ready: Sequence[ReadyContainer]
    missing: tuple[NotRun, ...]

    def blocks(self, progress: Progress) -> Iterator[Block]:
        """Yield a block for each container, then one for those that are not ready."""
        name = f"{self.tool.name} as {self.role.value} in containers"
        folder = self.settings.work / name.replace(" ", "-")
        inside = [
            Inside(
                self.suite,
                self.tool,
                self.role,
                self.settings,
                ProbeShelf(folder / each.container.name / "probes"),
                each,
                folder / each.container.name / "runs",
            )
            for each in self.ready
        ]
        with ThreadPoolExecutor(self.settings.jobs) as pool:
            try:
                asked = pool.map(lambda one: one.block(progress), inside)
                for done, block in enumerate(asked, 1):
                    progress(name, done, len(inside))
                    yield block
            except BaseException:
                # Only with its containers gone do the workers end.
                self.settings.live.end()
                pool.shutdown(cancel_futures=True)
                raise
        if self.missing:
            head = heading(self.suite, self.tool, self.role, platform=ELSEWHERE)
            yield Block(head, (), self.missing)
