"""Where the members of a wheel are once it is installed, and where ``$ORIGIN`` leads.

PyPA, Binary distribution format, Installing a wheel; ``sysconfig``'s schemes put the
``scripts`` of ``.data`` into ``bin`` of the folder that gets its ``data``.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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


LONGEST_PATH = 3072  # bytes of a folder: a quarter of PATH_MAX is left to the prefix
HWCAPS = "glibc-hwcaps"
# Of loaders before glibc 2.37: kinds of processors, and what some of them can do.
LEGACY = frozenset((
    *("tls", "x86_64", "haswell", "xeon_phi", "avx512_1", "i386", "i486", "i586"),
    *("i686", "sse2", "aarch64", "atomics", "v7l", "v8l", "vfp", "neon", "thumb"),
    *("s390x", "z900", "z990", "z9-109", "z10", "z196", "zEC12", "z13", "z14", "z15"),
    *("power4", "power5", "power6", "power7", "power8", "power9", "power10"),
))  # fmt: skip


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
        # Most small wheels have no file that needs another.
        self._position_in = import_module("bisect").bisect_left
        self._variants = [path for path in self._paths if _is_in_variant(path)]
        self._known: dict[tuple[str, str], str | None] = {}
        self._steps = wheel.budget.steps

    def at(self, folder: str, name: str) -> Elf | str | None:
        """Return the file of a name in a folder, its path if it is no ELF file.

        A folder of that name is opened like a file, and cannot be read.
        """
        path = f"{folder}/{name}"
        return self._files.get(path) or (path if self._is_folder(path) else None)

    def instead(self, folder: str, name: str) -> Iterator[Elf | str]:
        """Yield what some processors and loaders take before the file of a folder.

        glibc, ``elf/dl-hwcaps.c``; ``_dl_important_hwcaps`` before glibc 2.37.
        """
        for path in self._variants:
            self._steps.spend()
            if path.startswith(f"{folder}/") and path.endswith(f"/{name}"):
                between = path[len(folder) + 1 : -len(name) - 1]
                if between and _is_variant(between.split("/")):
                    yield self._files[path]

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
        if start not in ORIGINS or len(f"{here}{rest}".encode()) > LONGEST_PATH:
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
        at: int = self._position_in(self._paths, f"{path}/")
        return at < len(self._paths) and self._paths[at].startswith(f"{path}/")


def _is_in_variant(path: str) -> bool:
    folders = path.split("/")[:-1] if ".so" in path else ()
    return HWCAPS in folders or not LEGACY.isdisjoint(folders)


def _is_variant(between: Sequence[str]) -> bool:
    """Return whether these folders are looked into before the one that they lie in."""
    if between[0] == HWCAPS:
        return bool(between[1:]) and not between[2:]  # one of its levels
    return LEGACY.issuperset(between)
