"""The auditor's rules are those of the specification, with its levels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from manylinux_reference import audit_command, mutation
from manylinux_reference.audit_bundled import is_unique
from manylinux_reference.audit_loading import runpath
from manylinux_reference.audit_versions import provider
from manylinux_reference.auditing import report_on
from manylinux_reference.elf import Elf
from manylinux_reference.policy import Policy
from manylinux_spec.folder import spec_folder

if TYPE_CHECKING:
    from manylinux_fixtures.corpus.fixtures import Fixture

BLOCK = re.compile(
    r"^:::\{rule\} (\S+)\n:level: (\S+)\n(?:.*\n)*?:tested: (\S+?):?(?: .*)?$",
    re.MULTILINE,
)
RULES = {
    identifier: (level, tested)
    for chapter in ("wheels.md", "auditors.md")
    for identifier, level, tested in BLOCK.findall(
        (spec_folder() / chapter).read_text("utf-8")
    )
}


def test_every_forced_rule_is_decided_by_a_function() -> None:
    forced = {rule for rule, (_, tested) in RULES.items() if tested == "forced"}
    assert audit_command.ALL_HOLD == 0  # loaded; mutations are found in what is
    decided = {rule for rule in mutation.mutations() if rule in RULES}
    assert forced == decided


def test_advice_is_what_the_specification_calls_should(
    corpus: dict[str, Fixture],
) -> None:
    for path in list(corpus)[::3]:
        report = report_on(path)
        for finding in report.advice:
            assert RULES[finding.rule][0] in ("should", "should-not"), finding.rule
        for claim in report.claims:
            for finding in claim.against:
                assert RULES[finding.rule][0] in ("must", "must-not"), finding.rule


@pytest.mark.parametrize(
    ("member", "element", "reason"),
    [
        ("a/b.so", "$ORIGIN", ""),
        ("a/b.so", "${ORIGIN}", ""),
        ("a/b.so", "$ORIGIN/", ""),
        ("a/b.so", "$ORIGIN/../a.libs", ""),
        ("a/b.so", "$ORIGIN/./../a.libs/.", ""),
        ("b.so", "$ORIGIN/a.libs", ""),
        ("b.so", "$ORIGIN/..", "outside the installed tree"),
        ("a/b.so", "$ORIGIN/../../lib", "outside the installed tree"),
        ("x-1.data/platlib/a/b.so", "$ORIGIN/..", ""),
        ("x-1.data/platlib/a/b.so", "$ORIGIN/../..", "outside the installed tree"),
        ("x-1.data/scripts/b", "$ORIGIN/../lib", ""),
        ("x-1.data/scripts/b", "$ORIGIN/../..", "outside the installed tree"),
        ("a/b.so", "", "an empty element is the working directory"),
        ("a/b.so", "/opt/lib", "not below $ORIGIN"),
        ("a/b.so", "lib", "not below $ORIGIN"),
        ("a/b.so", "$ORIGINAL/lib", "not below $ORIGIN"),
        ("a/b.so", "$ORIGIN/$LIB", "what the loader puts there differs"),
    ],
)
def test_search_path_stays_in_the_installed_tree(
    member: str, element: str, reason: str
) -> None:
    found = [finding.text for finding in runpath(Elf(member), element)]
    assert found == [] if not reason else reason in found[0]


@pytest.mark.parametrize(
    ("name", "unique"),
    [
        ("libfoo-1a2b3c4d.so.1", True),
        ("libfoo.so.1", False),
        ("libfoo-1a2b3c.so.1", False),  # too short to be a hash
        ("libfoo-1.2.3.4.so", False),
        ("libmy_project_core.so", True),  # the distribution is called my-project
        ("libMyProject.so.2", True),
    ],
)
def test_name_is_unique_by_hash_or_distribution(name: str, unique: bool) -> None:
    assert is_unique(name, "my_project") is unique


@pytest.mark.parametrize(
    ("arch", "library", "node", "right"),
    [
        ("x86_64", "libc.so.6", "GLIBC_2.2.5", True),
        ("x86_64", "ld-linux-x86-64.so.2", "GLIBC_2.3", True),
        ("x86_64", "libm.so.6", "GLIBCXX_3.4", False),
        ("x86_64", "libgcc_s.so.1", "GLIBC_2.2.5", False),
        ("i686", "libgcc_s.so.1", "GLIBC_2.0", True),  # both have the node
        ("i686", "libc.so.6", "GLIBC_2.0", True),
        ("aarch64", "libgcc_s.so.1", "GLIBC_2.0", True),
        ("aarch64", "libc.so.6", "GLIBC_2.0", False),  # older than the port
        ("x86_64", "libc.so.6", "FOOBAR_1", True),  # another rule's business
    ],
)
def test_node_is_needed_from_a_library_that_has_it(
    arch: str, library: str, node: str, right: bool
) -> None:
    need = (library, node, False, 2)
    assert list(provider(Elf("a.so"), need, Policy(arch))) == [] or not right
    assert len(list(provider(Elf("a.so"), need, Policy(arch)))) == (not right)
