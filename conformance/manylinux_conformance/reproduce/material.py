"""What ``ask.py`` is told: a question as JSON, and the files that lie beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from manylinux_fixtures.recipes.recipe import Ask, Expectation

from manylinux_conformance.asking.applicability import declines, unseen
from manylinux_conformance.asking.installation import commands
from manylinux_conformance.asking.offered_files import offered_files
from manylinux_conformance.errors import UnsupportedError
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.questions.choose import LOCKED, NOTHING, Choose
from manylinux_conformance.questions.expand import Expand
from manylinux_conformance.questions.listing import Listing
from manylinux_conformance.questions.parse import Parse
from manylinux_conformance.questions.wheel import ADVISED, WheelQuestion
from manylinux_conformance.reproduce.subject import Subject
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.auditor import Auditor
from manylinux_conformance.roles.installer import Installer, unnamed
from manylinux_conformance.roles.tag_library import TagLibrary
from manylinux_conformance.sandbox import simple_index

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Material:
    """A question for ``ask.py``, and the files that it needs, by their place.

    ``environment`` is where it is asked, None for a wheel that runs nowhere.
    """

    question: Json
    files: Mapping[str, bytes]
    environment: Environment | None = None


@dataclass(slots=True)
class Scripts:
    """The adapter's own scripts: they lie in the folder and are named from there."""

    files: dict[str, bytes] = field(default_factory=dict)

    def moved(self, command: Sequence[str]) -> list[str]:
        """Return a command that starts scripts where they will lie."""
        return [self._moved(word) for word in command]

    def _moved(self, word: str) -> str:
        path = Path(word)
        if not (path.is_absolute() and path.suffix == ".py" and path.is_file()):
            return word
        self.files[path.name] = path.read_bytes()
        lines = path.with_name("json_lines.py")
        if b"json_lines" in self.files[path.name] and lines.is_file():
            self.files[lines.name] = lines.read_bytes()
        return f"{{here}}/{path.name}"


def material_of(subject: Subject) -> Material:
    """Return a question and its files.

    Raises UnsupportedError if the tool is not asked it there.
    """
    match subject.role, subject.question:
        case Role.INSTALLER, Choose() as choose:
            return _installation(subject, choose)
        case Role.TAG_LIBRARY, (Choose() | Parse() | Expand() | Listing()) as question:
            return _library(subject, question)
        case Role.AUDITOR, WheelQuestion() as wheel:
            return _audit(subject, wheel)
    raise UnsupportedError(subject.question.id, f"is no question to a {subject.role}")


def _installation(subject: Subject, case: Choose) -> Material:
    table = subject.tool.adapter.table(Installer)
    environment = _environment(subject, case)
    _refuse(subject, unnamed(table, environment.target))
    _refuse(subject, declines(table.declines, case.rule))
    project, scripts = case.project, Scripts()
    prefix = _prefix(subject, table.prefix)
    offered = dict(offered_files(project, prefix))
    wheels = {f"wheels/{name}": content for name, content in offered.items()}
    asked = [scripts.moved(command) for command in commands(table, environment.target)]
    texts = (*table.arguments, *table.files.values(), *table.variables.values())
    index = any("{index}" in text for text in texts)
    if index:
        served = Path(simple_index.__file__)
        scripts.files[served.name] = served.read_bytes()
    lines = "".join(f"{line}\n" for line in project.requirements)
    question = _common(subject) | {
        "do": "install",
        "commands": asked,
        "files": table.files,
        "lands_in": table.lands_in,
        "index": index,
        "offered": tuple(offered),
        "requirements": project.requirements,
        "project": project.name,
        "markers": {name: offer.answer for name, offer in project.markers.items()},
        "right": case.permitted,
        "nothing": NOTHING,
        "locked": LOCKED,
    }
    files = {"requirements.txt": lines.encode(), **wheels, **scripts.files}
    return Material(question, files, environment)


def _library(subject: Subject, case: Choose | Parse | Expand | Listing) -> Material:
    table = subject.tool.adapter.table(TagLibrary)
    environment = _environment(subject, case)
    _refuse(subject, declines(table.declines, case.rule))
    prefix, scripts = _prefix(subject, table.prefix), Scripts()
    question = _common(subject) | {
        "do": "ask-library",
        "commands": [scripts.moved(table.command)],
        "request": case.request(prefix),
        "right": [case.expected],
        "nothing": NOTHING,
    }
    match case:
        case Choose():
            names = case.project.filenames(prefix)
            question |= {"names": names, "right": case.permitted}
        case Parse():
            question["parts"] = [
                name for name in ("canonical", "arch") if getattr(case, name)
            ]
        case Listing() if not case.exactly:
            question["named"] = [*case.in_order, *case.without]
            question["right"] = [" < ".join(case.in_order) or "none"]
        case Listing():
            question["named"] = []
        case Expand():
            pass
    return Material(question, scripts.files, environment)


PATIENCE = 1800  # seconds at least for one run: on any machine, however busy it is
# What of a reply, or of what a repair leaves, answers a question.
ANSWERS = {
    Ask.OLDEST_LEVEL: "oldest",
    Ask.EXIT_STATUS: "status",
    Ask.RETAG: "tags",
    Ask.LEFT_BEHIND: "left",
}


def _audit(subject: Subject, question: WheelQuestion) -> Material:
    table = subject.tool.adapter.table(Auditor)
    if not (table.repair if question.is_repair else table.lines):
        verb = "repair" if question.is_repair else "audit"
        raise UnsupportedError(subject.tool.name, f"does not {verb}")
    line, scripts = question.line, Scripts()
    asked = [scripts.moved(each) for each in (table.lines, table.repair) if each]
    told = _common(subject) | {
        "do": "repair" if question.is_repair else "audit",
        "commands": asked,
        "wheel": question.wheel.name,
        "request": {"ask": "audit", "claims": line.tags},
        "answer": ANSWERS.get(line.ask, "conforms"),
        "right": [question.expected],
        "advised": ADVISED,
        "right_advice": "",
        "tag": question.goal if question.is_repair else "",
        "unwanted": [*line.false, f"linux_{line.arch}"],
    }
    if line.expectation is Expectation.DISCOURAGED:
        told["right_advice"] = ADVISED
    wheel = question.wheel.read_bytes()
    return Material(told, {f"wheels/{question.wheel.name}": wheel, **scripts.files})


def _common(subject: Subject) -> Json:
    adapter, question = subject.tool.adapter, subject.question
    choose = question if isinstance(question, Choose) else None
    platform = subject.place.platform
    in_container = subject.place.container is not None
    narrow = platform is not None and platform.pointer_bits != subject.interpreter.bits
    return {
        "expected": question.expected,
        "variables": subject.table.variables,
        "seconds": max(subject.table.seconds, PATIENCE),
        "inside": adapter.provide.inside,
        "own_programs": _needs_own_programs(subject, choose),
        "narrow_pointers": narrow and not in_container,
        "module_at": choose.module_at if choose and choose.module else "",
        "tool_glibc": choose.tool_glibc if choose else "",
        "stored_on": choose.stored_on if choose else "",
        "model": {},
    }


def _needs_own_programs(subject: Subject, case: Choose | None) -> bool:
    """Return whether the tool's scripts have to name another interpreter."""
    if subject.tool.adapter.provide.inside:
        return False
    distributed = case is not None and case.environment(subject.platform).distributed
    return distributed or subject.place.container is not None


def _environment(
    subject: Subject, case: Choose | Parse | Expand | Listing
) -> Environment:
    environment = case.environment(subject.platform)
    _refuse(subject, unseen(subject.tool.adapter, environment))
    return environment


def _refuse(subject: Subject, unasked: Answer | None) -> None:
    if unasked:
        where = f"{subject.question.id} on {subject.place.name}"
        raise UnsupportedError(where, f"{subject.tool.name} {unasked.reason}")


def _prefix(subject: Subject, prefix: str) -> str:
    return prefix.replace("{cp}", f"cp{subject.python.replace('.', '')}")
