"""Refusals: why a wheel does not fit an environment, as one reason with its rule."""

from __future__ import annotations

from dataclasses import dataclass

from manylinux_reference.rules import tags
from manylinux_reference.rules.installer import eligibility
from manylinux_reference.rules.installer.choice import preference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from manylinux_reference.reading.wheel.filename import WheelName
    from manylinux_reference.rules.installer.choice import PythonRanks
    from manylinux_reference.rules.installer.order import Ranks
    from manylinux_reference.rules.installer.platform import Environment

SYSTEMS = {  # the first word of other systems' tags (PyPA, Platform compatibility tags)
    "win32": "Windows",
    "win": "Windows",
    "macosx": "macOS",
    "ios": "iOS",
    "android": "Android",
    "pyodide": "Pyodide",
    "emscripten": "Emscripten",
    "wasi": "WASI",
}
TAGS, MUSL, PYTHON = "PEP 425", "PEP 656", "PEP 425"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason; ``rule`` is a rule's identifier, or the PEP where no rule is ours.

    ``distance`` is lower the less would have to be different.
    """

    reason: str
    rule: str
    distance: int = 0


def refusal(wheel: WheelName, pythons: PythonRanks, ranks: Ranks) -> Refusal | None:
    """Return why a wheel does not fit, or None if it does.

    Raises OverrideError if the ``_manylinux`` module breaks.
    """
    if preference(wheel, pythons, ranks) is not None:
        return None
    try:
        members = tags.set_members(tags.fold_case(wheel.platform))
        fits = ranks[wheel.platform] is not None
        python = pythons[wheel.python, wheel.abi]
    except tags.InvalidTagSetError as error:
        return Refusal(str(error), TAGS)
    if not fits:
        found = (_platform(one, ranks.environment, ranks.module) for one in members)
        return min(found, key=lambda one: (one.distance, one.reason))
    if python is None:
        return _python(wheel, pythons)
    reason = f"its ABI {wheel.abi} is that of one platform, so 'any' fits nothing"
    return Refusal(reason, TAGS)


def here(environment: Environment) -> str:
    """Name an environment: ``x86_64 with glibc 2.36``."""
    machine = environment.arch or ", ".join(environment.linux) or "no Linux"
    if environment.glibc:
        return f"{machine} with glibc {_dotted(environment.glibc)}"
    if environment.musl:
        return f"{machine} with musl {_dotted(environment.musl)}"
    return machine


def _python(wheel: WheelName, pythons: PythonRanks) -> Refusal:
    """Say what is wrong with a pair of Python and ABI tags (PEP 425, Use)."""
    own, abi = next(iter(pythons))
    wanted = f"{wheel.python} with ABI {wheel.abi}"
    reason = f"it is for {wanted}, this Python is {own} with ABI {abi}"
    return Refusal(reason, PYTHON)


def _platform(tag: str, environment: Environment, module: ModuleType | None) -> Refusal:
    promise = tags.parse(tag)
    if promise is None:
        return _no_manylinux(tag, environment)
    (version, arch), mine = promise, environment.arch
    needs = f"it needs glibc {_dotted(version)}"
    if not environment.linux and not mine:
        return Refusal("it is for Linux, this is not", "platform.linux-only", 3)
    if not eligibility.fits_architecture(arch, mine):
        known = mine or f"a machine ({here(environment)}) that no such tag names"
        rule = "installer.architecture.equal"
        return Refusal(f"it is for {arch}, this is {known}", rule, 2)
    if environment.glibc is None:
        reason = f"{needs}, and this is {here(environment)}"
        return Refusal(reason, "platform.glibc-only")
    if not eligibility.fits_glibc(version, environment.glibc):
        reason = f"{needs} or newer, this system has {_dotted(environment.glibc)}"
        return Refusal(reason, "installer.glibc.at-least", 1)
    return _vetoed(module)


def _vetoed(module: ModuleType | None) -> Refusal:
    where = getattr(module, "__file__", None) or "its folder"
    return Refusal(f"the _manylinux module in {where} forbids it", "override.boolean")


def _no_manylinux(tag: str, environment: Environment) -> Refusal:
    word, _, machine = tag.partition("_")
    if word == "linux":
        reason = f"it is for the machine {machine} that built it, this is"
        return Refusal(f"{reason} {here(environment)}", "tag.linux.promises-nothing", 2)
    if word == "musllinux":
        reason = f"{tag[:80]} is for a machine with that musl, this is"
        return Refusal(f"{reason} {here(environment)}", MUSL, 3)
    if word in SYSTEMS:
        reason = f"it is for {SYSTEMS[word]}, this is {here(environment)}"
        return Refusal(reason, TAGS, 4)
    return Refusal(f"{tag[:80]} is no platform tag of Linux", "tag.form", 5)


def _dotted(version: tags.Version) -> str:
    return f"{version[0]}.{version[1]}"
