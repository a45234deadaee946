"""Rules on what happens when a file is loaded: stack, search path, instruction set."""

from __future__ import annotations

from manylinux_reference.reading.elf import Elf
from manylinux_reference.reading.policy import Policy
from manylinux_reference.rules import decides
from manylinux_reference.rules.wheel.places import ORIGINS, installed
from manylinux_reference.rules.wheel.report import Finding, Findings

PF_X = 1
ISA_BASELINE = 1  # GNU_PROPERTY_X86_ISA_1_BASELINE; 2, 4 and 8 are v2, v3 and v4


def loading(elf: Elf, policy: Policy) -> Findings:
    """Yield what is wrong with how a file wants to be loaded."""
    for check in (executable_stack, stack_header, text_relocations, static_tls):
        yield from check(elf)
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
def stack_header(elf: Elf) -> Findings:
    """Yield a finding if there is no PT_GNU_STACK.

    The loader then takes the architecture's default (glibc, ``stackinfo.h``).
    """
    if elf.stack is None:
        text = "has no PT_GNU_STACK program header"
        yield Finding("wheel.stack.header", elf.name, text)


@decides("wheel.relocations.text")
def text_relocations(elf: Elf) -> Findings:
    """Yield advice if the loader has to write into the code (gABI, DT_TEXTREL)."""
    if elf.textrel:
        text = "has relocations against its text"
        yield Finding("wheel.relocations.text", elf.name, text, advice=True)


@decides("wheel.tls.static")
def static_tls(elf: Elf) -> Findings:
    """Yield advice if a shared object wants static thread-local storage.

    The space for it is small and shared (gABI, DF_STATIC_TLS).
    """
    if elf.static_tls and elf.is_shared_object:
        text = "is marked DF_STATIC_TLS"
        yield Finding("wheel.tls.static", elf.name, text, advice=True)


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
    if policy.arch == "x86_64" and elf.isa_needed & ~ISA_BASELINE:
        text = f"GNU_PROPERTY_X86_ISA_1_NEEDED is {elf.isa_needed:#x}"
        yield Finding("wheel.isa.property", elf.name, text)


def executables(elf: Elf, policy: Policy) -> Findings:
    """Yield what is wrong with a program, or a file without dynamic section."""
    yield from interpreter(elf, policy)
    yield from launcher(elf)


@decides("wheel.executable.interpreter", "wheel.executable.static")
def interpreter(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if a program names another loader, or needs one and has none.

    The path is part of each ABI (gABI, Program Interpreter); a statically linked
    program has no dynamic section and needs none.
    """
    if not (elf.is_executable and elf.dynamic):
        return
    if elf.interpreter != policy.loader and (elf.interpreter or elf.needed):
        text = f"PT_INTERP is {elf.interpreter}, {policy.arch} has {policy.loader}"
        yield Finding("wheel.executable.interpreter", elf.name, text)


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
