"""The target that a question of the suite describes, instead of the running system."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from types import NoneType

from manylinux_reference.commands.questions import BadRequestError, text
from manylinux_reference.commands.target import Target
from manylinux_reference.reading.system import SystemAnswers
from manylinux_reference.rules.installer import override, platform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

ANSWERS: dict[str, type | tuple[type, ...]] = {  # a system's answers in JSON
    "platform": str,
    "confstr": (str, NoneType),
    "gnu_get_libc_version": (str, NoneType),
    "static": bool,
    "interpreter": str,
    "pointer_bits": int,
    "musl": str,
}
STANDARD_LIBRARY = "standard-library"
# Where a module can be found, in the order of an import path.
FOLDERS = ("working-directory", "pythonpath", STANDARD_LIBRARY, "site-packages")


def described_target(request: dict[str, object]) -> Target:
    """Return the target that a request describes.

    Raises BadRequestError for a wrong description, OverrideError if its module breaks.
    """
    systems = {"target": system_answers(request["answers"])}
    if "tool" in request:
        systems["tool"] = system_answers(request["tool"])
    environment = platform.detect(platform.decisive_system(systems))
    if "module" not in request:
        return Target(environment)
    place = text(request, "module_at") if "module_at" in request else STANDARD_LIBRARY
    return Target(environment, _module(text(request, "module"), place))


def system_answers(told: object) -> SystemAnswers:
    """Return the answers of a system as a request tells them.

    Raises BadRequestError for unknown or badly typed ones.
    """
    if not isinstance(told, dict) or "platform" not in told:
        raise BadRequestError("a system's answers are an object with a 'platform'")
    for name, value in told.items():
        if not isinstance(value, ANSWERS.get(name, ())):
            raise BadRequestError(f"{name!r} is not an answer of a system")
    header = bytes.fromhex(told.get("interpreter", ""))
    return SystemAnswers(**(told | {"interpreter": header}))


def _module(source: str, folder: str) -> ModuleType | None:
    """Return the module as found on an import path with folders of four kinds.

    Raises BadRequestError for a folder of another kind, OverrideError if the module
    breaks.
    """
    with TemporaryDirectory() as name:
        folders = {kind: Path(name, kind) for kind in FOLDERS}
        if folder not in folders:
            raise BadRequestError(f"a module is never found at {folder!r}")
        for path in folders.values():
            path.mkdir()
        (folders[folder] / f"{override.NAME}.py").write_text(source, encoding="utf-8")
        searched = [str(each) for each in folders.values()]
        return override.load(override.search_path(searched, searched[:1], searched[1]))
