"""Deviations: read strictly, matched by pattern, reported when wrong either way."""

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.finding import Finding
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.tools.deviations import (
    Deviation,
    Kind,
    annotate,
    read_deviations,
    unexpected,
    unmatched,
)


def result(
    name: str, verdict: Verdict, *, deviation: str = "", reason: str = ""
) -> Result:
    return Result(
        case=f"installer.order.linux/{name}",
        rule="installer.order.linux",
        platform="glibc-2.17",
        fidelity=Fidelity.MODELLED,
        verdict=verdict,
        expected="linux_x86_64",
        answer="" if reason else "any",
        reason=reason,
        deviation=deviation,
    )


RIGHT = result("right", Verdict.PASS)
WRONG = result("wrong", Verdict.FAIL)
HUNG = result("hung", Verdict.TIMEOUT, reason="no answer within 5 s")
ENTRY = Deviation(
    rule="installer.order.linux",
    cases=("wrong",),
    kind=Kind.BY_DESIGN,
    why="It ranks linux tags last on purpose.",
)


def test_a_recorded_difference_is_annotated_with_its_kind() -> None:
    done = annotate([RIGHT, WRONG], (ENTRY,), "26.3", Role.INSTALLER)
    assert [entry.deviation for entry in done] == ["", "by-design"]


@pytest.mark.parametrize(
    ("role", "name", "kind"),
    [
        (Role.INSTALLER, "wrong", "by-design"),
        (Role.INSTALLER, "wrong/too", "by-design"),
        (Role.INSTALLER, "other", ""),
        (Role.TAG_LIBRARY, "wrong", ""),
    ],
)
def test_only_the_differences_of_an_entry_have_its_kind(
    role: Role, name: str, kind: str
) -> None:
    cases = ("wrong", "wrong/*")
    entry = msgspec.structs.replace(ENTRY, cases=cases, roles=(Role.INSTALLER,))
    (done,) = annotate([result(name, Verdict.FAIL)], (entry,), "26.3", role)
    assert done == result(name, Verdict.FAIL, deviation=kind)


def test_a_difference_without_an_entry_is_unexpected() -> None:
    said = list(unexpected([RIGHT, WRONG, HUNG], (ENTRY,), "26.3", Role.INSTALLER))
    assert said == [
        ("installer.order.linux/hung on glibc-2.17: timeout, no answer within 5 s")
    ]


def test_one_breakdown_at_many_questions_is_one_line() -> None:
    other = result("other", Verdict.TIMEOUT, reason=HUNG.reason)
    said = list(unexpected([HUNG, RIGHT, other], (), "26.3", Role.INSTALLER))
    assert said == [
        (
            "installer.order.linux/hung on glibc-2.17 and 1 more: "
            "timeout, no answer within 5 s"
        ),
    ]


def test_a_pass_that_an_entry_forbids_is_unexpected() -> None:
    entry = msgspec.structs.replace(ENTRY, cases=("right",))
    (said,) = unexpected([RIGHT], (entry,), "26.3", Role.INSTALLER)
    assert said.endswith("passes, but installer.order.linux is a deviation")


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({}, 0),
        ({"versions": ("20.*",)}, 1),
        ({"platforms": ("musl",)}, 1),
        ({"roles": (Role.TAG_LIBRARY,)}, 1),
        ({"rule": "override.*"}, 1),
        ({"cases": ("right",)}, 1),
    ],
)
def test_an_entry_that_matches_no_difference_is_reported(
    fields: dict[str, object], count: int
) -> None:
    entry = msgspec.structs.replace(ENTRY, **fields)
    seen = [(found, "26.3", Role.INSTALLER) for found in (RIGHT, WRONG)]
    assert len(list(unmatched(seen, (entry,), "pip.toml"))) == count


@pytest.mark.parametrize(
    ("rule", "about"),
    [("tag.*", "tag.*"), (("override.*", "installer.order.*"), None)],
)
def test_an_entry_names_one_rule_or_several(
    rule: str | tuple[str, ...], about: str | None
) -> None:
    entry = msgspec.structs.replace(ENTRY, rule=rule)
    assert entry.about == (about or "override.*, installer.order.*")
    assert entry.concerns("installer.order.linux") is (about is None)
    assert list(unmatched([], (entry,), "pip.toml")) == [
        Finding("pip.toml", 0, f"{entry.about}: this deviation matches nothing")
    ]


def test_a_reason_has_at_least_four_words(tmp_path: Path) -> None:
    entry = '[[deviation]]\nrule = ["a", "b"]\nkind = "bug"\nwhy = "It is {}so."\n'
    (tmp_path / "pip.toml").write_text(entry.format(""))
    with pytest.raises(InputError) as caught:
        read_deviations(tmp_path, "pip")
    path = tmp_path / "pip.toml"
    assert str(caught.value) == f"{path}: a, b: 'why' must be a sentence"
    path.write_text(entry.format("just "))
    (read,) = read_deviations(tmp_path, "pip")
    assert read.kind is Kind.BUG


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[[deviation]]\nrule = "a"\nkind = "bug"\nwhy = "It is so."\n', "sentence"),
        ('[[deviation]]\nrule = "a"\nkind = "odd"\nwhy = "x"\n', "Invalid enum"),
        ('[[deviation]]\nrule = "a"\nkind = "bug"\n', "missing required field"),
        ("deviation = 3\n", "Expected `array`"),
        ("[[deviation]\n", "pip.toml"),
        ("colour = 1\n", "unknown field"),
    ],
)
def test_a_malformed_deviation_file_is_refused(
    tmp_path: Path, text: str, reason: str
) -> None:
    (tmp_path / "pip.toml").write_text(text)
    with pytest.raises(InputError, match=reason):
        read_deviations(tmp_path, "pip")
    assert read_deviations(tmp_path, "uv") == ()


def test_platforms_of_an_entry_are_architectures_for_an_auditor() -> None:
    audited = Result(
        case="wheel.needed.allowed/refused",
        rule="wheel.needed.allowed",
        arch="s390x",
        verdict=Verdict.FAIL,
        expected="violates",
        answer="conforms",
    )
    entry = msgspec.structs.replace(
        ENTRY, rule="wheel.*", cases=("*",), platforms=("s390x",)
    )
    (known,) = annotate([audited], (entry,), "6.8", Role.AUDITOR)
    assert known.deviation == "by-design"
    elsewhere = msgspec.structs.replace(audited, arch="aarch64")
    (said,) = unexpected([elsewhere], (entry,), "6.8", Role.AUDITOR)
    assert said == (
        "wheel.needed.allowed/refused on aarch64: fail, expected violates, got conforms"
    )
