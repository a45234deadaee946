"""What an index would make of a name is what it made of names of its kind."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from click.testing import CliRunner
from manylinux_conformance.cli.main import main
from manylinux_conformance.errors import InputError
from manylinux_conformance.judging.index_names import (
    Evidence,
    evidence_of,
    foretold,
    kinds,
)
from manylinux_conformance.questions.upload import Archive, Became, Examines, Upload
from manylinux_conformance.results.verdicts import Verdict
from tests.builders import audit_line

ANSWERS = {
    "manylinux_2_17_{arch}": "accepted",
    "manylinux2014_x86_64": "accepted",
    "manylinux2014_x86_64.manylinux_2_17_x86_64": "accepted",
    "manylinux_2_17_x86_64.manylinux_2": "refused",
    "manylinux2025_x86_64": "refused",
    "manylinux_2_\u0661\u0667_x86_64": "accepted",
    "linux_x86_64": "refused",
    "manylinux_2_17_x86_64..manylinux_2_28_x86_64": "",
}


@pytest.fixture
def evidence() -> Mapping[str, Evidence]:
    cases = [
        Upload(
            rule="index.rule",
            name=f"case-{number}",
            tag=tag,
            examines=Examines.TAGS,
            expect=Became.EITHER,
        )
        for number, tag in enumerate(ANSWERS)
    ]
    results = [
        audit_line(
            question.id,
            rule=question.rule,
            arch=question.arch,
            verdict=Verdict.PASS if answer else Verdict.DECLINED,
            answer=answer,
            reason="" if answer else "examines no tags",
        )
        for case, answer in zip(cases, ANSWERS.values(), strict=True)
        for question in case.each_arch()
    ]
    return evidence_of(cases, results)


@pytest.mark.parametrize(
    ("platforms", "became"),
    [
        ("manylinux_2_28_riscv64", Became.ACCEPTED),
        ("manylinux2014_x86_64", Became.ACCEPTED),
        ("linux_x86_64", Became.REFUSED),
        ("manylinux2014_x86_64.manylinux_2_28_x86_64", Became.ACCEPTED),
        ("manylinux_2_17_aarch64.manylinux_2_zzz", Became.REFUSED),
        ("manylinux_2_zzz.manylinux_2_17_aarch64", Became.REFUSED),
        ("manylinux2010_x86_64", None),  # the other legacy tag is on file alone
        ("manylinux_2_28_x86_64.manylinux2014_x86_64", None),
        ("linux_armv7l", None),
        ("manylinux_2_17_mips64", None),
        ("manylinux_2_5_x86_64", Became.ACCEPTED),
        ("manylinux_2_10_x86_64", Became.ACCEPTED),
        ("manylinux_2_99_x86_64", Became.ACCEPTED),
        ("manylinux_2_0_x86_64", None),
        ("manylinux_2_4_x86_64", None),
        ("manylinux_2_05_x86_64", None),
        ("manylinux_2_100_x86_64", None),
        ("manylinux_3_17_x86_64", None),
        ("manylinux_2_999_x86_64", None),
        ("manylinux_2_017_x86_64", None),
        ("MANYLINUX_2_17_x86_64", None),
        ("manylinux_2_17_x86_64.", None),
        ("manylinux_2_17_x86_64.linux_armv7l", None),
        ("any", None),
        ("win_amd64", None),
        ("musllinux_1_2_x86_64", None),
    ],
)
def test_a_name_is_judged_by_its_like(
    platforms: str, became: Became | None, evidence: Mapping[str, Evidence]
) -> None:
    assert foretold(f"a-1-py3-none-{platforms}.whl", evidence).became == became


def test_answers_that_differ_tell_nothing(evidence: Mapping[str, Evidence]) -> None:
    said = foretold("a-1-py3-none-manylinux2025_x86_64.whl", evidence)
    assert said.became is None
    assert "its answers differ, under index.rule" in said.why


def test_what_an_index_declines_is_told(evidence: Mapping[str, Evidence]) -> None:
    said = foretold("a-1-py3-none-manylinux_2_17_x86_64..any.whl", evidence)
    assert said.became is None
    assert "examines no tags" in said.why


@pytest.mark.parametrize("name", ["a.whl", "a-1.tar.gz", "a-1-py3-none-.whl", ""])
def test_what_is_no_wheels_name_is_an_error(name: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: is no file name of a wheel"):
        foretold(name, {})


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a-1\nb-py3-none-linux_x86_64.whl", r"a-1\nb-py3-none-linux_x86_64.whl"),
        ("a\x1b[2J-1-py3-none-linux_i686.whl", r"a\x1b[2J-1-py3-none-linux_i686.whl"),
        ("a\u202e-1-py3-none-any.whl", r"a\u202e-1-py3-none-any.whl"),
        ("a-1-py3-none-linux_\udcff.whl", r"a-1-py3-none-linux_\udcff.whl"),
        (f"a-1-py3-none-{'x' * 239}.whl", f"a-1-py3-none-{'x' * 239}.whl"),
        (f"a-1-py3-none-{'x' * 5000}.whl", f"a-1-py3-none-{'x' * 287}"),
    ],
    ids=["line", "terminal", "direction", "bytes", "256", "long"],
)
def test_what_no_index_would_see_is_shown_on_one_line(name: str, shown: str) -> None:
    with pytest.raises(InputError) as raised:
        foretold(name, {})
    assert str(raised.value) == f"{shown}: is no file name of a wheel"


@pytest.mark.parametrize("platforms", ["any", "manylinux_2_17_x86_64..any"])
def test_what_is_not_known_has_its_name(
    platforms: str, evidence: Mapping[str, Evidence]
) -> None:
    name = f"a-1-py3-none-{platforms}.whl"
    said = foretold(name, evidence)
    assert (said.filename, said.became) == (name, None)


@pytest.mark.parametrize(
    ("minor", "kind"),
    [
        ("0", "a perennial tag with a glibc that no system has"),
        ("05", "a tag with a zero in front of a number"),
    ],
)
def test_zero_alone_stands_in_front_of_nothing(minor: str, kind: str) -> None:
    assert list(kinds(f"manylinux_2_{minor}_x86_64")) == [kind]


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (("a",), "a"),
        (("c", "b", "a"), "a, b, c"),
        (("a", "a", "b", "c"), "a, b, c"),
        (("d", "c", "b", "a"), "a, b, c and 1 more"),
        (("e", "d", "c", "b", "a"), "a, b, c and 2 more"),
    ],
)
def test_answers_are_told_by_three_rules(rules: tuple[str, ...], why: str) -> None:
    cases = [upload(f"case-{number}", rule) for number, rule in enumerate(rules)]
    results = [audit_line(case.id, rule=case.rule, answer="refused") for case in cases]
    found = evidence_of(cases, results)
    assert found["the tag linux_x86_64"] == Evidence(Became.REFUSED, why)


def upload(name: str, rule: str, **fields: object) -> Upload:
    """Return a case of a wheel whose name an index has to refuse."""
    case = Upload(
        rule=rule,
        name=name,
        tag="linux_x86_64",
        examines=Examines.TAGS,
        expect=Became.REFUSED,
    )
    return msgspec.structs.replace(case, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"after": "another-case"},
        {"wheel": ("py3-none-any",)},
        {"fixture": "a-fixture"},
        {"right_digest": False},
        {"archive": Archive.TRUNCATED},
    ],
)
def test_what_more_than_its_name_decides_tells_nothing(
    fields: dict[str, object],
) -> None:
    case = upload("case", "a", **fields)
    answer = audit_line(case.id, rule=case.rule, answer="refused")
    assert evidence_of([case], [answer]) == {}


def test_a_set_is_of_a_kind_before_its_members_are() -> None:
    said = list(kinds("manylinux2014_x86_64.manylinux_2_17_x86_64"))
    assert said == [
        "a set of manylinux tags",
        "the legacy tag manylinux2014_x86_64",
        "a perennial tag of x86_64",
    ]


@pytest.mark.parametrize(
    ("index", "tag", "status", "said"),
    [
        ("gated-pypiserver", "manylinux_2_28_x86_64", 0, "whl: accepted: a perennial"),
        ("gated-pypiserver==2.4.2", "linux_x86_64", 1, "whl: refused: the tag linux_"),
        (
            "pypiserver",
            "linux_x86_64",
            1,
            "not known: the tag linux_x86_64: takes",
        ),
        ("gated-pypiserver", "any", 1, "nothing of that kind is on file"),
        (
            "nobody",
            "any",
            2,
            "is no index with answers on file; there are bandersnatch, devpi",
        ),
    ],
)
def test_names_are_held_against_the_answers_on_file(
    index: str, tag: str, status: int, said: str
) -> None:
    name = f"dist/a-1-py3-none-{tag}.whl"
    result = CliRunner().invoke(main, ["gate-names", "--index", index, name])
    assert result.exit_code == status
    assert said in result.output
    assert status == 2 or "as it answered on 2026-" in result.output
