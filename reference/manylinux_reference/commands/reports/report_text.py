"""Reports as text: one line per wheel and claim, then the evidence in groups."""

from __future__ import annotations

from importlib import import_module

from manylinux_reference.reading.policy import NEVER, dotted
from manylinux_reference.reading.unusable import printable
from manylinux_reference.rules.findings import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from manylinux_reference.rules.findings import Claim, Finding, Report

ENOUGH = 10  # groups shown for each rule
NO_ANSWER = {Outcome.UNUSABLE: "error", Outcome.NOT_JUDGED: "not judged"}
SAID = {
    Outcome.HOLDS: "holds",
    Outcome.OBJECTIONS: "holds, with objections",
    Outcome.CONDITION: "holds on condition",
    Outcome.FALSE: "is false",
}
SECTIONS = {  # what speaks against claims, the strongest first
    Outcome.FALSE: "",
    Outcome.CONDITION: "  conditions, which the files do not show:",
    Outcome.OBJECTIONS: "  objections, proposals that no standard demands:",
}


def lines(report: Report, *, brief: bool = False) -> Iterator[str]:
    """Yield the lines of a report; ``brief`` leaves out what breaks no claim."""
    name = printable(report.path.rpartition("/")[2])
    if report.outcome in NO_ANSWER:
        where = f"{printable(report.member)}: " if report.member else ""
        yield f"{name}: {NO_ANSWER[report.outcome]}: {where}{report.error}"
        return
    yield from _verdicts(name, report)
    against = _shared(report.claims)
    for outcome, heading in SECTIONS.items():
        found = [finding for finding in against if finding.outcome == outcome]
        if found and heading:
            yield heading
        for rule, each in _by_rule(found):
            yield from _evidence(rule, each)
    if against or not brief:
        yield from _levels(report)
    if brief and report.advice:
        rules = (f"{rule} ({len(each)})" for rule, each in _by_rule(report.advice))
        yield f"  advice, which manylinux audit shows: {', '.join(rules)}"
    elif not brief:
        for rule, each in _by_rule(report.advice):
            yield from _evidence(rule, each, "  advice: ")


def _verdicts(name: str, report: Report) -> Iterator[str]:
    if report.outcome == Outcome.NO_ELF:
        yield f"{name}: contains no ELF file{_promising(report)}"
    else:
        for claim in report.claims:
            yield f"{name}: {printable(claim.tag)} {SAID[claim.outcome]}"
    if report.outcome == Outcome.NO_CLAIM:
        yield f"{name}: claims no manylinux level"
    for tag in report.others:
        if tag.startswith("linux_"):
            yield f"{name}: {printable(tag)} promises nothing, and indexes refuse it"
        elif tag.startswith("musllinux_") or report.claims:
            yield f"{name}: {printable(tag)} is not judged here"


def _promising(report: Report) -> str:
    tags = " and ".join(printable(claim.tag) for claim in report.claims)
    return f", so that nothing shows whether {tags} holds" if tags else ""


def _levels(report: Report) -> Iterator[str]:
    if report.outcome == Outcome.NO_ELF:
        return
    yield f"  oldest level by symbols alone: {report.by_symbols or 'none'}"
    if report.oldest:
        yield f"  oldest level that holds: {report.oldest}"


def _shared(claims: list[Claim]) -> list[Finding]:
    """Return the findings against any claim, each once."""
    against = {id(finding): finding for claim in claims for finding in claim.against}
    return list(against.values())


def _by_rule(findings: Iterable[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """Group findings by rule; what speaks against most levels comes first."""
    rules: dict[str, list[Finding]] = {}
    for finding in findings:
        rules.setdefault(finding.rule, []).append(finding)
    for rule, found in rules.items():
        yield rule, sorted(found, key=lambda finding: finding.min_level, reverse=True)


def _evidence(rule: str, found: list[Finding], lead: str = "  ") -> Iterator[str]:
    yield f"{lead}{rule}"
    groups: dict[object, list[Finding]] = {}
    for finding in found:
        groups.setdefault(_what(finding), []).append(finding)
    for group in list(groups.values())[:ENOUGH]:
        yield f"    {_line(group)}"
        if group[0].condition and not group[0].provided:
            yield f"      unless {printable(group[0].condition)}"
    if len(groups) > ENOUGH:
        yield f"    and {len(groups) - ENOUGH} more, all in --json"
    remedy = import_module("manylinux_reference.commands.reports.remedies").remedy(rule)
    if remedy and not all(finding.provided for finding in found):
        yield f"    -> {remedy}"


def _what(finding: Finding) -> object:
    """Return what findings have in common that stand on one line."""
    if "version" in finding.evidence:
        return finding.evidence["library"], finding.evidence["version"]
    return finding.text


def _line(group: list[Finding]) -> str:
    first = group[0]
    if "version" in first.evidence and first.rule != "wheel.versions.contained":
        return printable(_version(group))
    files = {finding.member for finding in group}
    if len(files) > 1:
        many = f": {len(files)} files, for example {printable(first.member)}"
        return printable(first.text) + many
    return printable(f"{first.member}: {first.text}" if first.member else first.text)


def _version(group: list[Finding]) -> str:
    """Return for example ``GLIBC_2.29 of libm.so.6: 2 symbols in 1 file, …``."""
    first = group[0]
    symbols = {symbol for finding in group for symbol in finding.symbols}
    known = first.min_level < NEVER
    level = f"from level {dotted(first.min_level)} on" if known else "at no level"
    what = f"{first.evidence['version']} of {first.evidence['library']}, {level}"
    example = next(
        (f"{each.symbols[0]} in {each.member}" for each in group if each.symbols),
        first.member,
    )
    counted = f"{_count(len(symbols), 'symbol')} in " if symbols else ""
    files = {finding.member for finding in group}
    shown = "for example " if len(files) > 1 or len(symbols) > 1 else ""
    return f"{what}: {counted}{_count(len(files), 'file')}, {shown}{example}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
