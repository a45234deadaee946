"""Writes the folder: a script, a question, its files, and a page that explains it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import jinja2
import msgspec
from manylinux_fixtures.files.atomic_file import whole_folder
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.containers.provide import platform_tags
from manylinux_conformance.errors import InputError
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.question import Wording
from manylinux_conformance.questions.wheel import WheelQuestion
from manylinux_conformance.reproduce.material import Material, material_of
from manylinux_conformance.reproduce.model import (
    is_plain,
    model_files,
    model_variables,
)
from manylinux_conformance.reproduce.subject import Subject
from manylinux_conformance.sandbox.own_prefix import MAKE
from manylinux_conformance.sandbox.provide import constraints
from manylinux_conformance.sandbox.shim_build import FLAGS
from manylinux_conformance.suite.rules import Basis
from manylinux_conformance.tools.causes import Kind

HERE = Path(__file__).parent
CONSTRAINTS = "constraints.txt"
ROLE = re.compile(r"\{[a-z]+\}(?=`)")  # of MyST, which is not what a report is read in
BASES = {
    Basis.STANDARD: "said by the standard",
    Basis.CONSEQUENCE: "a consequence of the standard and of a fact that can be shown",
    Basis.PROPOSAL: "a proposal of this specification",
}
KINDS = {
    Kind.ACKNOWLEDGED: "its maintainers agree that it is wrong",
    Kind.UNREPORTED: "it looks wrong, and nobody has been asked",
    Kind.BY_DESIGN: "documented or decided",
    Kind.DISPUTE: "they hold, or the standard says, that the rule is wrong",
    Kind.NOT_SUPPORTED: "the tool does not claim to do this",
}
CONTENTS = {
    "wheels": "the candidates",
    "requirements.txt": "what the tool is told to install",
    CONSTRAINTS: "the versions of what the tool needs",
    "_manylinux.py": "the module with the distributor's word",
    "beside_standard_library.py": "makes an interpreter that has it there",
    "shim.c": "the library that shows the platform",
    "interpreter-header": "what readers of the interpreter's file see",
    "simple_index.py": "serves the candidates on the loopback interface",
}


def write_folder(subject: Subject, folder: Path) -> None:
    """Write what repeats a verdict into a new folder, whole or not at all.

    Raises InputError if the folder exists and is not empty, and UnsupportedError if
    the tool is not asked this.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise InputError(folder, "exists already and is no empty folder")
    material = material_of(subject)
    files = _files(subject, material)
    if folder.exists():
        folder.rmdir()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with whole_folder(folder) as new:
        for name, content in files.items():
            path = new / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        (new / "run.sh").chmod(0o755)


def _files(subject: Subject, material: Material) -> dict[str, bytes]:
    files = dict(material.files)
    question = dict(material.question)
    provide = subject.tool.adapter.provide
    if provide.constraints:
        path = constraints(subject.tool.adapter, subject.tool.version)
        files[CONSTRAINTS] = read_bytes(path)
    case = subject.question
    if isinstance(case, Choose) and case.module:
        files["_manylinux.py"] = case.module.encode()
        if material.environment and material.environment.distributed:
            files["beside_standard_library.py"] = MAKE.encode()
    if is_modelled(subject):
        files |= model_files(subject.platform, subject.interpreter)
        question["model"] = model_variables(subject.platform, subject.interpreter)
    encoded = msgspec.json.encode(question, enc_hook=str)
    files["question.json"] = msgspec.json.format(encoded, indent=1) + b"\n"
    files["ask.py"] = (HERE / "scripts" / "ask.py").read_bytes()
    for name in ("run.sh", "README.md"):
        files[name] = _rendered(f"{name}.jinja", subject, tuple(files)).encode()
    return files


def is_modelled(subject: Subject) -> bool:
    """Return whether a shim shows the platform."""
    return subject.place.platform is not None and subject.place.container is None


def _rendered(template: str, subject: Subject, names: tuple[str, ...]) -> str:
    environment = jinja2.Environment(  # noqa: S701 - no HTML
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    facts = _script_facts(subject) | _page_facts(subject, names)
    return environment.get_template(template).render(subject=subject, **facts)


def _script_facts(subject: Subject) -> dict[str, object]:
    """Return what ``run.sh`` is told."""
    container, provide = subject.place.container, subject.tool.adapter.provide
    case = subject.question
    elsewhere = isinstance(case, Choose) and (case.tool_glibc or case.stored_on)
    platform, shim = subject.place.platform, is_modelled(subject)
    tags = platform_tags(platform) if container and platform else ()
    python = f"lib/python{subject.python}/site-packages"
    return {
        "exact": subject.needs_python,
        "inside": provide.inside,
        "shim": shim,
        "plain": shim
        and is_plain(subject.platform, subject.interpreter)
        and not elsewhere,
        "machine": os.uname().machine,
        "flags": " ".join(flag for flag in FLAGS if flag != "-Werror"),
        "container": container,
        "container_python": container.release.interpreters[0] if container else "",
        "image": (container.reference or container.image) if container else "",
        "purelib": python,
        "pip_platforms": " ".join(f"--platform={tag}" for tag in tags),
        "requirements": " ".join(map(shlex.quote, _requirements(subject)))
        + (f' --constraint "$here/{CONSTRAINTS}"' if provide.constraints else ""),
    }


def _requirements(subject: Subject) -> Iterator[str]:
    for requirement in subject.tool.adapter.provide.pypi:
        yield requirement.replace("{version}", subject.tool.version)


def _page_facts(subject: Subject, names: tuple[str, ...]) -> dict[str, object]:
    """Return what ``README.md`` is told."""
    there = {name.partition("/")[0] for name in names}
    recorded = subject.recorded
    cause = recorded.cause if recorded else None
    return {
        "wording": _wording(subject),
        "place": _place(subject),
        "answer": _answer(subject),
        "rule_text": ROLE.sub("", subject.rule.text),
        "rule_reason": ROLE.sub("", subject.rule.reason),
        "basis": BASES[subject.rule.basis],
        "cause": cause,
        "kind": KINDS[cause.kind] if cause else "",
        "tools": " and ".join(f"`{each}`" for each in _requirements(subject)),
        "contents": [
            (name, words) for name, words in CONTENTS.items() if name in there
        ],
    }


def _wording(subject: Subject) -> Wording:
    question = subject.question
    if not isinstance(question, WheelQuestion):
        return question.wording()
    verb = "What does a repair leave" if question.is_repair else "Do its claims hold"
    return Wording(f"{verb}?", (question.wheel.name,))


def _place(subject: Subject) -> str:
    """Say where the question is asked."""
    platform = subject.place.platform
    if platform is None:
        return f"a wheel for {subject.place.name}"
    libc = f", {platform.libc} {platform.glibc}".rstrip()
    return (
        f"{platform.name}: a machine {platform.machine}{libc}, Python {subject.python}"
    )


def _answer(subject: Subject) -> str:
    """Say what came, by the results on file."""
    if subject.recorded is None:
        return "nothing"
    result = subject.recorded.result
    came = f"`{result.answer}`" if result.answer else f"{result.verdict}"
    return f"{came} ({result.reason})" if result.reason else came
