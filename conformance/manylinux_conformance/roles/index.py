"""The role index: what becomes of uploads, and what is served of them."""

from __future__ import annotations

import contextlib
import dataclasses
import fnmatch
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from manylinux_fixtures.corpus.fixtures import Fixture, fixtures

from manylinux_conformance.asking.index.client import (
    IndexClient,
    NoAnswerError,
    beyond,
)
from manylinux_conformance.asking.index.server import Startup, free_ports, started
from manylinux_conformance.asking.index.table import Index, password_of
from manylinux_conformance.asking.index.upload_program import (
    UploadProgram,
    upload_programs,
)
from manylinux_conformance.asking.index.uploaded_wheel import UploadedWheel, made_up
from manylinux_conformance.asking.index.visit import IndexVisit
from manylinux_conformance.asking.plan import Batch, Plan, ShownPlatform, binds
from manylinux_conformance.asking.role_table import (
    RoleTable,
    fill,
    fill_command,
)
from manylinux_conformance.errors import InputError, UnavailableError, UnsupportedError
from manylinux_conformance.platforms.environment import this_machine
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.answer import Answer, declined, not_asked
from manylinux_conformance.questions.upload import (
    Archive,
    Became,
    Client,
    Examines,
    Look,
    Send,
    Upload,
)
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.roles.smoke import unstable
from manylinux_conformance.sandbox.provide import NotProvided, ProvidedTool
from manylinux_conformance.sandbox.sandbox import Sandbox, make_sandbox
from manylinux_conformance.sandbox.simple_index import simple_index
from manylinux_conformance.suite.load import Suite

PROJECT = "probe"
HASH = re.compile(r"\b[0-9a-f]{32,128}\b")  # of a wheel, and so of its name
# Platform tags that no index can know; who takes both looks at none.
NOBODYS = ("notaplatform_1", "manylinux_nobody_1_x86_64")
READ_ONLY = "takes no uploads"
NO_AUDIT = "does not look inside wheels"
WHOLE = "leaves out no platform"
WITHOUT_LINUX = "is told to leave out the wheels for Linux"
LOOKS = (Look.LISTED, Look.HASH, Look.METADATA)
SMOKE = (
    Upload(rule="smoke", name="pure", tag="any", expect=Became.ACCEPTED),
    Upload(rule="smoke", name="nothing", send=Send.NOTHING, expect=Became.NOT_LISTED),
)


class IndexRole:
    """What an index is asked: all uploads, one after another, of one server."""

    role: ClassVar[Role] = Role.INDEX
    table: ClassVar[type[RoleTable]] = Index
    on_platforms: ClassVar[bool] = False
    on_host: ClassVar[bool] = True
    in_containers: ClassVar[bool] = False
    concurrent: ClassVar[bool] = False

    def has_questions(self, suite: Suite, _platforms: Sequence[Platform]) -> bool:
        """Return whether there is something to upload."""
        return any(isinstance(case, Upload) for case in suite.cases)

    def plan(
        self,
        suite: Suite,
        _tool: ProvidedTool,
        _table: Index,
        _shown: Sequence[ShownPlatform],
        _resources: Resources,
    ) -> Plan[Batch[Upload]]:
        """Return every upload, each for every architecture that it is about."""
        asked = tuple(
            question
            for case in suite.cases
            if isinstance(case, Upload)
            and binds(suite.rules[case.rule], self.role, case)
            for question in case.each_arch()
        )
        batch = Batch(name="uploads", platform=None, questions=asked)
        return Plan((batch,) if asked else ())

    def ask(
        self,
        tool: ProvidedTool,
        table: Index,
        batch: Batch[Upload],
        resources: Resources,
    ) -> Mapping[str, Answer]:
        """Start the index, if it does not run, and make each upload."""
        return ask_index(tool, table, batch.questions, resources)

    def smoke(
        self, tool: ProvidedTool, table: Index, resources: Resources
    ) -> Iterator[str]:
        """Upload a wheel that every index takes, and look for one that is not there."""
        questions = [each for case in SMOKE for each in case.each_arch()]
        first, second = (
            ask_index(
                tool,
                table,
                questions,
                dataclasses.replace(resources, folder=resources.folder / attempt),
            )
            for attempt in ("first", "second")
        )
        yield from unstable(first, second)
        for question in questions:
            answer = first[question.key]
            if answer.outcome is None and answer.answer != question.expected:
                yield f"{question.id} is answered {answer.answer}, {answer.reason}"


def ask_index(
    tool: ProvidedTool,
    table: Index,
    questions: Sequence[Upload],
    resources: Resources,
) -> dict[str, Answer]:
    """Return an index's answer to each question; ``resources.folder`` is a new one.

    Raises UnavailableError if the index does not come up or refuses the user, and
    UnsupportedError if it is asked by hand alone and nobody has it running.
    """
    if table.by_hand:
        _look_for(table)
    sandbox = make_sandbox(tool, this_machine(tool.interpreter), resources.folder, None)
    answers = {
        each.key: declined(reason)
        for each in questions
        if (reason := _declines(table, each))
    }
    left = [each for each in questions if each.key not in answers]
    programs = _programs(left, sandbox, resources)
    answers |= {
        each.key: not_asked(f"{each.client} {why.reason}")
        for each in left
        if isinstance(why := programs.get(each.client), NotProvided)
    }
    left = [each for each in left if each.key not in answers]
    project = _project(table)
    wheels = _wheels(left, project)
    with running(table, sandbox, left, wheels) as client:
        visit = IndexVisit(
            client,
            table.settle,
            takes_uploads=not table.views,
            programs={
                name: each
                for name, each in programs.items()
                if isinstance(each, UploadProgram)
            },
        )
        found = _visit(visit, table, left, wheels)
    return answers | {key: _repeatable(said, project) for key, said in found.items()}


def _programs(
    questions: Sequence[Upload], sandbox: Sandbox, resources: Resources
) -> dict[Client, UploadProgram | NotProvided]:
    """Return the programs that are to upload, or why one is not there."""
    wanted = {each.client for each in questions} - {Client.FORM}
    return upload_programs(
        wanted, resources.cache, sandbox.variables, offline=resources.offline
    )


def _repeatable(said: Answer, project: str) -> Answer:
    """Return an answer whose reason is the same in every run: no name, no hash."""
    reason = HASH.sub("HASH", said.reason)
    for name in (project, project.replace("-", "_")):
        reason = reason.replace(name, PROJECT)
    return dataclasses.replace(said, reason=reason)


def _look_for(table: Index) -> None:
    """Raise UnsupportedError if an index that nobody starts is not there."""
    if table.password_file and not Path(table.password_file).exists():
        raise UnsupportedError("the index", f"{table.by_hand}: nobody has its password")
    try:
        IndexClient("", table.page, "", "", table.seconds).get(table.ready)
    except NoAnswerError as error:
        raise UnsupportedError("the index", f"{table.by_hand}: {error}") from error


def _visit(
    visit: IndexVisit,
    table: Index,
    questions: Sequence[Upload],
    wheels: Mapping[str, UploadedWheel],
) -> dict[str, Answer]:
    asked = list(questions)
    answers: dict[str, Answer] = {}
    if not table.views and (why := _is_shut_out(visit, wheels)):
        raise UnavailableError("the index", f"does not let this user upload: {why}")
    if not table.views and _takes_nobodys(visit, wheels):
        said = f"takes wheels for {' and '.join(NOBODYS)}, so it examines no tags"
        asked = [each for each in asked if each.examines is not Examines.TAGS]
        answers = {each.key: declined(said) for each in questions}
    return answers | {each.key: visit.answer(each, wheels[each.key]) for each in asked}


def _is_shut_out(visit: IndexVisit, wheels: Mapping[str, UploadedWheel]) -> str:
    """Return what an index tells a user whom it lets upload nothing, if it does."""
    first = next(iter(wheels.values()), None)
    plain = next(SMOKE[0].each_arch())
    return visit.shuts_out(made_up(plain, first.project, "0.3")) if first else ""


def _takes_nobodys(visit: IndexVisit, wheels: Mapping[str, UploadedWheel]) -> bool:
    """Return whether an index takes platform tags that it cannot know."""
    first = next(iter(wheels.values()), None)
    if first is None:
        return False
    for number, tag in enumerate(NOBODYS, 1):
        question = Upload(
            rule="tags", name=tag, tag=tag, arch="none", expect=Became.REFUSED
        )
        wheel = made_up(question, first.project, f"0.{number}")
        if visit.answer(question, wheel).answer != Became.ACCEPTED:
            return False
    return True


def _project(table: Index) -> str:
    """Return a project's name; one of its own where an index outlives the run."""
    return PROJECT if table.start else f"{PROJECT}-{secrets.token_hex(4)}"


def _wheels(questions: Sequence[Upload], project: str) -> dict[str, UploadedWheel]:
    """Return the wheel of each question: each a release of its own of one project.

    What has to find no page of its project gets a project of its own.
    """
    project = project.replace("-", "_")
    found = _fixtures({each.fixture for each in questions} - {""})
    return {
        each.key: found[each.fixture]
        if each.fixture
        else made_up(each, _own(project, each, number), f"{number}.0")
        for number, each in enumerate(questions, 1)
    }


def _fixtures(wanted: set[str]) -> dict[str, UploadedWheel]:
    """Return wheels of the corpus by their identifiers.

    Raises InputError if there is no such wheel.
    """
    recipes = fixtures() if wanted else ()
    found = {each.id: _fixture(each) for each in recipes if each.id in wanted}
    for name in wanted - found.keys():
        raise InputError(name, "is no wheel of the corpus")
    return found


def _fixture(fixture: Fixture) -> UploadedWheel:
    filename = Path(fixture.path).name
    project, version, *_ = filename.split("-")
    return UploadedWheel(project, version, filename, fixture.content())


def _own(project: str, question: Upload, number: int) -> str:
    return f"{project}_{number}" if question.look is Look.PROJECT else project


def _declines(table: Index, question: Upload) -> str:
    """Return why an index is not asked; empty if it is."""
    for pattern, why in table.declines.items():
        if fnmatch.fnmatchcase(question.rule, pattern):
            return why
    if question.examines is Examines.CONTENTS and not table.audits:
        return NO_AUDIT
    of_platforms = question.examines is Examines.PLATFORMS
    if of_platforms != table.leaves_out_linux:
        return WHOLE if of_platforms else WITHOUT_LINUX
    if table.views and not _can_lie_there(question):
        return READ_ONLY
    return ""


def _can_lie_there(question: Upload) -> bool:
    """Return whether a question is about what is served, however it came there."""
    return (
        question.send in {Send.WHOLE, Send.NOTHING}
        and question.archive is Archive.SOUND
        and question.look in LOOKS
        and question.examines in {Examines.NAME, Examines.PLATFORMS}
        and question.expect in {Became.ACCEPTED, Became.NOT_LISTED}
        and not question.after
        and question.client is Client.FORM
    )


@contextlib.contextmanager
def running(
    table: Index,
    sandbox: Sandbox,
    questions: Sequence[Upload],
    wheels: Mapping[str, UploadedWheel],
) -> Iterator[IndexClient]:
    """Have the index of a table run, with the wheels in it that it is a view of."""
    port, inner = free_ports(2)
    data = sandbox.folder / "data"
    data.mkdir()
    values = {
        **sandbox.placeholders,
        "data": str(data),
        "port": str(port),
        "inner": str(inner if table.front else port),
        "user": table.user,
        "password": password_of(table),
    }
    present = [wheels[each.key] for each in questions if each.send is Send.WHOLE]
    with contextlib.ExitStack() as around:
        if table.views:
            around.enter_context(_laid_out(table, values, data, present))
        client = IndexClient(
            upload_url=fill(table.upload, values),
            page=fill(table.page, {**values, "project": "{project}"}),
            user=table.user,
            password=values["password"],
            seconds=table.seconds,
            hosts=frozenset(beyond(table.addresses)),
        )
        if table.start:
            around.enter_context(_server(table, sandbox, values, client))
        yield client


@contextlib.contextmanager
def _laid_out(
    table: Index,
    values: dict[str, str],
    data: Path,
    wheels: Sequence[UploadedWheel],
) -> Iterator[None]:
    """Put wheels where an index finds them: in its folder, and in another index."""
    links = data / "upstream"
    links.mkdir()
    for wheel in wheels:
        where = fill(table.files or str(links), {**values, "project": wheel.project})
        Path(where).mkdir(parents=True, exist_ok=True)
        for folder in {Path(where), links}:
            (folder / wheel.filename).write_bytes(wheel.content)
    with simple_index(links) as address:
        values["upstream"] = address
        yield


def _server(
    table: Index, sandbox: Sandbox, values: Mapping[str, str], client: IndexClient
) -> contextlib.AbstractContextManager[None]:
    more = {name: fill(text, values) for name, text in table.variables.items()}
    prepare, start, front, after = (
        fill_command(command, values) if command else ()
        for command in (table.prepare, table.start, table.front, table.after)
    )
    inner = fill(table.inner_ready or table.ready, values)
    startup = Startup(
        folder=sandbox.path_of("work"),
        variables={**sandbox.variables, **more},
        ready=(inner, fill(table.ready, values)),
        seconds=table.seconds,
        prepare=prepare,
        start=start,
        front=front,
        after=after,
    )
    return started(startup, client)
