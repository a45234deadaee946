"""Rules on symbols, and which names have to be looked for to decide them."""

from __future__ import annotations

from manylinux_reference.mutants.rule import never, rule
from manylinux_reference.rules.wheel.finding import Finding, no_findings, shifted
from manylinux_reference.rules.wheel.versions import node_level

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from manylinux_reference.reading.elf import Elf
    from manylinux_reference.reading.elf_symbols import Question
    from manylinux_reference.reading.wheel import Wheel
    from manylinux_reference.rules.wheel.policy import Policy, Version

PYFPE = b"PyFPE_jbuf"


def question(policy: Policy, level: Version) -> Callable[[Wheel], Question]:
    """Return what to look for in the files of a wheel whose oldest claim is a level."""

    def of_wheel(wheel: Wheel) -> Question:
        init = "none" in wheel.abis or bool(narrow_abis(wheel))

        def of_file(elf: Elf) -> tuple[list[bytes], list[int]]:
            names = [PYFPE, *(init_functions(elf) if init else ())]
            for library, _, symbols in policy.forbidden:
                if library in elf.needed:
                    names += symbols
            late = [
                index
                for _, node, _, index in elf.version_needs
                if node_level(node, policy) > level
            ]
            return names, late

        return of_file

    return of_wheel


def init_functions(elf: Elf) -> tuple[bytes, bytes]:
    """Return the init functions of an extension module, for Python 3 and for 2."""
    stem = elf.base_name.partition(".")[0].encode()
    return b"PyInit_" + stem, b"init" + stem


def narrow_abis(wheel: Wheel) -> list[str]:
    """Return the ABI tags that leave CPython 2's Unicode width open."""
    if not any(python in ("cp26", "cp27", "py2", "py27") for python in wheel.pythons):
        return []
    return [abi for abi in wheel.abis if not abi.endswith(("m", "mu"))]


def symbols(elf: Elf, wheel: Wheel, policy: Policy) -> Iterator[Finding]:
    """Yield what is wrong with the symbols that a file refers to."""
    for check in (from_glibc_2_18, from_zlib, resolved, pyfpe):
        yield from check(elf, wheel, policy)


@rule("wheel.symbols.weak", off=never)
def may_be_missing(elf: Elf, symbol: bytes) -> bool:
    """Return whether a symbol is referred to weakly alone, so that null will do."""
    return elf.undefined[symbol]


def _forbidden(
    elf: Elf, wheel: Wheel, policy: Policy, *, zlib: bool
) -> Iterator[Finding]:
    identifier = "wheel.symbols.zlib" if zlib else "wheel.symbols.glibc-2-18"
    for library, level, names in policy.forbidden:
        if zlib != (library == "libz.so.1") or library not in elf.needed:
            continue
        for symbol in names:
            if symbol not in elf.undefined or library in wheel.contained:
                continue
            if may_be_missing(elf, symbol):
                continue
            name = symbol.decode()
            text = f"refers to {name}, which {library} need not have"
            yield Finding(
                identifier, elf.name, text, holds_from=level, library=library,
                symbol=name,
            )  # fmt: skip


def _from_glibc_2_18(elf: Elf, wheel: Wheel, policy: Policy) -> Iterator[Finding]:
    return _forbidden(elf, wheel, policy, zlib=False)


@rule(
    "wheel.symbols.glibc-2-18",
    off=no_findings,
    earlier=shifted(_from_glibc_2_18, -1),
    later=shifted(_from_glibc_2_18, 1),
)
def from_glibc_2_18(elf: Elf, wheel: Wheel, policy: Policy) -> Iterator[Finding]:
    """Yield the symbols that glibc 2.18 introduced."""
    return _from_glibc_2_18(elf, wheel, policy)


def _from_zlib(elf: Elf, wheel: Wheel, policy: Policy) -> Iterator[Finding]:
    return _forbidden(elf, wheel, policy, zlib=True)


@rule(
    "wheel.symbols.zlib",
    off=no_findings,
    earlier=shifted(_from_zlib, -1),
    later=shifted(_from_zlib, 1),
)
def from_zlib(elf: Elf, wheel: Wheel, policy: Policy) -> Iterator[Finding]:
    """Yield zlib's internal and late names."""
    return _from_zlib(elf, wheel, policy)


@rule("wheel.symbols.resolved", off=no_findings)
def resolved(elf: Elf, _wheel: Wheel, _policy: Policy) -> Iterator[Finding]:
    """Yield advice if nothing the file needs can provide an undefined symbol."""
    if not elf.is_shared_object or elf.needed:
        return
    for symbol, weak in elf.undefined.items():
        if not weak and not symbol.startswith((b"Py", b"_Py")):
            name = symbol.decode("utf-8", "backslashreplace")
            text = f"refers to {name} and needs no library that could have it"
            yield Finding(
                "wheel.symbols.resolved", elf.name, text, advice=True, symbol=name
            )


@rule("wheel.symbols.pyfpe", off=no_findings)
def pyfpe(elf: Elf, _wheel: Wheel, _policy: Policy) -> Iterator[Finding]:
    """Yield a finding if the file wants an interpreter built with fpectl."""
    if PYFPE in elf.undefined:
        text = "refers to PyFPE_jbuf, which interpreters without fpectl do not have"
        yield Finding("wheel.symbols.pyfpe", elf.name, text, symbol="PyFPE_jbuf")
