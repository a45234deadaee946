"""The answers of all releases of a tool, by question, as run lengths.

A line is one question at one place; of each span it has the releases at which the
answer changed.  The header says what was asked, on what, and why the rest was not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from manylinux_fixtures.files.atomic_file import whole_file

from manylinux_conformance.errors import InputError
from manylinux_conformance.history.column import Column
from manylinux_conformance.history.controls import NO_CLAIMS, Claims, controlled
from manylinux_conformance.history.plan import Span
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role, Verdict

FORMAT = 1


class Release(msgspec.Struct, frozen=True, array_like=True):
    """A release that was asked, and in how many seconds of a CPU.

    ``day`` is the day of the release, empty if that is not known.
    """

    version: str
    day: str = ""
    seconds: float = 0


class Unasked(msgspec.Struct, frozen=True, array_like=True):
    """A release that was not asked, and why."""

    version: str
    reason: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked of one span, on which Python, and what was not."""

    python: str
    releases: tuple[Release, ...]
    unasked: tuple[Unasked, ...] = ()


class Header(msgspec.Struct, frozen=True, tag="header", tag_field="line", kw_only=True):
    """Of whom the answers are."""

    format: int
    tool: str
    role: Role
    rules_lock: str  # sha-256 of spec/rules.lock
    host: str  # machine of the host
    spans: tuple[Asked, ...]


class Since(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """The answer from one release on; ``nothing_shown`` says why it does not count."""

    version: str
    verdict: Verdict
    answer: str = ""
    nothing_shown: str = ""

    @property
    def meaning(self) -> tuple[str, str, str]:
        """What is the same while the answer stays the same."""
        return self.verdict, self.answer, self.nothing_shown


class Question(
    msgspec.Struct,
    frozen=True,
    tag="question",
    tag_field="line",
    kw_only=True,
    omit_defaults=True,
):
    """One question at one place, a platform or the architecture of a wheel."""

    case: str
    rule: str
    where: str
    expected: str = ""
    control: bool = False
    spans: tuple[tuple[Since, ...], ...]


class Footer(msgspec.Struct, frozen=True, tag="footer", tag_field="line"):
    """Proof that the file is whole."""

    questions: int


class Answers(msgspec.Struct, frozen=True):
    """All that is on file of one tool in one role."""

    header: Header
    questions: tuple[Question, ...]

    @property
    def filename(self) -> str:
        """The name of the file."""
        return f"{self.header.role.value}-{self.header.tool}.jsonl"


DECODER = msgspec.json.Decoder(Header | Question | Footer)
_Key = tuple[str, str]  # case and place


def compressed(
    header: Header,
    columns: Sequence[Sequence[Column]],
    cases: Mapping[str, AnyCase],
    claims: Claims = NO_CLAIMS,
) -> Answers:
    """Return the answers of the columns of each span, as run lengths.

    A release that was not asked what one before it was has that written down, or the
    answer of the one before would seem to be its own.
    """
    known: dict[_Key, Result] = {}
    spans: list[dict[_Key, list[Since]]] = []
    for span in columns:
        lines: dict[_Key, list[Since]] = {}
        for column in span:
            unasked = Since(column.version, Verdict.NOT_ASKED)
            cells = dict.fromkeys(lines, unasked)
            for key, result, since in _cells(column, cases, claims):
                known.setdefault(key, result)
                cells[key] = since
            for key, since in cells.items():
                _append(lines.setdefault(key, []), since)
        spans.append(lines)
    questions = (
        Question(
            case=result.case,
            rule=result.rule,
            where=result.where,
            expected=result.expected,
            control=result.control,
            spans=tuple(tuple(lines.get(key, ())) for lines in spans),
        )
        for key, result in sorted(known.items())
    )
    return Answers(header, tuple(questions))


def _cells(
    column: Column, cases: Mapping[str, AnyCase], claims: Claims
) -> Iterator[tuple[_Key, Result, Since]]:
    for result, nothing_shown in controlled(column.results, cases, claims):
        if not result.draft:
            since = Since(column.version, result.verdict, result.answer, nothing_shown)
            yield (result.case, result.where), result, since


def _append(line: list[Since], since: Since) -> None:
    if not line or line[-1].meaning != since.meaning:
        line.append(since)


def asked(span: Span, columns: Sequence[Column], reasons: Mapping[str, str]) -> Asked:
    """Return what was asked of a span, from the columns that there are.

    ``reasons`` says of releases without a column why they have none.
    """
    why = dict(reasons) | {each.version: each.unasked for each in columns}
    releases = tuple(
        Release(column.version, column.released, column.seconds)
        for column in columns
        if not column.unasked
    )
    done = {release.version for release in releases}
    return Asked(
        python=next((column.python for column in columns if column.python), ""),
        releases=releases,
        unasked=tuple(
            Unasked(version, why.get(version, "not yet"))
            for version in span.releases
            if version not in done
        ),
    )


def write_answers(answers: Answers, folder: Path) -> None:
    """Write the file of a tool, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = (answers.header, *answers.questions, Footer(len(answers.questions)))
    with whole_file(folder / answers.filename) as new:
        new.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def read_answers(path: Path) -> Answers:
    """Read the file of a tool.

    Raises InputError if a line is malformed or the file is not whole.
    """
    try:
        lines = DECODER.decode_lines(path.read_bytes())
    except msgspec.DecodeError as error:
        raise InputError(path, str(error)) from error
    match lines:
        case [Header() as header, *questions, Footer() as footer]:
            found = tuple(each for each in questions if isinstance(each, Question))
            if len(found) == footer.questions == len(questions):
                return Answers(header, found)
    raise InputError(path, "is not whole: header, questions, footer")
