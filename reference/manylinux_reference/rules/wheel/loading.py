"""Rules on what happens when a file is loaded: stack, search path, instruction set."""

from __future__ import annotations

from manylinux_reference.reading.elf.file import (
    DF_1_NOOPEN,
    DF_1_PIE,
    ET_DYN,
    ET_EXEC,
    Elf,
    is_library_name,
)
from manylinux_reference.reading.policy import Policy
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules import decides
from manylinux_reference.rules.findings import Finding, Findings
from manylinux_reference.rules.wheel.places import ORIGINS, installed

PF_X = 1
EXECUTABLE_STACKS = ("x86_64", "i686", "armv7l", "s390x")  # without PT_GNU_STACK
KERNEL_IGNORED_FROM = (2, 36)
TLS_RESERVE = 1664  # bytes for all that is loaded while a process runs
TLS_ALIGNMENT = 64  # bytes of that of the thread's own block (TCB_ALIGNMENT)
LINUX = 0  # the system of NT_GNU_ABI_TAG
# GNU_PROPERTY_X86_ISA_1_BASELINE, which has SSE2; 2, 4 and 8 are v2, v3 and v4.
ISA_BASELINES = {"x86_64": 1, "i686": 0}
ISA_LEVELS = {2: "x86-64-v2", 4: "x86-64-v3", 8: "x86-64-v4"}


def loading(elf: Elf, policy: Policy) -> Findings:
    """Yield what is wrong with how a file wants to be loaded."""
    for check in (executable_stack, text_relocations, static_tls):
        yield from check(elf)
    for compared in (stack_header, segments, kernel):
        yield from compared(elf, policy)
    for element in elf.runpaths:
        yield from runpath(elf, element)
    yield from isa_property(elf, policy)


@decides("wheel.stack.executable")
def executable_stack(elf: Elf) -> Findings:
    """Yield a finding if PT_GNU_STACK asks for an executable stack.

    glibc 2.41 refuses to load such files at run time (``elf/dl-load.c``).
    """
    if elf.stack is not None and elf.stack & PF_X:
        text = "PT_GNU_STACK asks for an executable stack"
        yield Finding("wheel.stack.executable", elf.name, text)


@decides("wheel.stack.header")
def stack_header(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if the loader has to assume an executable stack.

    Without PT_GNU_STACK it takes the architecture's default (glibc, ``stackinfo.h``).
    """
    if elf.stack is None and policy.arch in EXECUTABLE_STACKS:
        text = f"has no PT_GNU_STACK, which on {policy.arch} means executable"
        yield Finding("wheel.stack.header", elf.name, text)


@decides("wheel.relocations.text")
def text_relocations(elf: Elf) -> Findings:
    """Yield advice if the loader has to write into the code (gABI, DT_TEXTREL)."""
    if elf.textrel:
        text = "has relocations against its text: it was compiled without -fPIC"
        yield Finding("wheel.relocations.text", elf.name, text, advice=True)


@decides("wheel.tls.static")
def static_tls(elf: Elf) -> Findings:
    """Yield advice if a shared object wants static thread-local storage.

    The space for it is small and shared (gABI, DF_STATIC_TLS; glibc goes by the
    relocations, ``CHECK_STATIC_TLS``).
    """
    if elf.is_shared_object and (elf.static_tls or (elf.tls and elf.tls_relocations)):
        how = "is marked" if elf.static_tls else "has relocations"
        text = f"{how} for static thread-local storage, of which a process has little"
        yield Finding("wheel.tls.static", elf.name, text, advice=True)


@decides("wheel.shared-object.no-open")
def no_open(elf: Elf, needed: set[str]) -> Findings:
    """Yield a finding if a shared object refuses dlopen (glibc, ``elf/dl-load.c``).

    Or a file that another one needs, whatever it is.
    """
    is_opened = elf.is_shared_object or elf.base_name in needed
    if is_opened and elf.flags_1 & DF_1_NOOPEN:
        text = "is marked DF_1_NOOPEN: it cannot be imported, nor what needs it"
        yield Finding("wheel.shared-object.no-open", elf.name, text)


@decides("wheel.segments.alignment")
def segments(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if the kernel's pages can be too large for a segment.

    Loaders before glibc 2.35 compare p_align with the page, newer ones the places
    (``elf/dl-load.c``), and the former want offset and address to be the same where
    p_align is 0; two segments in one page overwrite each other.
    """
    page, behind = policy.page, 0
    for load in elf.loads:
        reason, align = "", max(load.align, page)
        if load.align % page or not load.align:
            reason = (
                f"is aligned to {load.align:#x}, and a page can have {page:#x} bytes"
            )
        elif (load.address - load.offset) % align:
            reason = f"has an offset and an address that differ modulo {align:#x}"
        elif load.address // page < behind:
            reason = f"shares a page of {page:#x} bytes with the one before"
        if reason:
            text = f"a segment (PT_LOAD) {reason}"
            yield Finding(
                "wheel.segments.alignment", elf.name, text, offset=load.offset
            )
            return
        behind = -(-load.end // page)


@decides("wheel.kernel.note")
def kernel(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if NT_GNU_ABI_TAG asks for a newer kernel than all systems have.

    Loaders before glibc 2.36 then do not find the file (``elf/dl-load.c``); a
    program's note is read by nobody, as the kernel opens it.
    """
    if elf.kernel is None or elf.is_executable:
        return
    system, *version = elf.kernel
    if system != LINUX or tuple(version[:2]) > policy.kernel:
        wanted = f"Linux {'.'.join(map(str, version))}"
        text = f"NT_GNU_ABI_TAG asks for {'another system' if system else wanted}"
        yield Finding(
            "wheel.kernel.note", elf.name, text, min_level=KERNEL_IGNORED_FROM
        )


def libraries(wheel: Wheel) -> Findings:
    """Yield what is wrong with files that are loaded by their names."""
    needed = {name for elf in wheel.elves for name in elf.needed}
    for elf in wheel.elves:
        yield from shared_object(elf, needed)
        yield from no_open(elf, needed)
    yield from tls_reserve(wheel)


@decides("wheel.tls.reserve")
def tls_reserve(wheel: Wheel) -> Findings:
    """Yield a finding for static thread-local storage that no process has room for.

    glibc, ``TLS_STATIC_SURPLUS``; what a program is started with needs no reserve.
    """
    asking = [
        elf for elf in wheel.elves if elf.tls and (elf.tls_relocations or elf.tls_used)
    ]
    if not asking:
        return
    started = _brought([elf for elf in wheel.elves if elf.is_executable], wheel)
    static = {elf.name: elf for elf in asking if elf.name not in started}
    for elf in list(static.values()):
        if elf.tls > TLS_RESERVE or elf.tls_align > TLS_ALIGNMENT:
            text = f"has {elf.tls} bytes of static thread-local storage"
            text += f", aligned to {elf.tls_align}"
            yield Finding("wheel.tls.reserve", elf.name, text)
            del static[elf.name]
    if sum(map(_room, static.values())) > TLS_RESERVE:
        for elf in wheel.elves:
            if elf.name not in started:
                yield from _reserve_together(elf, static, wheel)


def _reserve_together(elf: Elf, static: dict[str, Elf], wheel: Wheel) -> Findings:
    """Yield a finding if a file has no room beside the libraries that it needs."""
    brought = _brought([elf], wheel).values()
    total = sum(_room(each) for each in brought if each.name in static)
    if total > TLS_RESERVE:
        text = f"takes {total} bytes of static thread-local storage with its libraries"
        yield Finding("wheel.tls.reserve", elf.name, text)


def _room(elf: Elf) -> int:
    """Return how much a file takes; the next one begins at its own alignment.

    ``_dl_try_allocate_static_tls`` in glibc's ``elf/dl-reloc.c``.
    """
    return -(-elf.tls // max(elf.tls_align, 1)) * max(elf.tls_align, 1)


def _brought(first: list[Elf], wheel: Wheel) -> dict[str, Elf]:
    """Return files together with the contained libraries that come with them."""
    found: dict[str, Elf] = {}
    left = [*first]
    while left:
        elf = left.pop()
        if elf.name not in found:
            wheel.budget.steps.spend(1 + len(elf.links))
            found[elf.name] = elf
            left += [link for link in elf.links.values() if isinstance(link, Elf)]
    return found


@decides("wheel.shared-object.type")
def shared_object(elf: Elf, needed: set[str]) -> Findings:
    """Yield a finding if a library or module is no file that can be loaded.

    glibc, ``elf/dl-load.c``: executables and files for debuggers are refused.
    """
    name = elf.base_name
    if not (is_library_name(name) or name in needed) or not elf.has_machine_of_tag:
        return
    reason = ""
    if elf.type != ET_DYN:
        reason = "no shared object"
    elif elf.flags_1 & DF_1_PIE:
        reason = "an executable, marked DF_1_PIE"
    elif not elf.dynamic:
        reason = "without a dynamic section"
    if reason:
        text = f"is named or needed as a library and is {reason}"
        yield Finding("wheel.shared-object.type", elf.name, text)


@decides("wheel.runpath.origin")
def runpath(elf: Elf, element: str) -> Findings:
    """Yield a finding if an element of the search path leads out of the wheel.

    ld.so(8) says what ``$ORIGIN`` and the other tokens stand for.
    """
    reason = _refusal(element, len(installed(elf.name)) - 2)
    if reason:
        text = f"searches {element!r} for libraries: {reason}"
        yield Finding("wheel.runpath.origin", elf.name, text, path=element)


def _refusal(element: str, depth: int) -> str:
    start, slash, rest = element.partition("/")
    if not element:
        return "an empty element is the working directory"
    if start not in ORIGINS:
        return "not below $ORIGIN"
    if "$" in rest:
        return "what the loader puts there differs between systems"
    for part in rest.split("/") if slash else ():
        depth += {"": 0, ".": 0, "..": -1}.get(part, 1)
        if depth < 0:
            return "outside the installed tree"
    return ""


@decides("wheel.isa.property")
def isa_property(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if the property note needs more than the baseline.

    x86-64 psABI, GNU_PROPERTY_X86_ISA_1_NEEDED.
    """
    baseline = ISA_BASELINES.get(policy.arch)
    if baseline is not None and elf.isa_needed & ~baseline:
        levels = [name for bit, name in ISA_LEVELS.items() if elf.isa_needed & bit]
        level = levels[-1] if levels else "more than the baseline"
        text = f"needs a processor with {level} (ISA_1_NEEDED is {elf.isa_needed:#x})"
        yield Finding("wheel.isa.property", elf.name, text)


def executables(elf: Elf, policy: Policy) -> Findings:
    """Yield what is wrong with a program, or a file without dynamic section."""
    yield from interpreter(elf, policy)
    yield from filtering(elf)
    yield from launcher(elf)


@decides("wheel.executable.interpreter", "wheel.executable.static")
def interpreter(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if a program names another loader, or needs one and has none.

    The path is part of each ABI (gABI, Program Interpreter); a statically linked
    program needs no library and none.
    """
    if not elf.is_executable or elf.is_static:
        return
    if elf.interpreter != policy.loader:
        asked = elf.interpreter or "no loader"
        text = f"asks for {asked} (PT_INTERP), and {policy.arch} has {policy.loader}"
        yield Finding("wheel.executable.interpreter", elf.name, text)


@decides("wheel.executable.filters")
def filtering(elf: Elf) -> Findings:
    """Yield a finding if a program is a filter.

    The loader puts the filtered library before the file, and takes the first one for
    the program (glibc, ``elf/dl-deps.c``, ``elf/rtld.c``).
    """
    if elf.is_executable and elf.is_filter:
        text = "is a program with DT_FILTER or DT_AUXILIARY, which libraries have"
        yield Finding("wheel.executable.filters", elf.name, text)


@decides("wheel.executable.type")
def program(elf: Elf) -> Findings:
    """Yield a finding if what is installed as a program is none.

    Linux, ``fs/binfmt_elf.c``: the kernel starts two types of files.
    """
    if elf.is_script and (elf.debug or elf.type not in (ET_EXEC, ET_DYN)):
        text = "is installed as a program, and no executable"
        yield Finding("wheel.executable.type", elf.name, text)


@decides("wheel.executable.launcher")
def launcher(elf: Elf) -> Findings:
    """Yield advice if a script folder's program needs a contained library.

    PEP 427, The .data directory: scripts go to a folder of the environment.
    """
    if ".data/scripts/" not in elf.name:
        return
    if any(isinstance(found, Elf) for found in elf.links.values()):
        text = "is installed away from the package, and needs a contained library"
        yield Finding("wheel.executable.launcher", elf.name, text, advice=True)
