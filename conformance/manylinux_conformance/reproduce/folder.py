"""Writes the folder: a script, a question, its files, and a page that explains it."""

from __future__ import annotations

from pathlib import Path

import jinja2
import msgspec
from manylinux_fixtures.files.atomic_file import whole_folder
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.errors import InputError
from manylinux_conformance.reproduce.material import Material, material_of
from manylinux_conformance.reproduce.model import model_files, model_variables
from manylinux_conformance.reproduce.page import page_facts
from manylinux_conformance.reproduce.script import CONSTRAINTS, script_facts
from manylinux_conformance.reproduce.subject import Subject
from manylinux_conformance.sandbox.own_prefix import MAKE
from manylinux_conformance.sandbox.provide import constraints

HERE = Path(__file__).parent


def write_folder(subject: Subject, folder: Path) -> None:
    """Write what repeats a verdict into a new folder, whole or not at all.

    Raises InputError if the folder exists and is not empty, and UnsupportedError if
    the tool is not asked this.
    """
    if folder.exists() and not _is_empty(folder):
        raise InputError(folder, "exists already and is no empty folder")
    files = _files(subject, material_of(subject))
    if folder.exists():
        folder.rmdir()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with whole_folder(folder) as new:
        for name, content in files.items():
            path = new / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        (new / "run.sh").chmod(0o755)


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _files(subject: Subject, material: Material) -> dict[str, bytes]:
    """Return the content of every file, by its place in the folder."""
    files, question = dict(material.files), dict(material.question)
    adapter = subject.tool.adapter
    if adapter.provide.constraints:
        files[CONSTRAINTS] = read_bytes(constraints(adapter, subject.tool.version))
    environment = material.environment
    if environment and environment.module:
        files["_manylinux.py"] = environment.module.encode()
    if environment and environment.distributed:
        files["beside_standard_library.py"] = MAKE.encode()
    if subject.is_modelled:
        files |= model_files(subject.platform, subject.interpreter)
        question["model"] = model_variables(subject.platform, subject.interpreter)
    encoded = msgspec.json.encode(question, enc_hook=str)
    files["question.json"] = msgspec.json.format(encoded, indent=1) + b"\n"
    for script in (HERE / "scripts").glob("*.py"):
        files[script.name] = script.read_bytes()
    for name in ("run.sh", "README.md"):
        files[name] = _rendered(f"{name}.jinja", subject, tuple(files)).encode()
    return files


def _rendered(template: str, subject: Subject, names: tuple[str, ...]) -> str:
    environment = jinja2.Environment(  # noqa: S701 - no HTML
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    facts = script_facts(subject) | page_facts(subject, names)
    return environment.get_template(template).render(subject=subject, **facts)
