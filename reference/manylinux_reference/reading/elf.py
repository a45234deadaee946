"""What an auditor knows about one ELF file; names as in the gABI."""

from __future__ import annotations

MAGIC = b"\x7fELF"
BITS_32, BITS_64 = 32, 64
ET_REL, ET_EXEC, ET_DYN = 1, 2, 3


class VersionNeed:
    """One version that a file needs of a library (LSB, Symbol Versioning).

    ``node`` is the version's name, ``weak`` VER_FLG_WEAK, and ``index`` the number by
    which the file's symbols refer to it.
    """

    __slots__ = ("index", "library", "node", "weak")

    def __init__(self, library: str, node: str, index: int, *, weak: bool) -> None:
        self.library = library
        self.node = node
        self.index = index
        self.weak = weak


class Elf:
    """The facts of one ELF file, read through its program headers alone.

    ``version_symbols`` maps the index of a version need to the symbols that refer to
    it, where they were looked for.
    ``undefined`` maps each name that was looked for and is undefined in the dynamic
    symbol table to whether all its entries are weak; ``exports`` holds the defined.
    ``links`` maps each needed name that a file of the wheel has to the file that the
    loader takes, to the name of one that it finds and cannot load, or to None.
    """

    __slots__ = (
        "big_endian", "bits", "definitions", "dynamic", "exports", "flags",
        "interpreter", "isa_needed", "links", "machine", "name", "needed",
        "osabi", "relr", "rpath", "runpath", "soname", "stack", "static_tls", "textrel",
        "type", "undefined", "version_needs", "version_symbols",
    )  # fmt: skip

    def __init__(self, name: str) -> None:
        self.name = name  # of the archive's member
        self.bits = 0  # 32 or 64, from EI_CLASS
        self.machine = self.flags = self.osabi = self.type = 0
        self.big_endian = False
        self.dynamic = False  # whether PT_DYNAMIC is there
        self.interpreter: str | None = None
        self.needed: list[str] = []
        self.soname = ""
        self.rpath = self.runpath = ""  # DT_RPATH, DT_RUNPATH
        self.definitions: set[str] = set()
        self.links: dict[str, Elf | str | None] = {}
        self.version_needs: list[VersionNeed] = []
        self.version_symbols: dict[int, list[str]] = {}
        self.stack: int | None = None  # p_flags of PT_GNU_STACK
        self.relr = self.textrel = self.static_tls = False
        self.isa_needed = 0  # GNU_PROPERTY_X86_ISA_1_NEEDED
        self.undefined: dict[bytes, bool] = {}
        self.exports: set[bytes] = set()

    @property
    def is_64_bit(self) -> bool:
        """Whether the class is ELFCLASS64."""
        return self.bits == BITS_64

    @property
    def is_executable(self) -> bool:
        """Whether this is a program, position-independent ones included."""
        return self.type == ET_EXEC or self.interpreter is not None

    @property
    def is_shared_object(self) -> bool:
        """Whether this can be loaded into a process."""
        return self.type == ET_DYN and self.interpreter is None

    @property
    def is_loadable(self) -> bool:
        """Whether a loader ever sees this file; relocatable files are not."""
        return self.type in (ET_EXEC, ET_DYN)

    @property
    def runpaths(self) -> list[str]:
        """The elements of DT_RPATH and of DT_RUNPATH; the loader skips empty ones."""
        paths = (self.rpath, self.runpath)
        return [element for path in paths if path for element in path.split(":")]

    @property
    def base_name(self) -> str:
        """The file name without its folders."""
        return self.name.rpartition("/")[2]

    @property
    def stem(self) -> bytes:
        """The file name up to its first dot: the name of an extension module."""
        return self.base_name.partition(".")[0].encode()
