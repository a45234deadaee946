"""Format 1 of result lines, which older releases wrote, read as today's.

It put the architecture of an auditor's wheel in the place of a platform, and what was
not run in one text: platforms divided by commas, a reason and a command in a sentence.
"""

from __future__ import annotations

import msgspec

from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.lines import (
    FORMAT,
    Footer,
    Header,
    Line,
    NotRun,
    Result,
)
from manylinux_conformance.results.verdicts import Role, Verdict

OLDER_FORMAT = 1
EVERYWHERE = "every platform"  # in the place of a platform: nothing was asked
CONTAINERS = "containers"  # a header's platform: the containers that were not run
BEFORE_REMEDY = "; run: "


class OlderResult(msgspec.Struct, frozen=True, tag="case", tag_field="line"):
    """One answer; ``platform`` and ``fidelity`` of an auditor are those of no run."""

    case: str
    rule: str
    platform: str
    fidelity: Fidelity
    verdict: Verdict
    expected: str
    answer: str
    reason: str = ""
    deviation: str = ""


class OlderNotRun(msgspec.Struct, frozen=True, tag="not-run", tag_field="line"):
    """Platforms that were not asked at all."""

    platform: str
    reason: str


OlderLine = Header | OlderResult | OlderNotRun | Footer


def upgraded(line: OlderLine, header: Header | None) -> Line:
    """Return a line as today's format has it; ``header`` is the one of its block."""
    match line:
        case Header():
            platform = "" if line.platform == CONTAINERS else line.platform
            return msgspec.structs.replace(line, format=FORMAT, platform=platform)
        case OlderResult():
            return _result(line, header)
        case OlderNotRun():
            names = () if line.platform == EVERYWHERE else line.platform.split(", ")
            reason, _, remedy = line.reason.partition(BEFORE_REMEDY)
            return NotRun(platforms=tuple(names), reason=reason, remedy=remedy)
        case Footer():
            return line


def _result(line: OlderResult, header: Header | None) -> Result:
    fields = msgspec.structs.asdict(line)
    if header is not None and header.role is Role.AUDITOR:
        fields |= {"arch": line.platform, "platform": "", "fidelity": None}
    return Result(**fields)
