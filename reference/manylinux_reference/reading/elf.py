"""What an auditor knows about one ELF file; names as in the gABI."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    VersionNeed = tuple[str, str, bool, int]  # library, node, VER_FLG_WEAK, index

MAGIC = b"\x7fELF"
ET_REL, ET_EXEC, ET_DYN = 1, 2, 3


class Elf:
    """The facts of one ELF file, read through its program headers alone.

    ``version_needs`` holds library, node, the weak flag and the index by which symbols
    refer to it; ``witnesses`` maps such an index to a symbol, where one was looked for.
    ``undefined`` maps each name that was looked for and is undefined in the dynamic
    symbol table to whether all its entries are weak; ``exports`` holds the defined.
    """

    __slots__ = (
        "big_endian", "bits", "dynamic", "exports", "flags", "interpreter",
        "isa_needed", "machine", "name", "needed", "osabi", "relr", "runpaths",
        "soname", "stack", "static_tls", "textrel", "type", "undefined",
        "version_needs", "witnesses",
    )  # fmt: skip

    def __init__(self, name: str) -> None:
        self.name = name  # of the archive's member
        self.bits = self.machine = self.flags = self.osabi = self.type = 0
        self.big_endian = False
        self.dynamic = False  # whether PT_DYNAMIC is there
        self.interpreter: str | None = None
        self.needed: list[str] = []
        self.soname = ""
        self.runpaths: list[str] = []  # elements of DT_RPATH and DT_RUNPATH
        self.version_needs: list[VersionNeed] = []
        self.witnesses: dict[int, str] = {}
        self.stack: int | None = None  # p_flags of PT_GNU_STACK
        self.relr = self.textrel = self.static_tls = False
        self.isa_needed = 0  # GNU_PROPERTY_X86_ISA_1_NEEDED
        self.undefined: dict[bytes, bool] = {}
        self.exports: set[bytes] = set()

    @property
    def is_wide(self) -> bool:
        """Whether the class is ELFCLASS64."""
        return self.bits == 64  # noqa: PLR2004 - the class itself

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
    def base_name(self) -> str:
        """The file name without its folders."""
        return self.name.rpartition("/")[2]
