"""Lints of cases: each is shown to fail when the thing it guards is broken."""

import msgspec
import pytest
from manylinux_conformance.finding import Finding
from manylinux_conformance.questions.case import Selector, Status
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.parse import Parse
from manylinux_conformance.suite.lint_cases import (
    lint_architectures,
    lint_cases,
    lint_coverage,
)
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.suite.rules import Level, Subject
from manylinux_spec.architectures import architectures
from tests.builders import choose, platform, rule

ACCEPTED = Choose(
    rule="tag.form",
    name="four-parts",
    twin="three-parts",
    offer=("manylinux_{major}_{minor}_{arch}",),
    pick="manylinux_{major}_{minor}_{arch}",
)
REFUSED = Choose(
    rule="tag.form",
    name="three-parts",
    twin="four-parts",
    offer=("manylinux_{major}_{arch}",),
    pick="any",
)


def messages(*cases: Choose | Parse) -> list[str]:
    found = lint_cases(cases, {"tag.form": rule()}, (platform(),))
    return [str(finding) for finding in found]


def test_sound_twins_have_nothing_to_complain_about() -> None:
    assert messages(ACCEPTED, REFUSED) == []


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"rule": "tag.shape"}, "there is no rule 'tag.shape'"),
        ({"twin": "nobody"}, "its twin 'nobody' does not exist"),
        ({"name": "five-parts"}, "does not exist"),
        ({"pick": "manylinux2014_x86_64"}, "which it does not offer"),
        ({"pick": ""}, "either 'pick' or 'allowed'"),
        ({"allowed": ("any",)}, "either 'pick' or 'allowed'"),
        ({"target": "manylinux2014_x86_64"}, "differ in offer, target"),
        ({"offer": ACCEPTED.offer}, "differ in nothing"),
        ({"platform": Selector(name=("mars",))}, "selects no platform"),
        ({"offer": ("manylinux_{python}",)}, "twins expect"),
    ],
)
def test_a_broken_case_is_reported(fields: dict[str, object], complaint: str) -> None:
    broken = msgspec.structs.replace(REFUSED, **fields)
    if complaint == "twins expect":
        broken = msgspec.structs.replace(REFUSED, pick=ACCEPTED.pick)
    assert any(complaint in message for message in messages(ACCEPTED, broken))


def test_a_case_asks_whom_its_rule_binds() -> None:
    unbound = rule(subjects=(Subject.WHEEL,))
    lonely = msgspec.structs.replace(REFUSED, twin="")
    assert list(lint_cases((lonely,), {"tag.form": unbound}, (platform(),))) == [
        Finding(
            "case tag.form/three-parts",
            0,
            "asks a installer or tag-library about a rule that does not bind one",
        )
    ]


def test_python_is_filled_in_as_a_version_without_a_dot() -> None:
    case = choose("cp{python}-abi3-any", pick="cp311-abi3-any")
    assert list(lint_cases((case,), {case.rule: rule()}, (platform(),))) == []


def test_a_placeholder_without_a_value_is_reported() -> None:
    musl = platform(name="musl", glibc="", major=None, minor=None)
    case = msgspec.structs.replace(REFUSED, platform=Selector(name=("musl",)), twin="")
    assert list(lint_cases((case,), {"tag.form": rule()}, (musl,))) == [
        Finding(
            "case tag.form/three-parts",
            0,
            "on musl: {major} has no value on this platform",
        )
    ]


def test_twins_of_different_kinds_are_reported() -> None:
    parse = Parse(
        rule="tag.form", name="three-parts", twin="four-parts", tag="x", valid=False
    )
    assert any("another kind of question" in said for said in messages(ACCEPTED, parse))


def neighbours(**changed: object) -> list[str]:
    """Lint the refused case with a twin under another rule, which has one itself."""
    lent = msgspec.structs.replace(ACCEPTED, rule="tag.legacy", twin="")
    fields = {"twin": "tag.legacy/four-parts", **changed}
    case = msgspec.structs.replace(REFUSED, **fields)
    rules = {"tag.form": rule(), "tag.legacy": rule(id="tag.legacy")}
    return list(map(str, lint_cases((lent, case), rules, (platform(),))))


def test_a_twin_may_stand_under_a_neighbouring_rule() -> None:
    assert neighbours() == []


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"twin": "tag.legacy/nobody"}, "its twin 'tag.legacy/nobody' does not exist"),
        ({"twin": "tag.form/three-parts"}, "is of the same rule"),
        ({"target": "manylinux2014_x86_64"}, "differ in offer, target"),
        ({"pick": ACCEPTED.pick, "offer": ("x", ACCEPTED.pick)}, "twins expect"),
    ],
)
def test_such_a_twin_is_one_in_earnest(
    changed: dict[str, object], complaint: str
) -> None:
    assert any(complaint in message for message in neighbours(**changed))


def test_a_must_needs_twins_of_its_own() -> None:
    lent = msgspec.structs.replace(ACCEPTED, twin="tag.legacy/three-parts")
    assert list(lint_coverage((rule(),), (lent,), frozenset())) == [
        Finding("rule tag.form", 0, "is a MUST but has no twin cases")
    ]


# Every rule about indexes says which other answer its question has, but for two:
WITHOUT_TWIN = {
    # An upload that is accepted has no refusal to look at.
    "index.refusal.names",
    # The page of an upload whose other answer is ``index.page.name/not-there``.
    "index.page.hash",
}


def test_each_rule_about_indexes_has_a_twin() -> None:
    suite = load_suite()
    twinned = {case.rule for case in suite.cases if case.twin}
    about = {name for name in suite.rules if name.startswith("index.")}
    assert about - twinned == WITHOUT_TWIN


def test_a_forced_rule_needs_cases_and_a_must_needs_twins() -> None:
    lonely = msgspec.structs.replace(ACCEPTED, twin="")
    none = frozenset[str]()
    assert list(lint_coverage((rule(),), (), none)) == [
        Finding("rule tag.form", 0, "is forced but has no case")
    ]
    assert list(lint_coverage((rule(),), (lonely,), none)) == [
        Finding("rule tag.form", 0, "is a MUST but has no twin cases")
    ]
    assert list(lint_coverage((rule(),), (ACCEPTED, REFUSED), none)) == []
    assert list(lint_coverage((rule(level=Level.MAY),), (lonely,), none)) == []


def test_controls_and_drafts_alone_cover_no_rule() -> None:
    replace, none = msgspec.structs.replace, frozenset[str]()
    controls = [replace(case, control=True) for case in (ACCEPTED, REFUSED)]
    assert list(lint_coverage((rule(),), controls, none)) == [
        Finding(
            "rule tag.form", 0, "has controls alone, so no answer could show a breach"
        )
    ]
    drafts = [replace(case, status=Status.DRAFT) for case in (ACCEPTED, REFUSED)]
    assert list(lint_coverage((rule(),), drafts, none)) == [
        Finding("rule tag.form", 0, "is forced but has no case")
    ]


def test_one_of_two_twins_may_be_the_control() -> None:
    control = msgspec.structs.replace(ACCEPTED, control=True)
    assert messages(control, REFUSED) == []
    assert list(lint_coverage((rule(),), (control, REFUSED), frozenset())) == []


def test_rules_that_people_inspect_or_recipes_test_need_no_cases() -> None:
    inspected = rule(id="tag.other", tested="inspection: a person looks at it")
    on_wheels = rule(id="wheel.any")
    rules, elsewhere = (inspected, on_wheels, rule()), frozenset(("wheel.any",))
    assert list(lint_coverage(rules, (), elsewhere)) == [
        Finding("rule tag.form", 0, "is forced but has no case")
    ]


NINE = tuple(platform(name=arch, arch=arch, machine=arch) for arch in architectures())


def missing_architectures(*cases: Choose, **fields: object) -> list[str]:
    bound = rule(**fields)
    named = [msgspec.structs.replace(case, rule=bound.id) for case in cases]
    return [str(one) for one in lint_architectures([bound], named, NINE)]


def test_rule_with_twins_everywhere_is_asked_on_each_architecture() -> None:
    assert missing_architectures(ACCEPTED, REFUSED) == []


def test_rule_for_all_architectures_needs_both_twins_on_each() -> None:
    arches = tuple(arch for arch in architectures() if arch != "riscv64")
    one = msgspec.structs.replace(ACCEPTED, platform=Selector(arch=arches))

    (complaint,) = missing_architectures(one, REFUSED)

    assert complaint.endswith("has no twin cases on riscv64")


@pytest.mark.parametrize(
    "fields",
    [
        {"arch": "riscv64"},
        {"level": Level.SHOULD},
        {"id": "override.each-tag"},
    ],
)
def test_other_rules_need_no_twins_on_each_architecture(
    fields: dict[str, object],
) -> None:
    few = Selector(arch=("x86_64",))
    cases = [msgspec.structs.replace(one, platform=few) for one in (ACCEPTED, REFUSED)]

    assert missing_architectures(*cases, **fields) == []
