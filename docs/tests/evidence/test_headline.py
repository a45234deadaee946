"""Headlines: real systems first, models apart, older versions not at all."""

from __future__ import annotations

import msgspec
import pytest
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_docs.evidence.headline import headline
from manylinux_docs.evidence.scores import scores

from docs.tests.demo_results import answer, block

PASS, FAIL = Verdict.PASS, Verdict.FAIL


def real(verdict: Verdict, name: str = "debian-12-x86_64") -> Result:
    return answer(verdict, "", name, Fidelity.EMULATED)


def said(*blocks: Block) -> list[str]:
    (found,) = scores(blocks, {}).values()
    return list(headline(found))


@pytest.mark.parametrize(
    ("blocks", "sentence"),
    [
        (
            [block("pip", "1", real(PASS)), block("uv", "1", real(PASS))],
            "Installers: kept on real systems by 2 of 2 asked.",
        ),
        (
            [
                block("pip", "1", real(PASS)),
                block("uv", "1", real(FAIL), real(PASS, "debian-12-s390x")),
            ],
            "Installers: kept on real systems by 1 of 2 asked, not by uv 1 (1/2).",
        ),
        (
            [block("pip", "1", real(PASS), answer(FAIL))],
            (
                "Installers: kept on real systems by 1 of 1 asked; "
                "broken on models alone by pip 1 (glibc-2.17)."
            ),
        ),
        (
            [block("pip", "1", real(PASS)), block("uv", "1", answer(FAIL))],
            (
                "Installers: kept on real systems by 1 of 1 asked; asked on models "
                "alone, kept by 0 of 1 asked, not by uv 1 (glibc-2.17)."
            ),
        ),
        (
            [block("pip", "1", real(PASS)), block("pip", "0.9", real(FAIL))],
            "Installers: kept on real systems by 1 of 1 asked.",
        ),
        (
            [block("pip", "1", answer(Verdict.DECLINED))],
            "Installers: declined by pip 1.",
        ),
    ],
)
def test_headline(blocks: list[Block], sentence: str) -> None:
    assert said(*blocks) == [sentence]


def test_exotic_models_are_called_so() -> None:
    exotic = msgspec.structs.replace(answer(FAIL), platform="glibc-3.1", exotic=True)
    assert said(block("pip", "1", real(PASS), exotic)) == [
        (
            "Installers: kept on real systems by 1 of 1 asked; "
            "broken on models alone by pip 1 (exotic glibc-3.1)."
        )
    ]


def test_what_nobody_could_decide_has_no_headline() -> None:
    assert said(block("pip", "1", answer(Verdict.NOT_ASKED))) == []


def test_auditors_are_told_of_by_wheels() -> None:
    replace = msgspec.structs.replace
    wheels = [
        replace(answer(verdict), platform="", fidelity=None, arch=arch)
        for verdict, arch in ((PASS, "x86_64"), (FAIL, "s390x"))
    ]
    auditor = block("auditwheel", "1", *wheels)
    as_auditor = replace(auditor.header, role=Role.AUDITOR)
    assert said(Block(as_auditor, auditor.results)) == [
        "Auditors: kept by 0 of 1 asked, not by auditwheel 1 (1/2)."
    ]
