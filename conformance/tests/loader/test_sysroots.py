"""Sysroots: what a stub library exports, read back with an ordinary ELF reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerDefSection, GNUVerSymSection
from elftools.elf.sections import SymbolTableSection
from hypothesis import given, settings
from hypothesis import strategies as st
from manylinux_conformance.loader import sysroots
from manylinux_conformance.loader.installed_glibc import installed_exports
from manylinux_conformance.loader.loaders import find_loader
from manylinux_conformance.loader.stub_library import Stub, StubSymbol, write_stub
from manylinux_conformance.loader.sysroots import glibc_stubs, releases, stubs, sysroot
from manylinux_fixtures.elf.architectures import ARCHITECTURES
from manylinux_spec.architectures import architectures

Exported = tuple[str, str, int, bool]


def exported(path: Path) -> Iterator[Exported]:
    """Yield (symbol, node, size, default) of a library, by way of pyelftools."""
    with path.open("rb") as file:
        elf = ELFFile(file)
        symbols = elf.get_section_by_name(".dynsym")
        versions = elf.get_section_by_name(".gnu.version")
        definitions = elf.get_section_by_name(".gnu.version_d")
        assert isinstance(symbols, SymbolTableSection)
        assert isinstance(versions, GNUVerSymSection)
        assert isinstance(definitions, GNUVerDefSection)
        names = {
            version["vd_ndx"]: next(iter(auxiliaries)).name
            for version, auxiliaries in definitions.iter_versions()
        }
        for number, symbol in enumerate(symbols.iter_symbols()):
            index = versions.get_symbol(number)["ndx"]
            if number:
                default = not index & 0x8000
                yield symbol.name, names[index & 0x7FFF], symbol["st_size"], default


names = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
symbol_sets = st.dictionaries(
    st.tuples(names, st.sampled_from(["N_1", "N_2"])),
    st.tuples(st.integers(0, 4096), st.booleans()),
    max_size=20,
)


@pytest.mark.parametrize("arch", ARCHITECTURES)
@settings(max_examples=settings().max_examples // 5)
@given(symbols=symbol_sets)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    arch: str,
    symbols: dict[tuple[str, str], tuple[int, bool]],
) -> None:
    wanted = [
        StubSymbol(name, node, size, default)
        for (name, node), (size, default) in symbols.items()
    ]
    path = tmp_path_factory.mktemp("stub") / "libx.so.1"
    stub = Stub("libx.so.1", ("N_1", "N_2"), tuple(wanted))
    path.write_bytes(write_stub(stub, architectures()[arch]))
    assert list(exported(path)) == [
        (each.name, each.node, each.size, each.default) for each in wanted
    ]


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_a_stub_is_of_its_architecture(arch: str, tmp_path: Path) -> None:
    facts = ARCHITECTURES[arch]
    path = tmp_path / "libx.so.1"
    path.write_bytes(write_stub(Stub("libx.so.1", ()), architectures()[arch]))
    with path.open("rb") as file:
        header = ELFFile(file)
        assert header.elfclass == facts.bits
        assert header.little_endian == (facts.order.value == "little")
        assert header.header["e_machine"] == architectures()[arch].e_machine
        mask = architectures()[arch].e_flags_mask
        assert header.header["e_flags"] & mask == facts.flags & mask
        assert header.get_section_by_name(".dynamic") is not None


@pytest.mark.parametrize("arch", sorted(ARCHITECTURES.keys() - {"ppc64"}))
def test_releases_begin_with_the_first_and_end_with_the_newest(arch: str) -> None:
    first = {"riscv64": 27, "loongarch64": 36, "aarch64": 17, "ppc64le": 17}
    known = releases(arch)
    assert known[0] == (2, first.get(arch, 5))
    assert known[-1] >= (2, 41)
    assert known == sorted(known)


def symbols_of(arch: str, release: tuple[int, int], soname: str) -> set[str]:
    stub = next(each for each in stubs(arch, release) if each.soname == soname)
    return {f"{each.name}@{each.node}" for each in stub.symbols}


@pytest.mark.parametrize(
    ("release", "soname", "symbol", "there"),
    [
        ((2, 35), "libc.so.6", "arc4random@GLIBC_2.36", False),
        ((2, 36), "libc.so.6", "arc4random@GLIBC_2.36", True),
        ((2, 33), "libc.so.6", "pthread_create@GLIBC_2.2.5", False),
        ((2, 33), "libpthread.so.0", "pthread_create@GLIBC_2.2.5", True),
        ((2, 34), "libc.so.6", "pthread_create@GLIBC_2.2.5", True),
        ((2, 34), "libc.so.6", "pthread_create@GLIBC_2.34", True),
        ((2, 33), "libc.so.6", "malloc_get_state@GLIBC_2.2.5", True),
        ((2, 34), "libc.so.6", "malloc_get_state@GLIBC_2.2.5", False),
        ((2, 17), "libanl.so.1", "getaddrinfo_a@GLIBC_2.2.5", True),
        ((2, 34), "ld-linux-x86-64.so.2", "__rseq_offset@GLIBC_2.35", False),
        ((2, 35), "ld-linux-x86-64.so.2", "__rseq_offset@GLIBC_2.35", True),
    ],
)
def test_a_symbol_is_there_from_its_release_on(
    release: tuple[int, int], soname: str, symbol: str, there: bool
) -> None:
    assert (symbol in symbols_of("x86_64", release, soname)) is there


@pytest.mark.parametrize(
    ("release", "soname", "name", "default"),
    [
        ((2, 30), "libm.so.6", "__exp_finite", True),
        ((2, 31), "libm.so.6", "__exp_finite", False),
        ((2, 31), "libc.so.6", "xdr_quad_t", True),
        ((2, 32), "libc.so.6", "xdr_quad_t", False),
        ((2, 34), "libm.so.6", "exp", True),
    ],
)
def test_a_symbol_may_be_there_for_old_files_alone(
    release: tuple[int, int], soname: str, name: str, default: bool
) -> None:
    stub = next(each for each in stubs("x86_64", release) if each.soname == soname)
    found = [each.default for each in stub.symbols if each.name == name]
    assert any(found) is default


@pytest.mark.parametrize(
    ("arch", "release", "soname", "node", "there"),
    [
        ("x86_64", (2, 35), "libc.so.6", "GLIBC_ABI_DT_RELR", False),
        ("x86_64", (2, 36), "libc.so.6", "GLIBC_ABI_DT_RELR", True),
        ("aarch64", (2, 17), "libc.so.6", "GLIBC_2.18", True),
        ("ppc64le", (2, 17), "libc.so.6", "GLIBC_2.18", False),
        # Debian 11's libc.so.6 of 2.31 has no GLIBC_2.31; its libpthread.so.0 has.
        ("x86_64", (2, 31), "libc.so.6", "GLIBC_2.31", False),
        ("x86_64", (2, 31), "libpthread.so.0", "GLIBC_2.31", True),
        ("x86_64", (2, 17), "libstdc++.so.6", "GLIBCXX_3.4.19", True),
        ("x86_64", (2, 17), "libstdc++.so.6", "GLIBCXX_3.4.20", False),
        ("x86_64", (2, 20), "libstdc++.so.6", "CXXABI_TM_1", True),
        ("aarch64", (2, 17), "libgcc_s.so.1", "GLIBC_2.0", True),
        ("x86_64", (2, 17), "libgcc_s.so.1", "GLIBC_2.0", False),
        ("x86_64", (2, 24), "libmvec.so.1", "GLIBC_2.22", True),
    ],
)
def test_a_library_defines_the_nodes_of_its_level(
    arch: str, release: tuple[int, int], soname: str, node: str, there: bool
) -> None:
    stub = next(each for each in stubs(arch, release) if each.soname == soname)
    assert (node in stub.nodes) is there


@pytest.mark.parametrize(
    ("release", "soname", "there"),
    [
        ((2, 5), "libexpat.so.1", False),
        ((2, 12), "libexpat.so.1", True),
        ((2, 17), "libmvec.so.1", False),
        ((2, 17), "libX11.so.6", True),
        ((2, 44), "libcrypt.so.1", False),
    ],
)
def test_a_library_is_there_where_its_level_allows_it(
    release: tuple[int, int], soname: str, there: bool
) -> None:
    assert (soname in {stub.soname for stub in stubs("x86_64", release)}) is there


def test_no_library_has_private_symbols() -> None:
    assert not any(
        "PRIVATE" in node for s in stubs("x86_64", (2, 36)) for node in s.nodes
    )


def test_a_sysroot_is_written_once(tmp_path: Path) -> None:
    folder = sysroot("x86_64", (2, 17), tmp_path)
    written = (folder / "libc.so.6").stat().st_mtime_ns
    assert sysroot("x86_64", (2, 17), tmp_path) == folder
    assert (folder / "libc.so.6").stat().st_mtime_ns == written
    assert [each.name for each in folder.parent.iterdir()] == [folder.name]


def test_a_sysroot_that_breaks_off_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bytes:
        raise OSError("no space left on device")

    monkeypatch.setattr(sysroots, "write_stub", full)
    with pytest.raises(OSError, match="no space"):
        sysroot("x86_64", (2, 17), tmp_path)
    assert list((tmp_path / "sysroots").iterdir()) == []


def test_a_sysroot_that_another_process_wrote_meanwhile_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sysroot("x86_64", (2, 17), tmp_path)
    monkeypatch.setattr(Path, "is_dir", _first_time_no(Path.is_dir))
    assert sysroot("x86_64", (2, 17), tmp_path) == real


def _first_time_no(real: Callable[[Path], bool]) -> Callable[[Path], bool]:
    asked: list[Path] = []

    def answer(path: Path) -> bool:
        asked.append(path)
        return len(asked) > 1 and real(path)

    return answer


INSTALLED = ("x86_64", "armv7l", "s390x")  # both widths, both byte orders


@pytest.mark.parametrize(
    "arch", [arch for arch in INSTALLED if find_loader(arch) is not None]
)
def test_a_sysroot_has_the_symbols_of_the_installed_glibc(arch: str) -> None:
    """Debian's real libraries of each architecture against the stubs of that release.

    Placeholders, which only keep a node alive, are left out.
    """
    real = installed_exports(arch)
    release = max(export.version[:2] for export in real)
    present = {
        (export.symbol, export.node)
        for export in real
        if "_version_placeholder" not in export.symbol
    }
    known = {
        (symbol.name, symbol.node)
        for stub in glibc_stubs(arch, release)
        for symbol in stub.symbols
    }
    assert known == present
