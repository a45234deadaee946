"""Causes: where they show, and what each kind has to bring as evidence."""

import msgspec
import pytest
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.tools.causes import Cause, Kind, Shows, problems
from tests.builders import audit_line, result_line

ISSUE = "https://github.com/pypa/pip/issues/10760"
SOURCE = "https://github.com/pypa/pip/blob/26.3/src/pip/tags.py#L1-L9"
PEP = "https://peps.python.org/pep-0600/#package-installers"
CAUSE = Cause(
    id="linux-last",
    kind=Kind.UNREPORTED,
    why="The linux tag is ranked last.",
    shows=(Shows(rules=("installer.order.*",), cases=("before-*",)),),
)
RESULT = result_line("installer.order.linux/before-legacy", verdict=Verdict.FAIL)


@pytest.mark.parametrize(
    ("place", "covered"),
    [
        (Shows(rules=("installer.order.linux",)), True),
        (Shows(rules=("tag.*", "installer.*")), True),
        (Shows(rules=("tag.*",)), False),
        (Shows(rules=("*",), cases=("after-*",)), False),
        (Shows(rules=("*",), cases=("installer.*",)), False),
        (Shows(rules=("*",), platforms=("glibc-*",)), True),
        (Shows(rules=("*",), platforms=("debian-*",)), False),
        (Shows(rules=("*",), versions=("26.*",)), True),
        (Shows(rules=("*",), versions=("20.9",)), False),
    ],
)
def test_a_cause_shows_by_rule_case_and_platform(place: Shows, covered: bool) -> None:
    cause = msgspec.structs.replace(CAUSE, shows=(place,))
    assert cause.covers(RESULT, "26.3", Role.INSTALLER) is covered


@pytest.mark.parametrize(
    ("fields", "covered"),
    [
        ({"versions": ("20.*", "26.3")}, True),
        ({"versions": ("20.*",)}, False),
        ({"roles": (Role.INSTALLER,)}, True),
        ({"roles": (Role.TAG_LIBRARY,)}, False),
    ],
)
def test_a_cause_is_one_of_versions_and_roles(
    fields: dict[str, object], covered: bool
) -> None:
    cause = msgspec.structs.replace(CAUSE, **fields)
    assert cause.covers(RESULT, "26.3", Role.INSTALLER) is covered


def test_a_cause_about_a_wheel_goes_by_its_architecture() -> None:
    audited = audit_line(
        "wheel.needed.allowed/refused", arch="s390x", verdict=Verdict.FAIL
    )
    for platform, covered in (("s390x", True), ("aarch64", False)):
        place = Shows(rules=("wheel.*",), platforms=(platform,))
        cause = msgspec.structs.replace(CAUSE, shows=(place,))
        assert cause.covers(audited, "6.8", Role.AUDITOR) is covered


@pytest.mark.parametrize(
    ("kind", "links", "problem"),
    [
        (Kind.ACKNOWLEDGED, (ISSUE,), ""),
        (Kind.ACKNOWLEDGED, (SOURCE, "https://git.example.org/a/-/issues/7"), ""),
        (Kind.ACKNOWLEDGED, ("https://discuss.python.org/t/tags/12",), ""),
        (Kind.ACKNOWLEDGED, (), "issue, pull request"),
        (Kind.ACKNOWLEDGED, (SOURCE, PEP), "issue, pull request"),
        (Kind.BY_DESIGN, (ISSUE,), ""),
        (Kind.BY_DESIGN, ("https://docs.example.org/tags",), ""),
        (Kind.BY_DESIGN, ("https://github.com/a/b/blob/main/docs/tags.md",), ""),
        (Kind.BY_DESIGN, (), "document or decision"),
        (Kind.BY_DESIGN, (SOURCE,), "document or decision"),
        (Kind.DISPUTE, (PEP,), ""),
        (Kind.DISPUTE, (SOURCE,), "objection"),
        (Kind.UNREPORTED, (), ""),
        (Kind.NOT_SUPPORTED, (SOURCE,), ""),
        (Kind.UNREPORTED, ("see pip 10760",), "'see pip 10760' is no link"),
        (Kind.UNREPORTED, ("http://example.org",), "is no link"),
    ],
)
def test_a_kind_needs_its_links(
    kind: Kind, links: tuple[str, ...], problem: str
) -> None:
    cause = msgspec.structs.replace(CAUSE, kind=kind, links=links)
    said = list(problems(cause))
    assert bool(said) is bool(problem)
    assert all(problem in line for line in said)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"why": "It is so."}, ["'why' must be a sentence"]),
        ({"why": ""}, ["'why' must be a sentence"]),
        ({"why": "It is just so."}, []),
        ({"why_kind": "It differs."}, ["'why_kind' must be a sentence"]),
    ],
)
def test_a_reason_has_at_least_four_words(
    fields: dict[str, str], said: list[str]
) -> None:
    assert list(problems(msgspec.structs.replace(CAUSE, **fields))) == said
