"""Probe projects: questions to an installer, written as made-up projects of wheels."""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.errors import InputError
from manylinux_conformance.judging.answers import Answer, broken, landed
from manylinux_conformance.platforms.interpreters import Interpreter
from manylinux_conformance.suite.cases import ANY, Offer
from manylinux_conformance.tools.adapters import PREFIX

VERSION = "1"
ANY_TAG = "py3-none-any"
LONGEST_FILENAME = 255  # NAME_MAX of Linux file systems, in bytes
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that a zip archive can hold


@dataclass(frozen=True, slots=True)
class Question:
    """A filled case of candidate wheels: which of them is installed?"""

    case: str
    offer: tuple[Offer, ...]

    @property
    def rule(self) -> str:
        """The rule that the case is bound to."""
        return self.case.partition("/")[0]

    @property
    def project(self) -> str:
        """The probe project's name, stable between runs and platforms."""
        return f"probe{hashlib.sha256(self.case.encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class ProbeProjects:
    """The wheels of many questions in one folder, ready to be offered to tools."""

    links: Path
    questions: tuple[Question, ...]
    prefix: str = PREFIX

    @property
    def requirements(self) -> tuple[str, ...]:
        """One pinned requirement for each project."""
        return tuple(f"{each.project}=={VERSION}" for each in self.questions)


def write_probe_projects(
    questions: Iterable[Question], links: Path, prefix: str = PREFIX
) -> ProbeProjects:
    """Write the candidate wheels of every question into a new folder.

    Each project also gets one ``py3-none-any`` wheel of the same version.
    Equal questions give equal bytes.  ``prefix`` stands before a lone platform tag.

    Raises InputError if a tag cannot stand in a file name, or stands twice.
    """
    links.mkdir(parents=True)
    written = tuple(questions)
    for question in written:
        for name, content in _wheels(question, prefix):
            (links / name).write_bytes(content)
    return ProbeProjects(links, written, prefix)


def filenames(question: Question, prefix: str = PREFIX) -> dict[str, str]:
    """Return the candidates' file names, each with its tag as the case spells it.

    Raises InputError if a tag cannot stand in a file name, or stands twice.
    """
    names: dict[str, str] = {}
    for offer in _marked(question).values():
        name = f"{question.project}-{VERSION}-{full_tag(offer.tag, prefix)}.whl"
        if "/" in name or "\0" in name or len(name.encode()) > LONGEST_FILENAME:
            raise InputError(question.case, f"{offer.tag!r} cannot be in a file name")
        if name in names:
            raise InputError(question.case, f"{offer.tag!r} is offered twice")
        names[name] = offer.tag
    return names


def full_tag(tag: str, prefix: str = PREFIX) -> str:
    """Return a tag with all three parts; a platform tag stands alone in a case.

    A tag with exactly two hyphens is taken to have all three parts.
    """
    if tag == ANY:
        return ANY_TAG
    return tag if tag.count("-") == ANY_TAG.count("-") else f"{prefix}-{tag}"


def own_prefix(prefix: str, interpreter: Interpreter) -> str:
    """Return an adapter's prefix for an interpreter: ``{cp}`` becomes ``cp311``."""
    return prefix.replace("{cp}", f"cp{interpreter.version.replace('.', '')}")


def read_answer(question: Question, folder: Path) -> Answer | None:
    """Return which candidate of a question lies in a folder, or None if none does."""
    try:
        found = sorted(path.name for path in (folder / question.project).iterdir())
    except OSError:  # not there, no folder, a knot of links, or not to be read
        return None
    spelled = {marker: offer.tag for marker, offer in _marked(question).items()}
    strangers = [name for name in found if name not in spelled]
    if strangers:
        return broken(f"installed a file that no candidate holds: {strangers[0]!r}")
    if len(found) > 1:
        both = " and ".join(spelled[name] for name in found)
        return broken(f"installed more than one candidate: {both}")
    return landed(spelled[found[0]]) if found else None


def _marked(question: Question) -> dict[str, Offer]:
    """Give every candidate its marker: the file in its wheel that tells it apart."""
    marked = {f"offer-{number}": offer for number, offer in enumerate(question.offer)}
    if all(full_tag(offer.tag) != ANY_TAG for offer in question.offer):
        marked["offer-any"] = Offer(ANY)
    return marked


def _wheels(question: Question, prefix: str) -> Iterator[tuple[str, bytes]]:
    marked = _marked(question)
    for name, (marker, offer) in zip(
        filenames(question, prefix), marked.items(), strict=True
    ):
        tag = full_tag(offer.tag, prefix)
        given = tuple(full_tag(each, prefix) for each in offer.wheel)
        lines = given or _expanded(tag)
        yield name, _wheel(question.project, marker, tag, lines)


def _expanded(tag: str) -> tuple[str, ...]:
    """Return every combination of a compressed tag set (PEP 425)."""
    parts = (part.split(".") for part in tag.split("-"))
    return tuple("-".join(combination) for combination in itertools.product(*parts))


def _wheel(project: str, marker: str, tag: str, lines: tuple[str, ...]) -> bytes:
    information = f"{project}-{VERSION}.dist-info"
    tags = "".join(f"Tag: {line}\n" for line in lines)
    files = {
        f"{project}/{marker}": tag.encode(),
        f"{information}/METADATA": (
            f"Metadata-Version: 2.1\nName: {project}\nVersion: {VERSION}\n"
        ).encode(),
        f"{information}/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: manylinux-conformance\n"
            f"Root-Is-Purelib: true\n{tags}"
        ).encode(),
    }
    record = "".join(_record(path, content) for path, content in files.items())
    files[f"{information}/RECORD"] = f"{record}{information}/RECORD,,\n".encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for path, content in files.items():
            writer.writestr(zipfile.ZipInfo(path, EARLIEST), content)
    return archive.getvalue()


def _record(path: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return f"{path},sha256={digest.rstrip(b'=').decode()},{len(content)}\n"
