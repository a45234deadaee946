"""The policy that audits read is the specification's, and real systems bear it out."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest
from manylinux_reference.commands import write_policy
from manylinux_reference.commands.write_policy import policy_text
from manylinux_reference.reading.policy import (
    NEVER,
    PATH,
    Policy,
    architectures,
    dotted,
    elf_abi,
    version,
)
from manylinux_spec.folder import spec_folder

if TYPE_CHECKING:
    from pathlib import Path

DATA = spec_folder() / "data"
POLICIES = tomllib.loads((DATA / "policies.toml").read_text("utf-8"))
SURVEY = tomllib.loads((DATA / "survey.toml").read_text("utf-8"))
ARCHITECTURES = architectures()
TOO_OLD = {  # systems that ended before the level was made, and whose libraries lag
    "ubuntu-13.04": "glibc 2.17 with the libstdc++ of GCC 4.7",
}


def systems(arch: str) -> list[tuple[str, dict[str, object]]]:
    """Return the surveyed systems of an architecture."""
    return [
        (name, found[arch])
        for name, found in SURVEY.items()
        if arch in found and name not in TOO_OLD
    ]


def numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def test_text_is_what_the_writer_makes_of_the_specification() -> None:
    with open(PATH, encoding="utf-8") as file:  # noqa: PTH123 - as the reader does
        assert file.read() == policy_text()


def test_writer_writes_the_file_that_audits_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = f"{tmp_path}/policy.txt"
    monkeypatch.setattr(write_policy, "PATH", target)
    write_policy.write()
    monkeypatch.setattr("manylinux_reference.reading.policy.PATH", target)
    assert architectures() == ARCHITECTURES


def test_unknown_architecture_has_no_policy() -> None:
    with pytest.raises(KeyError, match="mips64"):
        Policy("mips64")


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_policy_has_every_node_of_the_specification(arch: str) -> None:
    policy = Policy(arch)
    expected = {
        f"{namespace}_{node}": version(level)
        for level, spaces in POLICIES["nodes"][arch].items()
        for namespace, nodes in spaces.items()
        for node in nodes
    }
    assert policy.nodes == expected
    listed = [version(level) for level in POLICIES["levels"]]
    assert set(policy.nodes.values()) <= set(policy.levels) <= set(listed)
    assert policy.levels[0] == version(POLICIES["first-level"][arch])


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_namespaces_have_providers_that_are_allowed(arch: str) -> None:
    policy = Policy(arch)
    assert {node.partition("_")[0] for node in policy.nodes} <= set(policy.providers)
    allowed = policy.pep_599.keys() | policy.additional.keys()
    exceptions = POLICIES["exceptions"].get(arch, {})
    never = {library for library, level in exceptions.items() if level == "never"}
    providing = {library for each in policy.providers.values() for library in each}
    assert providing - never <= allowed
    assert policy.pep_599.keys() | never >= POLICIES["libraries"]["pep-599"].keys()
    assert not allowed & (policy.withdrawn | never)


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_systems_have_every_node_of_the_levels_they_accept(arch: str) -> None:
    for name, facts in systems(arch):
        for node, level in Policy(arch).nodes.items():
            namespace, _, suffix = node.partition("_")
            newest = facts.get(namespace)
            if level <= version(str(facts["glibc"])) and newest and numbered(node):
                assert numbers(suffix) <= numbers(str(newest)), f"{name}: {node}"


def numbered(node: str) -> list[str]:
    return re.findall(r"(?<=_)[0-9.]+$", node) if node.count("_") == 1 else []


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_systems_have_every_named_node_of_the_levels_they_accept(arch: str) -> None:
    for name, facts in systems(arch):
        named = facts.get("named")
        assert named is None or isinstance(named, list), name
        wanted = {
            node
            for node, level in Policy(arch).nodes.items()
            if level <= version(str(facts["glibc"])) and not numbered(node)
        }
        assert named is None or wanted <= set(named), name


ROWS = {
    row["name"]: row
    for row in tomllib.loads((DATA / "architectures.toml").read_text("utf-8"))[
        "architecture"
    ]
}


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_policy_has_the_elf_facts_of_the_specification(arch: str) -> None:
    policy, row = Policy(arch), ROWS[arch]
    assert (policy.arch, policy.bits) == (arch, row["bits"])
    assert policy.machine == row["e_machine_number"]
    assert policy.big_endian is (row["byte_order"] == "big")
    assert policy.flags_mask == row["e_flags_mask"]
    assert policy.flags_value == row["e_flags_value"]
    assert policy.loader == row["loader"]
    assert policy.loader_name == row["loader"].rpartition("/")[2]
    assert policy.oldest_node == version(row["oldest_node"])
    assert policy.oldest_system == version(row["oldest_system"])
    assert policy.first_level == version(POLICIES["first-level"][arch])


def test_libraries_and_symbols_are_those_of_the_specification() -> None:
    policy = Policy("x86_64")
    libraries = POLICIES["libraries"]
    assert policy.withdrawn == set(libraries["withdrawn"])
    assert policy.missing == POLICIES["missing"]
    assert policy.providers == POLICIES["providers"]
    assert policy.forbidden == [
        (
            row["library"],
            version(row["below"]) if "below" in row else NEVER,
            tuple(name.encode() for name in row["symbols"]),
        )
        for row in POLICIES["forbidden"]
    ]


@pytest.mark.parametrize(
    ("text", "level"), [("2.17", (2, 17)), ("2.2.5", (2, 2)), ("10.0", (10, 0))]
)
def test_version_is_major_and_minor(text: str, level: tuple[int, int]) -> None:
    assert version(text) == level
    assert dotted(level) == ".".join(text.split(".")[:2])


def test_libraries_are_allowed_from_a_level_on() -> None:
    policy = Policy("x86_64")
    assert set(policy.pep_599.values()) == {(2, 5)}
    assert set(policy.additional.values()) <= set(policy.levels)


@pytest.mark.parametrize(
    ("arch", "abi"),
    [
        ("x86_64", (64, 62, False, 0, 0)),
        ("i686", (32, 3, False, 0, 0)),
        ("armv7l", (32, 40, False, 0xFF000400, 0x05000400)),  # EABI 5, hard float
        ("ppc64", (64, 21, True, 2, 0)),
        ("ppc64le", (64, 21, False, 3, 2)),  # ELFv2
        ("s390x", (64, 22, True, 0, 0)),
        ("riscv64", (64, 243, False, 0xE, 4)),  # double float
        ("vax", None),
    ],
)
def test_files_of_an_architecture_look_so(
    arch: str, abi: tuple[int, int, bool, int, int] | None
) -> None:
    assert elf_abi(arch) == abi
