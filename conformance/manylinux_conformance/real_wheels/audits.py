"""Three opinions on each real wheel: the reference's, auditwheel's, the loader's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from manylinux_fixtures.files.temporary_folder import temporary_folder

from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import MissingProgramError
from manylinux_conformance.loader.soundness import (
    ClaimQuestion,
    LoaderAnswer,
    LoadOutcome,
    check_soundness,
    claim_of,
)
from manylinux_conformance.platforms.environment import this_machine
from manylinux_conformance.questions.wheel import AuditReply
from manylinux_conformance.real_wheels.files import platform_tags
from manylinux_conformance.roles.auditor import Auditing, Auditor
from manylinux_conformance.sandbox.process import fit_for_report
from manylinux_conformance.sandbox.provide import NotProvided, provide
from manylinux_conformance.sandbox.sandbox import make_sandbox
from manylinux_conformance.tools.adapters import read_adapter


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """What an auditor says: whether every claim holds, the oldest level, and why.

    ``objected``: none is false, and something that no standard demands is missing.
    """

    conforms: bool
    objected: bool = False
    oldest: str = ""
    why: str = ""


class Audited(msgspec.Struct, frozen=True, kw_only=True):
    """One wheel with all opinions; ``claims`` are its manylinux tags."""

    file: str
    claims: tuple[str, ...]
    reference: Opinion
    auditwheel: Opinion
    loader: tuple[LoaderAnswer, ...]

    @property
    def differs(self) -> bool:
        """Whether the two auditors differ, or the loader refutes the reference."""
        if not self.claims:
            return False
        one, other = self.reference, self.auditwheel
        denied = any(each.outcome is LoadOutcome.REFUSED for each in self.loader)
        refuted = one.conforms and denied
        return one.conforms != other.conforms or one.oldest != other.oldest or refuted


def audit_real_wheels(
    paths: Sequence[Path], cache: Path, progress: Callable[[str], None]
) -> tuple[Audited, ...]:
    """Audit each wheel three times.

    Raises MissingProgramError if an auditor cannot be installed.
    """
    with temporary_folder() as scratch:
        reference = _auditor("reference", cache, scratch / "reference")
        auditwheel = _auditor("auditwheel", cache, scratch / "auditwheel")
        found = []
        for path in paths:
            progress(f"auditing {path.name}")
            tags = platform_tags(path.name)
            claims = tuple(tag for tag in tags if claim_of(tag))
            found.append(
                Audited(
                    file=path.name,
                    claims=claims,
                    reference=_opinion(reference.audit([(path, tags)])[0]),
                    auditwheel=_opinion(auditwheel.audit([(path, tags)])[0]),
                    loader=ask_loader(path, claims, cache),
                )
            )
    return tuple(found)


def _auditor(name: str, cache: Path, folder: Path) -> Auditing:
    """Provide an auditor in its newest version."""
    adapter = read_adapter(data_folder("tools") / f"{name}.toml")
    tool = provide(adapter, adapter.versions[-1], cache)
    if isinstance(tool, NotProvided):
        raise MissingProgramError(name, tool.reason)
    machine = this_machine(tool.interpreter)
    return Auditing(
        tool, adapter.table(Auditor), make_sandbox(tool, machine, folder, None)
    )


def _opinion(answer: AuditReply) -> Opinion:
    oldest = answer.oldest or ""
    return Opinion(
        conforms=bool(answer.conforms),
        objected=answer.objected,
        oldest=oldest if claim_of(oldest) else "",
        why=fit_for_report(answer.error or answer.reason),
    )


def ask_loader(
    path: Path, claims: tuple[str, ...], cache: Path
) -> tuple[LoaderAnswer, ...]:
    """Ask the loader about each distinct claim, as far as it can be asked here."""
    distinct = {claim for tag in claims if (claim := claim_of(tag))}
    questions = [
        ClaimQuestion(
            id=f"real/{path.name}/{arch}",
            rule="real",
            wheel=path,
            arch=arch,
            release=release,
            accepted=True,
        )
        for arch, release in sorted(distinct)
    ]
    return check_soundness(questions, cache).answers
