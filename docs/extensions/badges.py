"""Writes ``badges/<role>/<tool>.json``: one badge for a role, never across roles."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from evidence import Evidence, evidence
from manylinux_conformance.reports.rule_status import RuleStatus
from manylinux_conformance.results.verdicts import Role

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class Badge(msgspec.Struct, frozen=True, rename="camel"):
    """The endpoint format of https://shields.io/badges/endpoint-badge."""

    label: str
    message: str
    color: str
    schema_version: int = 1


def badges(known: Evidence, edition: str) -> dict[tuple[Role, str], Badge]:
    """Return a badge for the last version of each tool in each role."""
    last = {(b.header.role, b.header.tool): b.header.version for b in known.blocks}
    counts: dict[tuple[Role, str], Counter[RuleStatus]] = {
        key: Counter() for key in last
    }
    for scores in known.scores.values():
        for score in scores:
            key = (score.role, score.tool)
            if score.version == last[key]:
                counts[key][score.standing] += 1
    return {
        (role, tool): badge(f"manylinux {edition} {role}", last[role, tool], standings)
        for (role, tool), standings in counts.items()
    }


def badge(label: str, version: str, standings: Counter[RuleStatus]) -> Badge:
    """Say how many rules a version keeps and how many not."""
    following = standings[RuleStatus.FOLLOWS]
    differing = standings[RuleStatus.DIFFERS] + standings[RuleStatus.UNEXPLAINED]
    message = f"{following} rules followed, {differing} not"
    color = "inactive" if not following else "yellow" if differing else "brightgreen"
    return Badge(label, f"{version}: {message}".removeprefix(": "), color)


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the badges beside the pages of an HTML build that ended well."""
    if exception is not None or app.builder.format != "html":
        return
    for (role, tool), content in badges(evidence(app.env), app.config.version).items():
        path = Path(app.outdir, "badges", role, f"{tool}.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.encode(content) + b"\n")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Write the files last."""
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
