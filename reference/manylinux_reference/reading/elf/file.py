"""What an auditor knows about one ELF file; names as in the gABI."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from manylinux_reference.reading.elf.exports import Exports
    from manylinux_reference.reading.elf.segments import Segment

    Range: TypeAlias = "tuple[int, int]"  # offset and size

MAGIC = b"\x7fELF"
BITS_32, BITS_64 = 32, 64
ET_REL, ET_EXEC, ET_DYN = 1, 2, 3
# e_machine of the architectures that tags name: EM_386, EM_PPC64, EM_S390, EM_ARM,
# EM_X86_64, EM_AARCH64, EM_RISCV, EM_LOONGARCH.  No loader opens a file of another.
MACHINES = frozenset((3, 21, 22, 40, 62, 183, 243, 258))
DF_1_NOOPEN, DF_1_NODEFLIB, DF_1_PIE = 0x40, 0x800, 0x08000000
SOABI = ("cpython-", "pypy", "graalpy")  # after the name of a module


class VersionNeed:
    """One version that a file needs of a library (LSB, Symbol Versioning).

    ``node`` is the version's name, ``weak`` VER_FLG_WEAK, and ``index`` the number by
    which the file's symbols refer to it.  ``strong`` is whether one that is undefined
    and not weak refers to it; looked for where the need is weak.  ``symbols`` are the
    names of those, where ``version_symbols`` were looked for.
    ``names`` are those that relocations use.
    """

    __slots__ = ("index", "library", "names", "node", "strong", "symbols", "weak")

    def __init__(self, library: str, node: str, index: int, *, weak: bool) -> None:
        self.library = library
        self.node = node
        self.index = index
        self.weak = weak
        self.strong = False
        self.symbols: list[bytes] = []
        self.names: list[bytes] = []


class Elf:
    """The facts of one ELF file, read through its program headers alone.

    Of a file for a machine of no tag, its header alone.
    ``filters`` are the names in DT_FILTER, DT_AUXILIARY, DT_AUDIT and DT_DEPAUDIT.
    ``definitions`` are the version nodes that the file defines (DT_VERDEF).
    ``kernel`` is what NT_GNU_ABI_TAG says: a system, 0 for Linux, and its version.
    ``version_symbols`` maps the index of a version need to the symbols that refer to
    it, where they were looked for.
    ``undefined`` maps each name that was looked for and is undefined in the dynamic
    symbol table to whether all its entries are weak; ``exports`` holds the defined.
    ``unversioned`` are names of the C++ library that strong, undefined symbols have
    without a version, and that no library of the wheel defines; ``loose`` are other
    names, those of the interpreter aside, that nothing loaded with a shared object is
    known to define.  ``exported`` are the symbols that others find in it.
    ``symbol_table`` is where in the file it is, and its string table.
    ``copied`` are the names that a program has a copy of (R_*_COPY), or an address of
    its own, ``protected`` those that a file with ``is_indirect`` does not share so.
    ``links`` maps each needed name that a file of the wheel has to the file that the
    loader takes, to the name of one that it finds and cannot load, or to None.
    """

    __slots__ = (
        "abi_version", "big_endian", "bits", "copied", "debug", "definitions",
        "dynamic", "entry", "exported", "exports", "filters", "flags", "flags_1",
        "interpreter", "is_filter", "is_indirect", "isa_needed", "kernel",
        "links", "loads", "loose", "machine", "name", "needed", "osabi", "protected",
        "relocations", "relr", "rpath", "runpath", "soname", "stack", "static_tls",
        "symbol_table", "textrel", "tls", "tls_align", "tls_relocations", "tls_used",
        "tls_wanted", "type", "undefined", "unversioned", "version_needs",
        "version_symbols", "versioned",
    )  # fmt: skip

    def __init__(self, name: str) -> None:
        self.name = name  # of the archive's member
        self.bits = 0  # 32 or 64, from EI_CLASS
        self.machine = self.flags = self.osabi = self.abi_version = self.type = 0
        self.entry = 0  # where a program begins
        self.big_endian = False
        self.loads: list[Segment] = []  # PT_LOAD
        self.dynamic = False  # whether PT_DYNAMIC is there
        self.debug = False  # whether PT_DYNAMIC is empty: split off, for a debugger
        self.interpreter: str | None = None
        self.needed: list[str] = []
        self.filters: list[str] = []
        self.is_indirect = False  # GNU_PROPERTY_1_NEEDED_INDIRECT_EXTERN_ACCESS
        self.is_filter = False  # whether DT_FILTER or DT_AUXILIARY is there
        self.soname = ""
        self.rpath = ""  # DT_RPATH
        self.runpath: str | None = None  # DT_RUNPATH; an empty one counts, too
        self.flags_1 = 0  # DT_FLAGS_1
        self.definitions: set[str] = set()
        self.versioned = False  # whether symbols have versions (DT_VERSYM)
        self.links: dict[str, Elf | str | None] = {}
        self.version_needs: list[VersionNeed] = []
        self.version_symbols: dict[int, list[str]] = {}
        self.stack: int | None = None  # p_flags of PT_GNU_STACK
        self.relr = self.textrel = False
        self.relocations: set[int] = set()  # their types
        self.static_tls = False  # DF_STATIC_TLS
        self.tls = self.tls_align = 0  # bytes of thread-local storage, and for them
        self.tls_relocations = False  # whether one asks for static TLS
        self.tls_wanted: set[bytes] = set()  # names in the static TLS of other files
        self.tls_used = False  # whether another file wants it to be static
        self.kernel: tuple[int, ...] | None = None
        self.isa_needed = 0  # GNU_PROPERTY_X86_ISA_1_NEEDED
        self.undefined: dict[bytes, bool] = {}
        self.unversioned: list[str] = []
        self.loose: list[str] = []
        self.exported: Exports | None = None
        self.copied: set[bytes] = set()
        self.protected: set[bytes] = set()
        self.exports: set[bytes] = set()
        self.symbol_table: tuple[Range, Range] | None = None

    @property
    def is_64_bit(self) -> bool:
        """Whether the class is ELFCLASS64."""
        return self.bits == BITS_64

    @property
    def is_executable(self) -> bool:
        """Whether this is a program that the kernel starts.

        Linkers mark position-independent ones DF_1_PIE; of older ones only the
        interpreter tells, which some libraries and modules have, too.  Packers leave
        neither.
        """
        if self.type != ET_DYN or self.is_script:
            return self.type in (ET_EXEC, ET_DYN)
        if self.flags_1 & DF_1_PIE or self.interpreter is None:
            return bool(self.flags_1 & DF_1_PIE)
        return not (self.soname or is_library_name(self.base_name))

    @property
    def is_static(self) -> bool:
        """Whether this is a program that no dynamic loader is asked for."""
        return self.is_executable and self.interpreter is None and not self.needed

    @property
    def is_shared_object(self) -> bool:
        """Whether this is made to be loaded into a process."""
        return self.type == ET_DYN and self.dynamic and not self.is_executable

    @property
    def is_loadable(self) -> bool:
        """Whether a loader is ever asked for this file.

        It is not for objects, files split off for debuggers, and code for processors
        that Linux does not run on, or that no tag names.
        """
        has_type = self.type in (ET_EXEC, ET_DYN)
        return has_type and not self.debug and self.has_machine_of_tag

    @property
    def is_script(self) -> bool:
        """Whether installers put this where programs are (PEP 427, .data directory)."""
        return ".data/scripts/" in self.name and not is_library_name(self.base_name)

    @property
    def is_named_as_module(self) -> bool:
        """Whether an import of some name finds this (``EXTENSION_SUFFIXES``).

        Libraries may end in ``.so``, too; their names begin with "lib".
        """
        name, suffix, _ = self.base_name.removesuffix(".so").partition(".")
        is_module = not (suffix or name.startswith("lib")) and name.isidentifier()
        tagged = has_tag_of_module(self.base_name)
        return self.base_name.endswith(".so") and (is_module or tagged)

    @property
    def has_machine_of_tag(self) -> bool:
        """Whether some tag's architecture has this e_machine."""
        return self.machine in MACHINES

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


def is_library_name(name: str) -> bool:
    """Return whether a name ends in ``.so``, or in that and a version."""
    stem, suffix, version = name.rpartition(".so")
    return bool(stem and suffix) and (
        version == "" or version[1:].replace(".", "").isdecimal()
    )


def has_tag_of_module(name: str) -> bool:
    """Return whether a name ends in the tag of an ABI and ``.so``."""
    _, _, rest = name.removesuffix(".so").partition(".")
    return name.endswith(".so") and (rest == "abi3" or rest.startswith(SOABI))
