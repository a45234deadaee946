"""The plan: what a role is asked, and which questions share a run of the tool."""

from pathlib import Path

import pytest
from manylinux_conformance.asking.plan import (
    CaseBatch,
    ShownPlatform,
    binds,
    plan_cases,
)
from manylinux_conformance.platforms.catalogue import read_containers
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.questions.case import Selector
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.questions.load import Load, Loaded
from manylinux_conformance.questions.parse import Parse
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.suite.rules import Subject
from tests.builders import build, choose, platform, rule

FEWEST_QUESTIONS = 60  # what a real system is asked at least
LIBRARY_RULE = rule(id="tag.listing", subjects=(Subject.TAG_LIBRARY,))
RULES = {"tag.form": rule(), "tag.listing": LIBRARY_RULE}
PLAIN = choose()
MODULE = choose(name="module", module="x = 1")
TARGET = choose(name="target", target="manylinux1_{arch}")
PARSE = Parse(rule="tag.form", name="parse", tag="linux_{arch}", valid=False)
LISTED = choose(name="listed", rule="tag.listing")
CHOICES = (PLAIN, MODULE, TARGET, LISTED)
LOAD = Load(
    rule="tag.form", name="load", built="2.17", claim="2.17", expect=Loaded.IMPORTED
)
SHOWN = (ShownPlatform(platform()),)


def planned(role: Role, *cases: AnyCase) -> tuple[CaseBatch[AnyCase], ...]:
    return plan_cases(role, cases, RULES, SHOWN, "3.11")


def names(role: Role, *cases: AnyCase) -> list[list[str]]:
    return [[case.name for case in batch.questions] for batch in planned(role, *cases)]


def test_an_installer_is_asked_only_what_binds_it() -> None:
    assert names(Role.INSTALLER, *CHOICES, PARSE) == [["plain"], ["module"], ["target"]]


def test_a_tag_library_answers_every_kind_of_question() -> None:
    assert names(Role.TAG_LIBRARY, PLAIN, MODULE, TARGET, PARSE, LISTED) == [
        ["plain", "parse", "listed"],
        ["module"],
        ["target"],
    ]


def test_what_a_platform_is_not_selected_for_is_not_planned() -> None:
    elsewhere = choose(platform=Selector(arch=("s390x",)))
    assert names(Role.INSTALLER, elsewhere) == []


def test_what_is_planned_has_its_placeholders_filled() -> None:
    batches = plan_cases(Role.INSTALLER, CHOICES, RULES, SHOWN, "3.11")
    (plain,) = batches[0].questions
    assert plain.offer == ("linux_x86_64",)
    assert batches[2].environment.target == "manylinux1_x86_64"


def test_the_interpreter_is_a_placeholder_too() -> None:
    case = choose("cp{python}-abi3-linux_{arch}")
    (batch,) = plan_cases(Role.INSTALLER, (case,), RULES, SHOWN, "3.11")
    assert batch.questions[0].offer == ("cp311-abi3-linux_x86_64",)


def test_a_batch_is_on_one_platform() -> None:
    both = (*SHOWN, ShownPlatform(platform(name="elsewhere")))
    batches = plan_cases(Role.INSTALLER, (PLAIN,), RULES, both, "3.11")
    assert [batch.platform for batch in batches] == [each.platform for each in both]


def test_a_batch_names_its_platform_and_the_shim_that_shows_it() -> None:
    shown = ShownPlatform(platform(), Path("shim.so"))
    (batch,) = plan_cases(Role.INSTALLER, (PLAIN,), RULES, [shown], "3.11")
    assert (batch.platform, batch.shim) == (platform(), Path("shim.so"))
    assert batch.name == batch.environment.id


@pytest.mark.parametrize(
    ("case", "subject", "roles"),
    [
        (PLAIN, Subject.INSTALLER, {Role.INSTALLER}),
        (PLAIN, Subject.TAG_LIBRARY, {Role.TAG_LIBRARY}),
        (PARSE, Subject.TAG_LIBRARY, {Role.TAG_LIBRARY}),
        (PARSE, Subject.INSTALLER, set()),
        (LOAD, Subject.WHEEL, {Role.LOADER}),
        (build(), Subject.BUILDER, {Role.BUILDER}),
        (build(), Subject.WHEEL, set()),
    ],
)
def test_a_rule_binds_the_roles_of_its_subjects_that_can_be_asked(
    case: AnyCase, subject: Subject, roles: set[Role]
) -> None:
    only = rule(subjects=(subject,))
    assert {role for role in Role if binds(only, role, case)} == roles


def test_every_real_system_is_asked_most_questions_of_installers() -> None:
    """One run of a tool answers these: no module, no target, nothing of its own."""
    suite = load_suite()
    cases = [case for case in suite.cases if isinstance(case, Choose)]
    asked = {}
    for container in read_containers():
        shown = ShownPlatform(container.platform("x86_64"))
        batches = plan_cases(Role.INSTALLER, cases, suite.rules, [shown], "3.11")
        plain = (b for b in batches if b.environment == Environment(shown.platform))
        asked[container.name] = sum(len(batch.questions) for batch in plain)

    assert {name: n for name, n in asked.items() if n < FEWEST_QUESTIONS} == {}
