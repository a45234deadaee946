"""What three tool versions answered about the demo project's only question."""

from __future__ import annotations

from pathlib import Path

from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.blocks import Block, write_blocks
from manylinux_conformance.results.lines import FORMAT, Header, NotRun, Result
from manylinux_conformance.results.verdicts import Role, Verdict


def block(tool: str, version: str, *answers: Result, not_run: str = "") -> Block:
    """Return what an installer answered; it was not run on a platform, if named."""
    header = Header(
        format=FORMAT,
        edition="2026.1",
        rules_lock="0" * 64,
        tool=tool,
        version=version,
        role=Role.INSTALLER,
        python="3.11",
        host="x86_64",
    )
    missing = NotRun(platforms=(not_run,), reason="needs Python < 3.10")
    return Block(header, answers, (missing,) if not_run else ())


def answer(
    verdict: Verdict,
    cause: str = "",
    platform: str = "glibc-2.17",
    fidelity: Fidelity = Fidelity.MODELLED,
) -> Result:
    """Return the answer to one case on one platform."""
    return Result(
        case="demo.first/next-version",
        rule="demo.first",
        platform=platform,
        fidelity=fidelity,
        verdict=verdict,
        expected="any",
        answer="any" if verdict is Verdict.PASS else "manylinux_2_18_x86_64",
        deviation="unreported" if cause else "",
        cause=cause,
    )


FILES = {
    "installer-slow-1.10": (block("slow", "1.10", answer(Verdict.PASS)),),
    "installer-slow-1.9": (
        block("slow", "1.9", answer(Verdict.FAIL, "versions-as-text")),
    ),
    "installer-wild-3": (
        block("wild", "3", answer(Verdict.FAIL), not_run="musl"),
        block(
            "wild",
            "3",
            answer(Verdict.PASS, "", "debian-12-x86_64", Fidelity.NATIVE),
            answer(Verdict.FAIL, "", "debian-12-s390x", Fidelity.EMULATED),
        ),
    ),
}


def write_results(folder: Path) -> None:
    """Write one file for each tool version, in the format of today."""
    for name, blocks in FILES.items():
        write_blocks(blocks, folder / f"{name}.jsonl")
