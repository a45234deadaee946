"""The normative tables: every reader refuses damage, and the data agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_spec.aliases import aliases, read_aliases, spellings
from manylinux_spec.architectures import architectures, read_architectures
from manylinux_spec.distributions import distributions, read_distributions
from manylinux_spec.folder import data_file
from manylinux_spec.input_files import InputError
from manylinux_spec.policies import (
    NEVER,
    Libraries,
    Policies,
    policies,
    read_policies,
)

READERS: dict[str, Callable[[Path], object]] = {
    "aliases": read_aliases,
    "architectures": read_architectures,
    "distributions": read_distributions,
    "policies": read_policies,
}
VERSION = re.compile(r"2\.\d+(\.\d+)?")


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


@pytest.mark.parametrize(("name", "read"), READERS.items(), ids=READERS)
class TestEveryReader:
    def test_unknown_key_is_refused(
        self, name: str, read: Callable[[Path], object], tmp_path: Path
    ) -> None:
        path = tmp_path / "table.toml"
        path.write_text("colour = 'red'\n" + data_file(name).read_text())
        with pytest.raises(InputError, match=r"table\.toml: .*unknown field `colour`"):
            read(path)

    def test_unknown_key_of_a_row_is_refused(
        self, name: str, read: Callable[[Path], object], tmp_path: Path
    ) -> None:
        path = tmp_path / "table.toml"
        text = data_file(name).read_text()
        damaged = re.sub(
            r"^\[\[\w+\]\]$", r"\g<0>\ncolour = 1", text, flags=re.MULTILINE
        )
        path.write_text(damaged)
        with pytest.raises(InputError, match=r"unknown field `colour` - at `\$\."):
            read(path)

    def test_missing_key_is_refused(
        self, name: str, read: Callable[[Path], object], tmp_path: Path
    ) -> None:
        path = tmp_path / f"{name}.toml"
        path.write_text("")
        with pytest.raises(
            InputError, match=rf"{name}\.toml: .*missing required field"
        ):
            read(path)

    def test_half_a_file_is_refused(
        self, name: str, read: Callable[[Path], object], tmp_path: Path
    ) -> None:
        path = tmp_path / "table.toml"
        text = data_file(name).read_text()
        path.write_text(text[: text.rindex('"')])
        with pytest.raises(InputError, match=r"table\.toml: "):
            read(path)

    def test_missing_file_is_named(
        self, name: str, read: Callable[[Path], object], tmp_path: Path
    ) -> None:
        with pytest.raises(InputError, match=rf"{name}\.toml: No such file"):
            read(tmp_path / f"{name}.toml")


class TestArchitectures:
    def test_there_are_nine(self) -> None:
        names = "x86_64 i686 aarch64 armv7l ppc64 ppc64le s390x riscv64 loongarch64"
        assert list(architectures()) == names.split()

    @pytest.mark.parametrize("name", architectures())
    def test_value_of_the_flags_lies_within_the_mask(self, name: str) -> None:
        row = architectures()[name]
        assert row.e_flags_value & ~row.e_flags_mask == 0
        assert bool(row.e_flags_mask) is bool(row.e_flags_reason)

    @pytest.mark.parametrize("name", architectures())
    def test_kernel_may_say_the_name_of_the_tag(self, name: str) -> None:
        assert architectures()[name].kernels[0] == name

    @pytest.mark.parametrize("name", architectures())
    def test_floor_and_first_glibc_are_versions(self, name: str) -> None:
        row = architectures()[name]
        assert VERSION.fullmatch(row.floor)
        assert VERSION.fullmatch(row.first_glibc)

    @pytest.mark.parametrize("name", architectures())
    def test_no_system_is_older_than_the_oldest_one(self, name: str) -> None:
        oldest = version(architectures()[name].oldest_system)
        for row in distributions():
            if name in row.architectures:
                assert oldest <= version(row.glibc), row.name

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            ("bits = 64", "bits = 16", "Invalid enum value 16"),
            ('order = "little"', 'order = "middle"', "Invalid enum value 'middle'"),
            ("e_machine_number = 62", 'e_machine_number = "62"', "Expected `int`"),
        ],
    )
    def test_value_that_no_elf_file_has_is_refused(
        self, old: str, new: str, reason: str, tmp_path: Path
    ) -> None:
        text = data_file("architectures").read_text()
        path = tmp_path / "architectures.toml"
        assert old in text
        path.write_text(text.replace(old, new, 1))
        with pytest.raises(InputError, match=reason):
            read_architectures(path)


class TestAliases:
    def test_there_are_eleven(self) -> None:
        assert len(aliases()) == 11

    @pytest.mark.parametrize("alias", aliases(), ids=lambda alias: str(alias.legacy))
    def test_tags_are_made_of_their_parts(self, alias: object) -> None:
        [row] = [one for one in aliases() if one == alias]
        assert row.legacy == f"{row.family}_{row.arch}"
        assert row.perennial == f"manylinux_{row.major}_{row.minor}_{row.arch}"
        assert row.attribute == f"{row.family}_compatible"

    def test_families_are_those_that_the_architectures_name(self) -> None:
        found = {
            name: tuple(row.family for row in aliases() if row.arch == name)
            for name in architectures()
        }
        assert found == {name: row.legacy for name, row in architectures().items()}

    @pytest.mark.parametrize(
        ("level", "arch", "tags"),
        [
            ("2.5", "i686", ("manylinux1_i686", "manylinux_2_5_i686")),
            ("2_12", "x86_64", ("manylinux2010_x86_64", "manylinux_2_12_x86_64")),
            ("2.17", "s390x", ("manylinux2014_s390x", "manylinux_2_17_s390x")),
            ("2.5", "s390x", ("manylinux_2_5_s390x",)),
            ("2.28", "x86_64", ("manylinux_2_28_x86_64",)),
            ("2.17", "riscv64", ("manylinux_2_17_riscv64",)),
        ],
    )
    def test_spellings_of_a_level(
        self, level: str, arch: str, tags: tuple[str, ...]
    ) -> None:
        assert spellings(level, arch) == tags
        assert list(tags) == sorted(tags), "byte order"


class TestPolicies:
    def test_levels_are_glibc_versions_oldest_first(self) -> None:
        levels = [version(level) for level in policies().levels]
        assert levels == sorted(set(levels))

    def test_every_architecture_has_data_from_its_first_level_on(self) -> None:
        found = {arch: next(iter(nodes)) for arch, nodes in policies().nodes.items()}
        assert found == policies().first_level
        assert list(found) == list(architectures())

    def test_nodes_are_of_known_levels_and_namespaces(self) -> None:
        for levels in policies().nodes.values():
            assert set(levels) <= set(policies().levels)
            for added in levels.values():
                assert set(added) <= set(policies().providers)

    def test_no_level_adds_a_node_that_an_older_one_has(self) -> None:
        for arch, levels in policies().nodes.items():
            for namespace in policies().providers:
                nodes = [
                    node
                    for level in levels
                    for node in policies().added_nodes(arch, level, namespace)
                ]
                assert len(nodes) == len(set(nodes)), (arch, namespace)

    def test_libraries_are_of_one_kind_and_of_known_levels(self) -> None:
        groups = policies().libraries
        kinds = [groups.pep_599, groups.additional, groups.withdrawn]
        names = [name for kind in kinds for name in kind]
        assert len(names) == len(set(names))
        since = {*groups.pep_599.values(), *groups.additional.values()}
        assert since <= set(policies().levels)
        assert len(groups.pep_599) == 19, "PEP 599 has nineteen"

    def test_forbidden_symbols_are_of_allowed_libraries(self) -> None:
        allowed = {**policies().libraries.pep_599, **policies().libraries.additional}
        for entry in policies().forbidden:
            assert entry.library in allowed
            assert entry.symbols
            assert entry.below is None or VERSION.fullmatch(entry.below)

    def test_levels_go_from_the_first_to_the_last_with_data(self) -> None:
        data = Policies(
            revision=1,
            levels=("2.1", "2.2", "2.3", "2.4", "2.5"),
            first_level={"a": "2.2"},
            libraries=Libraries({}, {}, {}, {}),
            exceptions={},
            missing={},
            providers={},
            libgcc_nodes={},
            forbidden=(),
            decision=(),
            nodes={"a": {"2.2": {}, "2.4": {"GLIBC": ("2.4",)}}},
        )
        assert data.levels_of("a") == ("2.2", "2.3", "2.4")
        assert data.added_nodes("a", "2.4", "GLIBC") == ("2.4",)
        assert data.added_nodes("a", "2.4", "GCC") == ()
        assert data.added_nodes("a", "2.3", "GLIBC") == ()

    def test_exceptions_are_of_listed_libraries_and_known_levels(self) -> None:
        everywhere = policies().libraries.pep_599 | policies().libraries.additional
        for arch, exceptions in policies().exceptions.items():
            assert arch in architectures()
            assert set(exceptions) <= set(everywhere)
            assert set(exceptions.values()) <= {*policies().levels, NEVER}
        assert set(policies().missing) <= set(everywhere)

    @pytest.mark.parametrize(
        ("arch", "library", "level"),
        [
            ("x86_64", "libnsl.so.1", "2.5"),
            ("loongarch64", "libnsl.so.1", None),
            ("x86_64", "libmvec.so.1", "2.24"),
            ("aarch64", "libmvec.so.1", "2.38"),
            ("riscv64", "libmvec.so.1", None),
            ("s390x", "libatomic.so.1", "2.24"),
            ("i686", "libatomic.so.1", "2.17"),
        ],
    )
    def test_library_is_allowed_from_the_level_that_has_it_there(
        self, arch: str, library: str, level: str | None
    ) -> None:
        assert policies().allowed_libraries(arch).get(library) == level

    def test_library_is_allowed_no_earlier_than_its_first_node(self) -> None:
        for arch, levels in policies().nodes.items():
            first = next(level for level in levels if "LIBATOMIC" in levels[level])
            allowed = policies().allowed_libraries(arch)["libatomic.so.1"]
            assert max(version(allowed), version(policies().first_level[arch])) == (
                version(first)
            )

    def test_architecture_without_data_is_a_key_error(self) -> None:
        with pytest.raises(KeyError):
            policies().levels_of("mips")
        with pytest.raises(KeyError):
            policies().added_nodes("mips", "2.17", "GLIBC")


class TestDistributions:
    def test_names_are_unique(self) -> None:
        names = [row.name for row in distributions()]
        assert len(names) == len(set(names))

    def test_architectures_are_known(self) -> None:
        for row in distributions():
            assert row.architectures
            assert set(row.architectures) <= set(architectures())

    def test_newest_node_is_not_newer_than_the_release(self) -> None:
        for row in distributions():
            node = row.newest_node.removeprefix("GLIBC_")
            assert version(node)[:2] <= version(row.glibc)[:2], row.name
