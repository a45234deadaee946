"""What a gate finds in a wheel, in this process or in one of its own with limits."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

from manylinux_reference.commands.many_wheels import report_on
from manylinux_reference.reading.unusable import printable
from manylinux_reference.rules.index import name_findings
from manylinux_reference.rules.wheel.report import STANDARD, Finding, Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from manylinux_reference.rules.wheel.report import Report

ENOUGH = 10  # findings of one rule that are told of one file
SOME = 5  # symbols that a finding names
UNUSABLE, LIMITS = "index.archive.readable", "auditor.input.hostile"
ROOT = Path(__file__).resolve().parents[3]  # what the package lies in
CHILD = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from manylinux_reference.commands.gate.audit import main; main(sys.argv[2:])"
)
KILLED = (-9, -24)  # SIGKILL, SIGXCPU: how the system ends a process at its limit
PATIENCE = 2  # times the processor time may pass on a clock
MEGABYTE = 1024 * 1024


class AuditFailedError(Exception):
    """Nothing can be said of a wheel, and the wheel is not to blame."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that speaks against a file, or that is advised; as ``Finding``."""

    rule: str
    basis: str
    text: str
    advice: bool = False
    member: str = ""
    symbols: tuple[str, ...] = ()


def found_in(path: str, provided: Sequence[tuple[str, str]] = ()) -> list[Found]:
    """Return what is found about a file: about its name, or else about its contents.

    A wheel whose name no index takes is not opened.
    """
    filename = path.rpartition("/")[2]
    named = list(name_findings(filename))
    if any(not each.advice for each in named):
        return list(told_of(named))
    report = report_on(path, provided)
    if report.outcome in (Outcome.UNUSABLE, Outcome.NOT_JUDGED):
        rule = UNUSABLE if report.outcome == Outcome.UNUSABLE else LIMITS
        return list(told_of([Finding(rule, report.member, report.error)]))
    return list(told_of([*named, *_against(report)]))


def _against(report: Report) -> Iterator[Finding]:
    """Yield the findings against any claim, each once, and then the advice."""
    seen = {id(each): each for claim in report.claims for each in claim.against}
    yield from (each for each in seen.values() if not each.provided)
    yield from report.advice


def told_of(findings: Iterable[Finding]) -> Iterator[Found]:
    """Yield findings; of each rule only some, and how many more there are."""
    counts: dict[tuple[str, str, bool], int] = {}
    for each in findings:
        kind = each.rule, each.basis, each.advice
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] > ENOUGH:
            continue
        text = each.text
        if each.condition:
            text = f"{text}, unless {each.condition}"
        yield Found(
            each.rule,
            each.basis,
            printable(text),
            each.advice,
            printable(each.member),
            tuple(map(printable, each.symbols[:SOME])),
        )
    for (rule, basis, advice), count in counts.items():
        if count > ENOUGH:
            yield Found(rule, basis, f"and {count - ENOUGH} more", advice)


def found_apart(
    path: Path, provided: Iterable[str], *, seconds: int, megabytes: int
) -> list[Found]:
    """Return what a process of its own finds about a file, within its limits.

    A wheel that costs more is over the limits.  Raises AuditFailedError.
    """
    command = [sys.executable, "-I", "-c", CHILD, str(ROOT)]
    limits = [str(seconds), str(megabytes)]
    try:
        ended = subprocess.run(
            [*command, *limits, str(path), *provided],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE * seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [_too_slow(seconds)]
    except OSError as error:
        raise AuditFailedError(f"no process can be started: {error}") from error
    if ended.returncode in KILLED:
        return [_too_slow(seconds)]
    if ended.returncode:
        raise AuditFailedError(f"it ended with status {ended.returncode}")
    try:
        lines = json.loads(ended.stdout)
        return [Found(**{**each, "symbols": tuple(each["symbols"])}) for each in lines]
    except (ValueError, TypeError, KeyError) as error:
        raise AuditFailedError("its answer cannot be read") from error


def _too_slow(seconds: int) -> Found:
    return Found(LIMITS, STANDARD, f"takes more than {seconds} seconds to audit")


def main(arguments: list[str]) -> None:
    """Keep to limits (getrlimit(2)), and print what is found in a wheel as JSON."""
    seconds, megabytes, path, *provided = arguments
    resource = import_module("resource")
    memory, time = int(megabytes) * MEGABYTE, int(seconds)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (time, time))
    pairs = [(each.partition(":")[0], each.partition(":")[2]) for each in provided]
    sys.stdout.write(json.dumps([asdict(each) for each in found_in(path, pairs)]))
