"""Rules on the wheel as a whole: tags, RECORD, where ELF files lie, ABI tags."""

from __future__ import annotations

from manylinux_reference.mutants.rule import rule
from manylinux_reference.reading.unusable import UnusableError, printable
from manylinux_reference.rules import tags
from manylinux_reference.rules.wheel.finding import Finding, no_findings
from manylinux_reference.rules.wheel.symbols import init_functions, narrow_abis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from manylinux_reference.reading.elf import Elf
    from manylinux_reference.reading.wheel import Wheel

UNLISTED = ("RECORD", "RECORD.jws", "RECORD.p7s")
ENOUGH = 20  # members that RECORD misses; the first tell the story


def contents(wheel: Wheel) -> Iterator[Finding]:
    """Yield what is wrong with the wheel as a whole."""
    for check in (metadata, one_triple_per_line, both_spellings, has_elf, record):
        yield from check(wheel)
    yield from root_is_purelib(wheel)
    for elf in wheel.elves:
        yield from purelib(elf)
        yield from unicode_width(elf, wheel)
        yield from abi_not_none(elf, wheel)


def _tag_lines(wheel: Wheel) -> list[str]:
    try:
        lines = wheel.metadata.get("tag", [])
        return [tag for line in lines for tag in tags.expand(line)]
    except tags.InvalidTagSetError as error:
        raise UnusableError(f"a Tag line of WHEEL: {error}") from error


@rule("wheel.tags.metadata", off=no_findings)
def metadata(wheel: Wheel) -> Iterator[Finding]:
    """Yield a finding if the filename and WHEEL name different tags."""
    named = {tag.lower() for tag in wheel.tags}
    listed = {tag.lower() for tag in _tag_lines(wheel)}
    if named == listed:
        return
    only = sorted(named - listed) or sorted(listed - named)
    where = "the filename" if named - listed else "WHEEL"
    text = f"{printable(only[0])} stands in {where} alone"
    yield Finding("wheel.tags.metadata", "WHEEL", text)


@rule("wheel.tags.one-triple-per-line", off=no_findings)
def one_triple_per_line(wheel: Wheel) -> Iterator[Finding]:
    """Yield advice if a Tag line holds a compressed set."""
    for line in wheel.metadata.get("tag", []):
        if "." in line:
            text = f"the Tag line {printable(line)} holds a set"
            yield Finding("wheel.tags.one-triple-per-line", "WHEEL", text, advice=True)
            return


@rule("wheel.tags.both-spellings", off=no_findings)
def both_spellings(wheel: Wheel) -> Iterator[Finding]:
    """Yield advice for each level that has a legacy name and stands in one spelling."""
    for tag in wheel.platforms:
        promise = tags.parse(tag)
        if promise is None:
            continue
        legacy = tags.legacy_spellings(promise[2]).get(promise[:2])
        perennial = tags.canonical(promise)
        for other in (legacy, perennial):
            if legacy and other and other not in wheel.platforms:
                text = f"{tag} without {other}, the other spelling"
                yield Finding("wheel.tags.both-spellings", "", text, advice=True)


@rule("wheel.contents.elf", off=no_findings)
def has_elf(wheel: Wheel) -> Iterator[Finding]:
    """Yield a finding if nothing in the wheel is for one architecture only."""
    if not any(elf.is_loadable for elf in wheel.elves):
        text = "contains no executable and no shared object"
        yield Finding("wheel.contents.elf", "", text)


@rule("wheel.contents.record", off=no_findings)
def record(wheel: Wheel) -> Iterator[Finding]:
    """Yield a finding for members that RECORD lacks, or lists without a hash."""
    missing = [
        name
        for name in wheel.members
        if not wheel.record.get(name) and not _is_record(name)
    ]
    for name in missing[:ENOUGH]:
        how = "without a hash" if name in wheel.record else "not at all"
        yield Finding("wheel.contents.record", name, f"is listed in RECORD {how}")


def _is_record(name: str) -> bool:
    folder, _, base = name.rpartition("/")
    return folder.endswith(".dist-info") and base in UNLISTED


@rule("wheel.layout.purelib", off=no_findings)
def purelib(elf: Elf) -> Iterator[Finding]:
    """Yield a finding if an ELF file lies in the folder for pure Python."""
    if ".data/purelib/" in elf.name:
        yield Finding("wheel.layout.purelib", elf.name, "lies in the purelib folder")


@rule("wheel.layout.root-is-purelib", off=no_findings)
def root_is_purelib(wheel: Wheel) -> Iterator[Finding]:
    """Yield a finding if ELF files are installed as if they were pure Python."""
    if wheel.metadata.get("root-is-purelib", [""])[0].lower() == "false":
        return
    for elf in wheel.elves:
        if not elf.name.partition("/")[0].endswith(".data"):
            text = "lies in the root, which WHEEL does not declare as platlib"
            yield Finding("wheel.layout.root-is-purelib", elf.name, text)
            return


@rule("wheel.abi.unicode-width", off=no_findings)
def unicode_width(elf: Elf, wheel: Wheel) -> Iterator[Finding]:
    """Yield a finding if an extension for CPython 2 fits narrow and wide builds."""
    function = init_functions(elf)[1]
    if function in elf.exports and narrow_abis(wheel):
        text = f"an extension module under the ABI tag {narrow_abis(wheel)[0]}"
        yield Finding("wheel.abi.unicode-width", elf.name, text)


@rule("wheel.abi.not-none", off=no_findings)
def abi_not_none(elf: Elf, wheel: Wheel) -> Iterator[Finding]:
    """Yield advice if an extension for one ABI of Python 3 hides that in its tag."""
    function = init_functions(elf)[0]
    if function in elf.exports and "none" in wheel.abis:
        text = f"exports {function.decode()}, and the ABI tag is none"
        yield Finding("wheel.abi.not-none", elf.name, text, advice=True)
