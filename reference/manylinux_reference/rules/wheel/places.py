"""Where the members of a wheel are once it is installed, and where ``$ORIGIN`` leads.

PyPA, Binary distribution format, Installing a wheel; ``sysconfig``'s schemes put the
``scripts`` of ``.data`` into ``bin`` of the folder that gets its ``data``.
"""

from __future__ import annotations

from bisect import bisect_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.reading.elf.file import Elf
    from manylinux_reference.reading.wheel.reader import Wheel

ORIGINS = ("$ORIGIN", "${ORIGIN}")
SITE, PREFIX = "site", "prefix"  # the two folders into which a wheel is installed
SCHEMES = {
    "platlib": (SITE,),
    "purelib": (SITE,),
    "data": (PREFIX,),
    "scripts": (PREFIX, "bin"),
    "headers": (PREFIX, "include"),
}


def installed(name: str) -> list[str]:
    """Return the parts of the path at which a member is installed."""
    first, *others = name.split("/")
    if first.endswith(".data") and others[1:]:
        key, *below = others
        return [*SCHEMES.get(key, (PREFIX, key)), *below]
    return [SITE, first, *others]


def folder_of(name: str) -> str:
    """Return the folder in which a member is installed."""
    return "/".join(installed(name)[:-1])


class Places:
    """The files and folders of an installed wheel."""

    def __init__(self, wheel: Wheel) -> None:
        elves = {elf.name: elf for elf in wheel.elves}
        self._files = {
            "/".join(installed(name)): elves.get(name, name)
            for name in (*wheel.members, *elves)
        }
        self._paths = sorted(self._files)
        self._known: dict[tuple[str, str], str | None] = {}
        self._steps = wheel.budget.steps

    def at(self, folder: str, name: str) -> Elf | str | None:
        """Return the file of a name in a folder, its path if it is no ELF file."""
        return self._files.get(f"{folder}/{name}")

    def folder(self, elf: Elf, element: str) -> str | None:
        """Return the folder of the wheel that an element of a search path names.

        The kernel walks through each folder on the way, so that all have to exist.
        """
        key = folder_of(elf.name), element
        if key not in self._known:
            self._known[key] = self._walk(*key)
        return self._known[key]

    def _walk(self, here: str, element: str) -> str | None:
        start, _, rest = element.partition("/")
        if start not in ORIGINS:
            return None
        for part in rest.split("/"):
            self._steps.spend()
            if part in ("", "."):
                continue
            here = here.rpartition("/")[0] if part == ".." else f"{here}/{part}"
            if not self._is_folder(here):
                return None
        return here

    def _is_folder(self, path: str) -> bool:
        at = bisect_left(self._paths, f"{path}/")
        return at < len(self._paths) and self._paths[at].startswith(f"{path}/")
