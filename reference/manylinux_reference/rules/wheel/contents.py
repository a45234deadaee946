"""Rules on the wheel as a whole: tags, RECORD, where ELF files lie, ABI tags."""

from __future__ import annotations

from manylinux_reference.reading.elf.file import Elf, has_tag_of_module
from manylinux_reference.reading.policy import Policy
from manylinux_reference.reading.unusable import UnusableError, printable
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules import decides, tags
from manylinux_reference.rules.findings import Finding, Findings
from manylinux_reference.rules.wheel.header import is_data
from manylinux_reference.rules.wheel.record import record

TRIPLETS = {  # CPython's configure.ac, PLATFORM_TRIPLET
    "x86_64": "x86_64-linux-gnu",
    "i686": "i386-linux-gnu",
    "aarch64": "aarch64-linux-gnu",
    "armv7l": "arm-linux-gnueabihf",
    "ppc64": "powerpc64-linux-gnu",
    "ppc64le": "powerpc64le-linux-gnu",
    "s390x": "s390x-linux-gnu",
    "riscv64": "riscv64-linux-gnu",
    "loongarch64": "loongarch64-linux-gnu",
}
# Of what Python 3 calls, Python 2 calls, and Python 3.15 looks for first (PEP 793).
INIT_PREFIXES = (b"PyInit_", b"init", b"PyModExport_")
PYTHON_2 = frozenset({"cp26", "cp27", "py2", "py27"})


def contents(wheel: Wheel, policy: Policy) -> Findings:
    """Yield what is wrong with the wheel as a whole."""
    for check in (metadata, one_triple_per_line, both_spellings, has_elf, record):
        yield from check(wheel)
    yield from modules(wheel)
    yield from root_is_purelib(wheel)
    yield from case(wheel)
    yield from lower_case(wheel)
    yield from platform_any(wheel)
    for elf in wheel.elves:
        yield from module_suffix(elf, wheel, policy)
        yield from purelib(elf)
        yield from unicode_width(elf, wheel)
        yield from abi_not_none(elf, wheel)


def filename_tags(wheel: Wheel) -> list[str]:
    """Return the tags that a file name's three sets stand for.

    Raises UnusableError if one of the sets breaks a rule.
    """
    parts = (".".join(part) for part in (wheel.pythons, wheel.abis, wheel.platforms))
    try:
        return tags.expand("-".join(parts))
    except tags.InvalidTagSetError as error:
        raise UnusableError(f"the tags of its name: {error}") from error


def _tag_lines(wheel: Wheel) -> list[str]:
    try:
        lines = wheel.metadata.get("tag", [])
        return [tag for line in lines for tag in tags.expand(line)]
    except tags.InvalidTagSetError as error:
        raise UnusableError(f"a Tag line of WHEEL: {error}") from error


@decides("auditor.claims.metadata", "wheel.tags.metadata")
def metadata(wheel: Wheel) -> Findings:
    """Yield a finding if the file name and WHEEL name different tags.

    PyPA, Binary distribution format.
    """
    named = set(filename_tags(wheel))
    listed = set(_tag_lines(wheel))
    if named == listed:
        return
    only = sorted(named - listed) or sorted(listed - named)
    where = "the file name" if named - listed else "WHEEL"
    text = f"{printable(only[0])} is only in {where}"
    if len(only) > 1:
        text += f", and {len(only) - 1} more"
    yield Finding("wheel.tags.metadata", "WHEEL", text)


@decides("wheel.tags.one-triple-per-line")
def one_triple_per_line(wheel: Wheel) -> Findings:
    """Yield advice if a Tag line holds a compressed set (PEP 427, File contents)."""
    for line in wheel.metadata.get("tag", []):
        if "." in line:
            text = f"the Tag line {printable(line)} holds a set"
            yield Finding("wheel.tags.one-triple-per-line", "WHEEL", text, advice=True)
            return


@decides("wheel.tags.both-spellings")
def both_spellings(wheel: Wheel) -> Findings:
    """Yield advice for each level that has a legacy name and only one spelling.

    PEP 600, Legacy manylinux tags; auditwheel writes both.
    """
    for tag in wheel.platforms:
        promise = tags.parse(tag)
        if promise is None:
            continue
        version, arch = promise
        legacy = tags.legacy_spellings(arch).get(version)
        perennial = tags.canonical(promise)
        for other in (legacy, perennial):
            if legacy and other and other not in wheel.platforms:
                text = f"{tag} without {other}, the other spelling"
                yield Finding("wheel.tags.both-spellings", "", text, advice=True)


@decides("wheel.contents.elf")
def has_elf(wheel: Wheel) -> Findings:
    """Yield a finding if nothing in the wheel is for one architecture only.

    PEP 425, Platform Tag.
    """
    if all(is_data(elf) for elf in wheel.elves):
        text = "contains no executable and no shared object"
        yield Finding("wheel.contents.elf", "", text)


@decides("wheel.contents.module")
def modules(wheel: Wheel) -> Findings:
    """Yield a finding for what is named as a module of an ABI and is no ELF file.

    glibc, ``elf/dl-load.c``: "invalid ELF header", or "file too short".
    """
    named = {name for name in wheel.members if name.endswith(".so")}
    for name in sorted(named.difference(elf.name for elf in wheel.elves)):
        if has_tag_of_module(name.rpartition("/")[2]):
            text = "is named like an extension module, and is no ELF file"
            yield Finding("wheel.contents.module", name, text)


@decides("tag.case.lower")
def lower_case(wheel: Wheel) -> Findings:
    """Yield advice for a tag with capitals, which uv takes for one that it knows not.

    The PEPs write every tag in lower case.
    """
    for tag in (*wheel.pythons, *wheel.abis, *wheel.platforms):
        if tag != tag.lower():
            text = f"{tag} is not in lower case, and some installers do not read it"
            yield Finding("tag.case.lower", "the file name", text, advice=True)


@decides("wheel.contents.case")
def case(wheel: Wheel) -> Findings:
    """Yield advice for names that differ in case alone.

    Some file systems keep one of the two: decided here.
    """
    seen: dict[str, str] = {}
    for name in wheel.members:
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            text = f"differs from {printable(other)} in case alone"
            yield Finding("wheel.contents.case", name, text, advice=True)


@decides("wheel.tags.any")
def platform_any(wheel: Wheel) -> Findings:
    """Yield advice if a wheel for any platform contains files for one (PEP 425)."""
    if "any" in wheel.platforms:
        for elf in wheel.elves:
            text = "is for one machine, and the platform tag any promises every one"
            yield Finding("wheel.tags.any", elf.name, text, advice=True)


@decides("wheel.abi.module-suffix")
def module_suffix(elf: Elf, wheel: Wheel, policy: Policy) -> Findings:
    """Yield advice if no interpreter that takes the wheel imports a module so named.

    CPython's ``importlib.machinery.EXTENSION_SUFFIXES``.
    """
    if elf.base_name.endswith(".abi3.so") and _is_free_threaded(wheel):
        text = "is named for the ABI abi3, which free-threaded interpreters do not have"
        yield Finding("wheel.abi.module-suffix", elf.name, text, advice=True)
    _, _, suffix = elf.base_name.partition(".cpython-")
    version, _, machine = suffix.removesuffix(".so").partition("-")
    if not suffix.endswith(".so"):
        return
    if not _is_for(version, wheel):
        text = f"is named for CPython {version}, which no tag of the wheel names"
    elif machine and machine != TRIPLETS[policy.arch]:
        text = f"is named for {machine}, and {policy.arch} is {TRIPLETS[policy.arch]}"
    else:
        return
    yield Finding("wheel.abi.module-suffix", elf.name, printable(text), advice=True)


def _is_free_threaded(wheel: Wheel) -> bool:
    """Return whether all interpreters that take the wheel have no global lock."""
    return all(abi[:2] == "cp" and abi[-1] == "t" for abi in wheel.abis)


def _is_for(soabi: str, wheel: Wheel) -> bool:
    """Return whether a CPython with an SOABI such as cpython-313t takes the wheel."""
    if all(abi[:2] == "cp" for abi in wheel.abis):
        return f"cp{soabi}" in wheel.abis
    version = soabi.rstrip("dmut")
    if f"cp{version}" in wheel.pythons or any(p[:2] == "py" for p in wheel.pythons):
        return True
    oldest = (p[2:] for p in wheel.pythons if p[:3] == "cp3" and p[2:].isdecimal())
    newer = any(_minor(version) >= _minor(python) for python in oldest)
    return "abi3" in wheel.abis and newer


def _minor(version: str) -> int:
    return int(version[1:]) if version[1:].isdecimal() else -1


@decides("wheel.layout.purelib")
def purelib(elf: Elf) -> Findings:
    """Yield a finding if an ELF file lies in the folder for pure Python (PEP 427)."""
    if ".data/purelib/" in elf.name:
        yield Finding("wheel.layout.purelib", elf.name, "lies in the purelib folder")


@decides("wheel.layout.root-is-purelib")
def root_is_purelib(wheel: Wheel) -> Findings:
    """Yield a finding if ELF files are installed as if they were pure Python.

    PEP 427, File contents.
    """
    if wheel.metadata.get("root-is-purelib", [""])[0].lower() == "false":
        return
    for elf in wheel.elves:
        if not elf.name.partition("/")[0].endswith(".data"):
            text = "lies in the root, which WHEEL does not declare as platlib"
            yield Finding("wheel.layout.root-is-purelib", elf.name, text)
            return


@decides("wheel.abi.unicode-width")
def unicode_width(elf: Elf, wheel: Wheel) -> Findings:
    """Yield a finding if an extension for CPython 2 fits narrow and wide builds.

    PEP 513, UCS-2 vs UCS-4 builds.
    """
    abis = narrow_abis(wheel)
    if abis and INIT_PREFIXES[1] + elf.stem in elf.exports:
        text = f"an extension module under the ABI tag {abis[0]}"
        yield Finding("wheel.abi.unicode-width", elf.name, text)


def narrow_abis(wheel: Wheel) -> list[str]:
    """Return the ABI tags that leave CPython 2's Unicode width open."""
    if PYTHON_2.isdisjoint(wheel.pythons):
        return []
    return [abi for abi in wheel.abis if not abi.endswith(("m", "mu"))]


@decides("wheel.abi.not-none")
def abi_not_none(elf: Elf, wheel: Wheel) -> Findings:
    """Yield advice if an extension for one ABI of Python 3 hides that in its tag.

    PEP 425, ABI Tag.
    """
    if "none" not in wheel.abis:
        return
    for prefix in (INIT_PREFIXES[0], INIT_PREFIXES[2]):
        function = prefix + elf.stem
        if function in elf.exports:
            text = f"exports {function.decode()}, and the ABI tag is none"
            yield Finding("wheel.abi.not-none", elf.name, text, advice=True)
            return
